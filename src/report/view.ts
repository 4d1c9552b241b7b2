import type { Diagnostic } from '../model/diagnostic.ts';
import type {
  CycleFinished,
  CycleTrigger,
  Edge,
  Envelope,
  GeneratorStage,
  MakenixEvent,
  Output,
  Reason,
} from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import { append, itemsOf, type Chain } from './chain.ts';

/** What a person watching the events knows at a point. Immutable; each event makes the next one. */
export interface View {
  /** `observed`: a save was seen, and its cycle has not begun. */
  readonly phase: 'starting' | 'idle' | 'observed' | 'scanning' | 'building' | 'stopped';
  /** Paths observed since the last cycle began, each once, in the order they came. */
  readonly changes: readonly string[];
  /** The cycle that is running, or the last one. */
  readonly cycle: CycleView | undefined;
  /** Outputs of the cycle before that, for telling which are new. */
  readonly earlierOutputs: readonly Output[];
  /** The user's own command, while it has the terminal. */
  readonly command: readonly string[] | undefined;
  /** How many objects have been compared with what the tree gives, and of how many, while that goes on. */
  readonly verification: { readonly done: number; readonly objects: number } | undefined;
}

export interface CycleView {
  readonly number: number;
  readonly trigger: CycleTrigger;
  /** What was observed before it began. */
  readonly changes: readonly string[];
  /** Units scanned, well or not. */
  readonly scans: Chain<ScanRow>;
  readonly graph: {
    readonly added: readonly Edge[];
    readonly removed: readonly Edge[];
    readonly changed: readonly string[];
  };
  /** Of dynamic mode, the one that began last. */
  readonly stage: GeneratorStage | undefined;
  readonly stanzas: { readonly changed: number; readonly unchanged: number } | undefined;
  /** Steps under way, oldest first, with why. As many as there are jobs. */
  readonly running: ReadonlyMap<string, readonly Reason[]>;
  /** Steps that ended, in that order. */
  readonly rows: Chain<Row>;
  readonly failures: Chain<Failure>;
  /** As they came; `diagnosticsOf` has each once. */
  readonly diagnostics: Chain<DiagnosticRow>;
  readonly finished: CycleFinished | undefined;
}

/** A line of the ledger. */
export interface Row {
  readonly name: string;
  readonly outcome: 'rebuilt' | 'cut-off' | 'failed' | 'cancelled';
  readonly because: readonly Reason[];
  readonly ms: number;
}

export interface ScanRow {
  readonly source: string;
  readonly ok: boolean;
  readonly because: readonly Reason[];
  readonly ms: number;
}

export interface DiagnosticRow extends Diagnostic {
  /** The step it is about. */
  readonly name: string;
  readonly replayed: boolean;
}

export const initialView: View = {
  phase: 'starting',
  changes: [],
  cycle: undefined,
  earlierOutputs: [],
  command: undefined,
  verification: undefined,
};

/** Pure, total on any order of events, and O(1) in what the view already holds (but for the few steps under way). */
export function nextView(view: View, e: Envelope): View {
  switch (e.kind) {
    case 'daemon-started':
      return { ...initialView };
    case 'daemon-ready':
      return view.phase === 'starting' ? { ...view, phase: 'idle' } : view;
    case 'daemon-stopped':
      return { ...view, phase: 'stopped', command: undefined, verification: undefined };
    case 'change-observed':
      return {
        ...view,
        phase: isWorking(view) ? view.phase : 'observed',
        changes: [...new Set([...view.changes, ...e.paths])],
      };
    case 'cycle-started':
      return {
        ...view,
        phase: 'scanning',
        changes: [],
        cycle: startOfCycle(e.cycle, e.trigger, view.changes),
        earlierOutputs: latestOutputs(view),
      };
    case 'command-started':
      return { ...view, command: e.argv };
    case 'command-finished':
      return { ...view, command: undefined };
    // Without a cycle it is all there is: the build then has the terminal, as the user's command has it.
    case 'import-started':
      return view.cycle === undefined ? { ...view, phase: 'idle', command: e.command } : view;
    case 'import-finished':
      return view.cycle === undefined ? { ...view, phase: 'idle', command: undefined } : view;
    case 'verification-started':
      return { ...view, verification: { done: 0, objects: e.objects } };
    case 'object-verified': {
      const { verification } = view;
      return verification === undefined
        ? view
        : { ...view, verification: { ...verification, done: verification.done + 1 } };
    }
    case 'verification-finished':
      return { ...view, verification: undefined };
    case 'watch-degraded':
    case 'write-failed':
    case 'plan-stale':
    case 'engine-fallback':
    case 'derivations-checked':
    case 'engine-resumed':
    case 'log-line':
      return view;
    case 'unit-scanned':
    case 'unit-failed':
    case 'graph-changed':
    case 'generator-started':
    case 'generator-finished':
    case 'stanzas-written':
    case 'derivation-started':
    case 'derivation-finished':
    case 'diagnostic':
    case 'failure':
    case 'cycle-finished':
      return view.cycle === undefined || view.cycle.finished !== undefined ? view : inCycle(view, view.cycle, e);
  }
}

/** Whether a cycle is under way. */
export const isWorking = (view: View): boolean => view.cycle !== undefined && view.cycle.finished === undefined;

type CycleEvent = Extract<
  MakenixEvent,
  {
    readonly kind:
      | 'unit-scanned'
      | 'unit-failed'
      | 'graph-changed'
      | 'generator-started'
      | 'generator-finished'
      | 'stanzas-written'
      | 'derivation-started'
      | 'derivation-finished'
      | 'diagnostic'
      | 'failure'
      | 'cycle-finished';
  }
>;

function inCycle(view: View, cycle: CycleView, e: CycleEvent): View {
  const change = (changes: Partial<CycleView>, phase = view.phase): View => ({
    ...view,
    phase,
    cycle: { ...cycle, ...changes },
  });
  switch (e.kind) {
    case 'unit-scanned':
    case 'unit-failed': {
      const { source, because, ms } = e;
      return change({ scans: append(cycle.scans, { source, ok: e.kind === 'unit-scanned', because, ms }) });
    }
    case 'graph-changed': {
      const { graph } = cycle;
      return change({
        graph: {
          added: [...graph.added, ...e.added],
          removed: [...graph.removed, ...e.removed],
          changed: [...graph.changed, ...e.changed],
        },
      });
    }
    case 'generator-started':
      return change({ stage: e.stage });
    case 'generator-finished':
      return view;
    case 'stanzas-written':
      return change({ stanzas: { changed: e.changed.length, unchanged: e.unchanged } }, 'building');
    case 'derivation-started':
      return change({ running: new Map([...cycle.running, [e.name, e.because]]) }, 'building');
    case 'derivation-finished': {
      const { name, outcome, because, ms } = e;
      return change({
        running: without(cycle.running, name),
        rows: append(cycle.rows, { name, outcome, because, ms }),
      });
    }
    case 'diagnostic': {
      const { name, replayed, severity, file, line, column, message } = e;
      const row = { name, replayed, severity, file, line, column, message };
      return change({ diagnostics: append(cycle.diagnostics, row) });
    }
    case 'failure':
      return change({ failures: append(cycle.failures, e.failure) });
    case 'cycle-finished': {
      // Every start has its end before this one, by the law of the stream. Should that ever be broken, a step must not
      // seem to run for ever.
      let { rows } = cycle;
      for (const [name, because] of cycle.running) rows = append(rows, { name, outcome: 'cancelled', because, ms: 0 });
      return change({ rows, running: new Map(), finished: e }, view.changes.length > 0 ? 'observed' : 'idle');
    }
  }
}

const startOfCycle = (number: number, trigger: CycleTrigger, changes: readonly string[]): CycleView => ({
  number,
  trigger,
  changes,
  scans: undefined,
  graph: { added: [], removed: [], changed: [] },
  stage: undefined,
  stanzas: undefined,
  running: new Map(),
  rows: undefined,
  failures: undefined,
  diagnostics: undefined,
  finished: undefined,
});

function without<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}

/** A cycle that failed or was cancelled has no outputs to speak of: those before it still stand. */
function latestOutputs(view: View): readonly Output[] {
  const outputs = view.cycle?.finished?.outputs ?? [];
  return outputs.length > 0 ? outputs : view.earlierOutputs;
}

/** A diagnostic and the steps it was made for. */
export interface UniqueDiagnostic {
  readonly diagnostic: DiagnosticRow;
  readonly names: ReadonlySet<string>;
}

/** A cycle's diagnostics, each once however many units include the header it is in; one just made wins over a replay. */
export function diagnosticsOf(cycle: CycleView): readonly UniqueDiagnostic[] {
  const unique = new Map<string, { diagnostic: DiagnosticRow; readonly names: Set<string> }>();
  for (const row of itemsOf(cycle.diagnostics)) {
    const key = JSON.stringify([row.severity, row.file, row.line, row.column, row.message]);
    const seen = unique.get(key);
    if (seen === undefined) {
      unique.set(key, { diagnostic: row, names: new Set([row.name]) });
      continue;
    }
    seen.names.add(row.name);
    if (!row.replayed) seen.diagnostic = row;
  }
  return [...unique.values()];
}
