import type { MakenixEvent, Reason } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import type { StepName } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';
import type { BuildPlan } from '../model/plan.ts';
import { ok, type Result } from '../model/result.ts';
import type { RealisedOutput, Realiser, StopSignals } from '../nix/realiser.ts';
import { parseDiagnosticLine } from '../scan/diagnostics.ts';
import { rounded } from './milliseconds.ts';
import type { Pending } from './pending.ts';
import type { IndexedPlan } from './plan-steps.ts';
import { ToldLines } from './told-lines.ts';

export interface RealisePhase {
  readonly indexed: IndexedPlan;
  /** The targets asked for and what they need. */
  readonly wanted: BuildPlan;
  readonly toBuild: Pending;
  /** Steps whose inputs are not known or not there: neither they nor what needs them is attempted. */
  readonly blocked: ReadonlySet<StepName>;
  readonly realiser: Realiser;
  readonly emit: (event: MakenixEvent) => void;
  readonly stop: StopSignals;
  /** Steps whose builder runs, for those who ask meanwhile. */
  readonly running: Set<StepName>;
  /** Called when the first builder runs: from then on there is little to do but wait. */
  readonly onRunning?: () => void;
}

export interface PhaseOutcome {
  readonly rebuilt: readonly StepName[];
  readonly cutOff: readonly StepName[];
  readonly failed: readonly StepName[];
  /** Products that were not attempted because of `failed` or `blocked`. */
  readonly unattempted: readonly StepName[];
  readonly outputs: ReadonlyMap<StepName, RealisedOutput>;
  readonly isComplete: boolean;
  /** Why each product that failed or was not attempted has to be made. */
  readonly reasons: ReadonlyMap<StepName, readonly Reason[]>;
  /** What each builder printed. */
  readonly lines: ReadonlyMap<StepName, readonly string[]>;
}

/**
 * Has the wanted steps realised and accounts for each: what ran and why, what failed, and which products did not have to
 * run although something they are made from did.
 */
export async function realisePhase(phase: RealisePhase): Promise<Result<PhaseOutcome, Failure>> {
  const { indexed, wanted, toBuild, blocked, emit } = phase;
  const rebuilt = new Set<StepName>();
  /** Rebuilt, or cut off for an input's sake: what a product that needs them has to know. */
  const made = new Set<StepName>();
  const failed = new Set<StepName>();
  const started = new Map<StepName, readonly Reason[]>();
  const lines = new Map<StepName, ToldLines>();

  const because = (step: StepName): readonly Reason[] => {
    const own = toBuild.reasons(step);
    // Of what was never made, there is nothing to say of each input.
    if (own.some(({ change }) => change === 'first-seen')) return own;
    const product = indexed.products.get(step);
    // Nix 2.26 tells late what has ended; where a product is up, what it needs has.
    const isMade = (input: StepName): boolean => made.has(input) || (started.has(input) && !failed.has(input));
    const inputs = (product?.inputs ?? []).filter(isMade);
    const known = new Set(own.map(({ path }) => path));
    const more = inputs.filter((input) => !known.has(input)).sort(bytewise);
    return [...own, ...more.map((path): Reason => ({ path, change: 'rebuilt' }))];
  };

  /** Out of date, and made already all the same: by somebody else, or by a build that was told to end and did not. */
  const isOther = (input: StepName): boolean => {
    const of = [input, ...indexed.inputsOf(input)].flatMap((step) => toBuild.reasons(step));
    return of.some(({ change }) => change !== 'missing-output');
  };

  /** Where `because` knows nothing, and Nix had to make it all the same. */
  const becauseAfterAll = (step: StepName): readonly Reason[] => {
    const others = (indexed.products.get(step)?.inputs ?? []).filter(isOther).sort(bytewise);
    if (others.length === 0) return [{ path: step, change: 'missing-output' }];
    return others.map((path) => ({ path, change: 'modified' }));
  };

  const dependsOn = (product: StepName, steps: ReadonlySet<StepName>): boolean =>
    [...indexed.inputsOf(product)].some((input) => steps.has(input));

  const objects = wanted.compiles.map((step) => step.name).filter((name) => toBuild.has(name) && !blocked.has(name));
  // Evaluation is lazy: a target that nothing new goes into need not be looked at.
  const dirty = new Set(toBuild.steps());
  const products = wanted.targets
    .map((target) => target.step)
    .filter((step) => (dirty.has(step) || dependsOn(step, dirty)) && !blocked.has(step) && !dependsOn(step, blocked));
  if (objects.length + products.length === 0) {
    // Others are what they were: what cannot be scanned is no reason to know nothing of them.
    const unattempted = wanted.products
      .map((step) => step.name)
      .filter((name) => !blocked.has(name) && (dirty.has(name) || dependsOn(name, dirty) || dependsOn(name, blocked)));
    return ok({
      rebuilt: [],
      cutOff: [],
      failed: [],
      unattempted,
      outputs: new Map(),
      reasons: new Map(),
      lines: new Map(),
      isComplete: true,
    });
  }

  const tell = (step: StepName, text: string): void => {
    const told = lines.get(step) ?? new ToldLines();
    lines.set(step, told);
    if (!told.isNews(text)) return;
    emit({ kind: 'log-line', name: step, text });
    const diagnostic = parseDiagnosticLine(text, indexed.compiles.get(step)?.directory);
    if (diagnostic !== undefined) emit({ kind: 'diagnostic', name: step, replayed: false, ...diagnostic });
  };
  const realised = await phase.realiser.realise({
    plan: indexed.plan,
    goals: [...products, ...objects],
    stop: phase.stop,
    observe: (observation) => {
      const { step } = observation;
      switch (observation.kind) {
        case 'started': {
          lines.get(step)?.again();
          if (phase.running.has(step)) break;
          const known = because(step);
          const reasons = known.length > 0 ? known : becauseAfterAll(step);
          started.set(step, reasons);
          phase.running.add(step);
          if (started.size === 1) phase.onRunning?.();
          emit({ kind: 'derivation-started', name: step, because: reasons });
          break;
        }
        case 'log-line':
          tell(step, observation.text.trimEnd());
          break;
        case 'finished':
          phase.running.delete(step);
          if (observation.outcome === 'rebuilt') {
            rebuilt.add(step);
            made.add(step);
          }
          if (observation.outcome === 'failed') {
            failed.add(step);
            // A compiler that fails has said why; of all else, Nix says what there is to say.
            const { by, words } = observation.end;
            if (by !== 'itself' || (lines.get(step)?.lines ?? []).length === 0) tell(step, words);
          }
          emit({
            kind: 'derivation-finished',
            name: step,
            outcome: observation.outcome,
            because: started.get(step) ?? [],
            ms: rounded(observation.ms),
          });
          break;
      }
    },
  });
  if (!realised.ok) return realised;

  const stuck = new Set([...failed, ...blocked]);
  const cutOff: StepName[] = [];
  const unattempted: StepName[] = [];
  for (const { name } of wanted.products) {
    if (rebuilt.has(name) || failed.has(name) || blocked.has(name)) continue;
    if (dependsOn(name, stuck)) unattempted.push(name);
    else if (realised.value.isComplete && dependsOn(name, rebuilt)) {
      cutOff.push(name);
      emit({ kind: 'derivation-finished', name, outcome: 'cut-off', because: because(name), ms: 0 });
      made.add(name);
    }
  }
  const sorted = (steps: Iterable<StepName>): readonly StepName[] => [...steps].sort(bytewise);
  return ok({
    rebuilt: sorted(rebuilt),
    cutOff: sorted(cutOff),
    failed: sorted(failed),
    unattempted: sorted(unattempted),
    outputs: realised.value.outputs,
    reasons: new Map([...failed, ...unattempted].map((step) => [step, started.get(step) ?? because(step)])),
    lines: new Map([...lines].map(([step, told]) => [step, told.lines])),
    isComplete: realised.value.isComplete,
  });
}
