import { drvPath, type DrvPath, type StepName } from '../model/ids.ts';
import type { GeneratorStage } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Clock, CommandRunner } from '../host/ports.ts';
import { followBuildLog, nameOf } from './build-log.ts';
import { runNix, type NixSettings } from './nix-command.ts';
import { nixPath, nixString } from './nix-text.ts';

export interface GenerationRequest {
  /** Directory of the library of dynamic mode. */
  readonly library: string;
  /** An expression for `pkgs`: a file of ours or `<nixpkgs>`. */
  readonly packages: { readonly file: string } | { readonly searchPath: string };
  /** The project. */
  readonly root: string;
  readonly name: string;
  readonly targets: readonly StepName[];
  readonly signal: AbortSignal;
  readonly observe: (observation: GeneratorObservation) => void;
}

/** The derivation of a target, and the one whose output it is. */
export interface GeneratedTarget {
  readonly generator: DrvPath;
  readonly drv: DrvPath;
}

export type GeneratorObservation =
  | { readonly kind: 'started'; readonly stage: GeneratorStage; readonly drvPath: string }
  | {
      readonly kind: 'finished';
      readonly stage: GeneratorStage;
      readonly drvPath: string;
      readonly outcome: 'rebuilt' | 'failed' | 'cancelled';
      readonly ms: number;
    };

/**
 * Has Nix run the stages of dynamic mode, up to the derivations of targets, and no further: what they describe is built
 * afterwards like that of a generated expression, in groups (Nix is slow with hundreds of ready derivations) and with an
 * account of each. Undefined where the signal came first.
 */
export async function generateDerivations(
  commands: CommandRunner,
  clock: Clock,
  settings: NixSettings,
  request: GenerationRequest,
): Promise<Result<ReadonlyMap<StepName, GeneratedTarget> | undefined, Failure>> {
  const startedAt = new Map<string, number>();
  /** What failed said; only that is worth showing. */
  const lines = new Map<string, string[]>();
  const failed: string[] = [];
  const log = followBuildLog((observation) => {
    const { drvPath: path } = observation;
    const stage = stageOf(observation.name);
    switch (observation.kind) {
      case 'started':
        startedAt.set(path, clock.elapsed());
        if (stage !== undefined) request.observe({ kind: 'started', stage, drvPath: path });
        break;
      case 'log-line':
        lines.set(path, [...(lines.get(path) ?? []), observation.text]);
        break;
      case 'finished': {
        if (observation.how === 'failed') failed.push(path);
        if (stage === undefined) break;
        const ms = clock.elapsed() - (startedAt.get(path) ?? clock.elapsed());
        const outcome = request.signal.aborted ? 'cancelled' : outcomes[observation.how];
        request.observe({ kind: 'finished', stage, drvPath: path, outcome, ms });
        break;
      }
    }
  });
  const args = ['build', '--no-link', '--json', '--log-format', 'internal-json', '--max-jobs', String(settings.jobs)];
  const result = await runNix(commands, settings, [...args, '--file', '-'], {
    signal: request.signal,
    input: linksExpression(request),
    onStderrLine: (line) => {
      log.line(line);
    },
  });
  log.end(result.exitCode === 0);
  if (result.ended === 'aborted') return ok(undefined);
  if (result.exitCode !== 0) {
    const said = failed.flatMap((path) => lines.get(path) ?? []);
    // A stage that fails says why, and Nix after it only that it did.
    const messages = said.length > 0 ? said : log.messages;
    return fail({ kind: 'nix-failed', command: 'nix build', exitCode: result.exitCode, messages });
  }
  const built = JSON.parse(result.stdout) as readonly {
    readonly drvPath: string;
    readonly outputs: { readonly out: string };
  }[];
  return ok(
    new Map(
      built.map(({ drvPath: generator, outputs }) => [
        nameOf(outputs.out) as StepName,
        { generator: drvPath(generator), drv: drvPath(outputs.out) },
      ]),
    ),
  );
}

const outcomes = { succeeded: 'rebuilt', failed: 'failed', 'cut-short': 'cancelled' } as const;

/** As dynamic/nix/default.nix names its derivations; undefined for the staging program and its like. */
function stageOf(name: string): GeneratorStage | undefined {
  switch (name) {
    case 'makenix-projection':
      return 'projection';
    case 'makenix-plan':
      return 'plan';
    case 'makenix-scan':
      return 'scan';
    case 'object':
      return 'object';
    default:
      return name.endsWith('.drv') ? 'link' : undefined;
  }
}

function linksExpression({ library, packages, root, name, targets }: GenerationRequest): string {
  const pkgs = 'file' in packages ? `import ${nixPath(packages.file)} { }` : `import ${packages.searchPath} { }`;
  const project = `import ${nixPath(library)} { pkgs = ${pkgs}; root = ${nixPath(root)}; name = ${nixString(name)}; }`;
  const list = targets.map((target) => `links.${nixString(target)}`).join(' ');
  return `let inherit ((${project}).makenix) links; in [ ${list} ]`;
}
