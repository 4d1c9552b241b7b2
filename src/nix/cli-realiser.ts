import { drvPath, storePath, type DrvPath, type StepName } from '../model/ids.ts';
import type { Failure } from '../model/failure.ts';
import type { BuildPlan } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Clock, CommandResult, CommandRunner } from '../host/ports.ts';
import { builderEndOf } from './builder-end.ts';
import { followBuildLog, nameOf, type BuildLog } from './build-log.ts';
import { runNix, type NixSettings } from './nix-command.ts';
import type { Realisation, Realiser, RealisedOutput, RealiseRequest, StepObservation } from './realiser.ts';
import { objectDerivationName } from './store-name.ts';

/** Goals as `nix build` takes them: arguments, and what goes to its standard input. */
export interface Installables {
  readonly args: readonly string[];
  readonly input: string;
}

/**
 * Beyond this many objects, one evaluation and groups by derivation path beat one `nix build` of everything: every
 * finished build wakes every goal that waits for a slot, so 300 ready goals cost 37 s at once and 12 s in groups of 8.
 */
const groupSize = 8;
const directLimit = 2 * groupSize;

/** Realises through `nix build`, the one interface that every Nix has. */
export function createCliRealiser(
  commands: CommandRunner,
  clock: Clock,
  settings: NixSettings,
  installables: (plan: BuildPlan, goals: readonly StepName[]) => Installables,
): Realiser {
  return {
    async realise(request) {
      const run = startRun(commands, clock, settings, installables, request);
      const isObject = new Set(request.plan.compiles.map((step) => step.name));
      const objects = request.goals.filter((goal) => isObject.has(goal));
      if (objects.length > directLimit) {
        const prepared = await run.evaluate(request.goals);
        if (!prepared.ok) return prepared;
        const { missing, helpers } = prepared.value;
        // All objects need them, and a process that finds one being built by another looks again after seconds.
        const ready = await run.inGroups(helpers);
        if (!ready.ok) return ready;
        const built = await run.inGroups(objects.flatMap((name) => missing.get(name) ?? []));
        if (!built.ok) return built;
        if (run.isStopping()) return ok(run.result());
      }
      return run.direct(request.goals);
    },
  };
}

/** What the processes of one request share. */
function startRun(
  commands: CommandRunner,
  clock: Clock,
  settings: NixSettings,
  installables: (plan: BuildPlan, goals: readonly StepName[]) => Installables,
  request: RealiseRequest,
) {
  const stepOf = stepsByStoreName(request.plan);
  const failed = new Set<StepName>();
  const outputs = new Map<StepName, RealisedOutput>();
  const helperLines: string[] = [];

  const follow = (): BuildLog => {
    const startedAt = new Map<StepName, number>();
    return followBuildLog((observation) => {
      const step = stepOf.get(observation.name);
      if (step === undefined) {
        // The staging program. What its compiler says matters only if it fails.
        if (observation.kind === 'log-line') helperLines.push(observation.text);
        return;
      }
      request.observe(timed(observation, step));
    });

    function timed(observation: Parameters<Parameters<typeof followBuildLog>[0]>[0], step: StepName): StepObservation {
      switch (observation.kind) {
        case 'started':
          startedAt.set(step, clock.elapsed());
          return { kind: 'started', step };
        case 'log-line':
          return { kind: 'log-line', step, text: observation.text };
        case 'finished': {
          const ms = clock.elapsed() - (startedAt.get(step) ?? clock.elapsed());
          // First: Nix says of a builder that it was told to end just what it says of one that is done.
          if (request.stop.abort.aborted) return { kind: 'finished', step, outcome: 'cancelled', ms };
          if (observation.how !== 'failed') {
            const outcome = observation.how === 'succeeded' ? 'rebuilt' : 'cancelled';
            return { kind: 'finished', step, outcome, ms };
          }
          failed.add(step);
          return { kind: 'finished', step, outcome: 'failed', end: builderEndOf(observation.message), ms };
        }
      }
    }
  };

  const nix = async (args: readonly string[], input?: string): Promise<Result<string, Failure>> => {
    const log = follow();
    const result = await runNix(
      commands,
      settings,
      ['build', '--no-link', '--json', '--log-format', 'internal-json', ...args],
      {
        signal: request.stop.abort,
        ...(input === undefined ? {} : { input }),
        onStderrLine: (line) => {
          log.line(line);
        },
      },
    );
    log.end(result.exitCode === 0);
    const isOutcome = result.exitCode === 0 || result.ended === 'aborted' || failed.size > 0;
    // Ended early, it may have printed half of its list.
    return isOutcome
      ? ok(result.exitCode === 0 ? result.stdout : '')
      : fail(nixFailure(result, [...helperLines, ...log.messages]));
  };

  const isStopping = (): boolean => request.stop.abort.aborted || request.stop.drain.aborted;
  const result = (): Realisation => ({ outputs, failed: [...failed], isComplete: !isStopping() });

  const collect = (stdout: string): void => {
    for (const built of parseBuilt(stdout)) {
      const step = stepOf.get(nameOf(built.drvPath));
      if (step !== undefined && built.outPath !== undefined) {
        outputs.set(step, { drvPath: built.drvPath, outPath: storePath(built.outPath) });
      }
    }
  };

  return {
    isStopping,
    result,

    /** One evaluation without building: the derivations of those goals whose output is not there yet, and of helpers. */
    async evaluate(
      goals: readonly StepName[],
    ): Promise<
      Result<{ readonly missing: ReadonlyMap<StepName, DrvPath>; readonly helpers: readonly DrvPath[] }, Failure>
    > {
      const log = followBuildLog(() => undefined);
      const { args, input } = installables(request.plan, goals);
      const dry = ['build', '--dry-run', '--no-link', '--log-format', 'internal-json', ...args];
      const result = await runNix(commands, settings, dry, {
        signal: request.stop.abort,
        input,
        onStderrLine: (line) => {
          log.line(line);
        },
      });
      if (result.exitCode !== 0 && result.ended !== 'aborted') return fail(nixFailure(result, log.messages));
      const missing = new Map<StepName, DrvPath>();
      const helpers: DrvPath[] = [];
      for (const path of log.announced) {
        const step = stepOf.get(nameOf(path));
        if (step === undefined) helpers.push(drvPath(path));
        else missing.set(step, drvPath(path));
      }
      return ok({ missing, helpers });
    },

    /** Derivations that do not need one another, a group a process, one process a job. */
    async inGroups(drvs: readonly DrvPath[]): Promise<Result<void, Failure>> {
      const waiting = [...drvs];
      let refusal: Result<string, Failure> | undefined;
      const worker = async (): Promise<void> => {
        while (waiting.length > 0 && refusal === undefined && !isStopping()) {
          // Smaller groups towards the end keep every job busy.
          const size = Math.max(1, Math.min(groupSize, Math.ceil(waiting.length / settings.jobs)));
          const group = waiting.splice(0, size).map((path) => `${path}^out`);
          const built = await nix(['--keep-going', '--max-jobs', '1', ...group]);
          if (built.ok) collect(built.value);
          else refusal = built;
        }
      };
      await Promise.all(Array.from({ length: settings.jobs }, worker));
      return refusal === undefined || refusal.ok ? ok(undefined) : refusal;
    },

    async direct(goals: readonly StepName[]): Promise<Result<Realisation, Failure>> {
      const options = ['--keep-going', '--max-jobs', String(settings.jobs)];
      // Where a goal fails, Nix prints the outputs of none: those that could be built are asked for again, by themselves.
      for (let known = -1; known < failed.size && !request.stop.abort.aborted;) {
        known = failed.size;
        const affected = affectedBy(request.plan, failed);
        const possible = goals.filter((goal) => !affected.has(goal));
        if (possible.length === 0) break;
        const { args, input } = installables(request.plan, possible);
        const built = await nix([...options, ...args], input);
        if (!built.ok) return built;
        collect(built.value);
      }
      return ok({ ...result(), isComplete: !request.stop.abort.aborted });
    },
  };
}

/** The steps and everything that is made from them. */
function affectedBy(plan: BuildPlan, steps: ReadonlySet<StepName>): ReadonlySet<StepName> {
  const affected = new Set(steps);
  // Libraries come before what uses them.
  for (const step of plan.products) {
    if (step.inputs.some((input) => affected.has(input))) affected.add(step.name);
  }
  return affected;
}

const stepsByStoreName = (plan: BuildPlan): ReadonlyMap<string, StepName> =>
  new Map([
    ...plan.compiles.map((step) => [objectDerivationName(step.name), step.name] as const),
    ...plan.products.map((step) => [step.name as string, step.name] as const),
  ]);

/**
 * `nix build --json`: one entry a goal, `outputs` by name. Nothing is printed where a goal failed. Of a derivation that is
 * an output of another, `drvPath` says of which, and where it is.
 */
function parseBuilt(stdout: string): readonly { readonly drvPath: DrvPath; readonly outPath: string | undefined }[] {
  if (stdout.trim() === '') return [];
  const entries = JSON.parse(stdout) as readonly {
    readonly drvPath: string | { readonly outputPath: string };
    readonly outputs?: Readonly<Record<string, string | null>>;
  }[];
  return entries.map((entry) => ({
    drvPath: drvPath(typeof entry.drvPath === 'string' ? entry.drvPath : entry.drvPath.outputPath),
    outPath: entry.outputs?.['out'] ?? undefined,
  }));
}

const nixFailure = (result: CommandResult, messages: readonly string[]): Failure => ({
  kind: 'nix-failed',
  command: 'nix build',
  exitCode: result.exitCode,
  messages,
});
