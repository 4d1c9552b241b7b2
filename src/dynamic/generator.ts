import { createNodeFiles } from '../host/node-files.ts';
import type { ProjectFiles } from '../host/ports.ts';
import type { Failure } from '../model/failure.ts';
import { trustedProjectPath, type ProjectPath, type StorePath } from '../model/ids.ts';
import type { ProductStep } from '../model/plan.ts';
import { ok, type Result } from '../model/result.ts';
import type {
  FilePaths,
  LinkAttributes,
  ObjectAttributes,
  PlanAttributes,
  ProjectionAttributes,
  ScanAttributes,
} from './attributes.ts';
import type { ObjectIndex } from './object-stage.ts';
import type { ScanUnit } from './plan-stage.ts';
import type { ProjectedFile, ProjectedFiles } from './projection-stage.ts';
import type { ScannedObject } from './scan-stage.ts';

/**
 * makenix in the sandbox: `makenix.cjs STAGE`, a derivation's builder. Reads the derivation's attributes, runs one stage
 * and writes its outputs. Each stage loads what it needs itself: most runs are of those that need little, and an edit
 * waits for three of them.
 */
async function main(stage: string | undefined): Promise<Result<void, Failure>> {
  const disk = createNodeFiles('/');
  const attributes = readJson(disk, process.env['NIX_ATTRS_JSON_FILE'] ?? `${process.cwd()}/.attrs.json`);
  switch (stage) {
    case 'projection': {
      const { projectFiles } = await import('./projection-stage.ts');
      const given = attributes as ProjectionAttributes;
      write(disk, given.outputs['out'], projectFiles(given, disk));
      return ok(undefined);
    }
    case 'plan': {
      const { planProject } = await import('./plan-stage.ts');
      const given = attributes as PlanAttributes;
      const files = new Map<ProjectPath, ProjectedFile>();
      for (const path of given.projections) {
        for (const [name, file] of Object.entries(readJson(disk, path) as ProjectedFiles)) {
          files.set(trustedProjectPath(name), file);
        }
      }
      const planned = planProject(given, files);
      if (!planned.ok) return planned;
      write(disk, given.outputs['products'], planned.value.products);
      for (const [part, unit] of planned.value.scans) write(disk, given.outputs[`scan${part}`], unit);
      return ok(undefined);
    }
    case 'scan': {
      const [{ scanPart }, { plainCommands }, { SystemFiles }] = await Promise.all([
        import('./scan-stage.ts'),
        import('../host/node-plain-commands.ts'),
        import('../scan/system-files.ts'),
      ]);
      const given = attributes as ScanAttributes;
      const unit = readJson(disk, given.unit) as ScanUnit;
      const project = createNodeFiles(process.cwd());
      const jobs = Math.max(1, Number(process.env['NIX_BUILD_CORES'] ?? 1));
      const scanned = await scanPart(given, unit, project, plainCommands, new SystemFiles(disk), jobs);
      if (!scanned.ok) return scanned;
      write(disk, given.outputs['out'], scanned.value);
      return ok(undefined);
    }
    case 'object': {
      const { makeObjects } = await import('./object-stage.ts');
      const given = attributes as ObjectAttributes;
      const shared = readJson(disk, given.sharedFiles) as FilePaths;
      const made = makeObjects(given, shared, readJson(disk, given.scan) as readonly ScannedObject[]);
      if (!made.ok) return made;
      write(disk, given.outputs['index'], made.value.index);
      for (const [output, text] of made.value.texts) write(disk, given.outputs[output], text);
      return ok(undefined);
    }
    case 'link': {
      const { makeProduct } = await import('./link-stage.ts');
      const given = attributes as LinkAttributes;
      const products = readJson(disk, given.products) as readonly ProductStep[];
      const indexes = given.indexes.map((path: StorePath) => readJson(disk, path) as ObjectIndex);
      const made = makeProduct(given, products, Object.assign({}, ...indexes) as ObjectIndex);
      if (!made.ok) return made;
      write(disk, given.outputs['out'], made.value);
      return ok(undefined);
    }
    default:
      throw new Error(`no stage ${String(stage)}`);
  }
}

function readJson(disk: ProjectFiles, path: string): unknown {
  const contents = disk.read(trustedProjectPath(path.slice(1)));
  if (contents === undefined) throw new Error(`${path} cannot be read`);
  return JSON.parse(contents.toString('utf8'));
}

function write(disk: ProjectFiles, path: string | undefined, contents: string | object): void {
  if (path === undefined) throw new Error('an output without a place');
  disk.write(trustedProjectPath(path.slice(1)), typeof contents === 'string' ? contents : JSON.stringify(contents));
}

async function report(failure: Failure): Promise<void> {
  const { describeFailure } = await import('../report/describe.ts');
  process.stderr.write(`${describeFailure(failure)}\n`);
  process.exitCode = 1;
}

main(process.argv[2]).then(
  async (result) => (result.ok ? undefined : report(result.failure)),
  async (error: unknown) =>
    report({ kind: 'internal', problem: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
);
