import { createHash } from 'node:crypto';
import type { CommandRunner, FileDigests, ProjectFiles } from '../host/ports.ts';
import type { Failure } from '../model/failure.ts';
import { contentHash, trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';
import type { CompileStep } from '../model/plan.ts';
import { ok, type Result } from '../model/result.ts';
import { hostEnvironment, hostSystemDirectories, hostSystemSearch } from '../nix/host-toolchain.ts';
import type { ScanCompiler } from '../scan/compiler-run.ts';
import type { KnownFiles } from '../scan/known-files.ts';
import { projectDirectives } from '../scan/projection.ts';
import { scanUnits } from '../scan/scanner.ts';
import type { ScanAttributes } from './attributes.ts';
import type { ScanUnit } from './plan-stage.ts';

/** An object, and what the compiler said that it reads. */
export interface ScannedObject {
  readonly step: CompileStep;
  readonly headers: readonly ProjectPath[];
  /** Of the system headers it reads, where Nix does not account for them. */
  readonly fingerprint?: string;
}

/**
 * Lays the files of a scan out in `project`, a directory of its own, and asks the compiler. A unit that cannot be
 * scanned gets what `gcc -M -MG` finds, as in `makenix build`: its compile says what is wrong, at the right place.
 */
export async function scanPart(
  attributes: ScanAttributes,
  unit: ScanUnit,
  project: ProjectFiles,
  commands: CommandRunner,
  digests: FileDigests,
  jobs: number,
): Promise<Result<readonly ScannedObject[], Failure>> {
  const inDirectories = unit.directories.map((directory) => [`${directory}/.makenix-directory`, ''] as const);
  for (const [i, [path, text]] of [...Object.entries(unit.files), ...inDirectories].entries()) {
    // gcc takes two files of one time, size and content for one file where they say `#pragma once`.
    const unlike = Buffer.from(`${text}\n/* ${String(i)} */\n`, 'latin1');
    project.write(trustedProjectPath(path), unlike);
  }
  const objects: ScannedObject[] = [];
  const scanned = await scanUnits(unit.steps, scanCompiler(attributes), knownFiles(unit, project), commands, {
    jobs,
    signal: new AbortController().signal,
    onReport: ({ step, inputs }) => {
      const fingerprint = attributes.hasFingerprints
        ? { fingerprint: digests.digest([attributes.fingerprint, ...inputs.system]) }
        : {};
      objects.push({ step, headers: inputs.headers, ...fingerprint });
    },
  });
  if (!scanned.ok) return scanned;
  return ok(objects.sort((a, b) => bytewise(a.step.name, b.step.name)));
}

function knownFiles(unit: ScanUnit, files: ProjectFiles): KnownFiles {
  const seen = new Map<ProjectPath, ReturnType<KnownFiles['factsOf']>>();
  const look = (path: ProjectPath): ReturnType<KnownFiles['factsOf']> => {
    const [stamp, contents] = [files.stat(path), files.read(path)];
    if (stamp === undefined || contents === undefined) return undefined;
    const hash = contentHash(createHash('sha256').update(contents).digest('hex'));
    return { stamp, hash, projection: projectDirectives(contents) };
  };
  return {
    files,
    listing: new Set(Object.keys(unit.files).map(trustedProjectPath)),
    factsOf(path) {
      if (!seen.has(path)) seen.set(path, look(path));
      return seen.get(path);
    },
  };
}

function scanCompiler({ compiler, bintools, flags, hasFingerprints }: ScanAttributes): ScanCompiler {
  return {
    cc: `${compiler}/bin/cc`,
    cxx: `${compiler}/bin/c++`,
    env: hostEnvironment({ compilerPrefix: compiler, bintoolsPrefix: bintools }),
    systemDirectories: hostSystemDirectories,
    systemSearch: hasFingerprints ? hostSystemSearch : [],
    packageFlags: (step) => step.packages.flatMap(({ attribute }) => flags[attribute] ?? []),
  };
}
