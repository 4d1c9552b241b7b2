import type { Diagnostic } from '../model/diagnostic.ts';
import type { CycleFinished, Envelope } from '../model/events.ts';
import { sortedUnique } from '../model/order.ts';
import { eventsOf } from './event-log.ts';

/** One cycle, as a test asks about it. */
export interface Cycle {
  readonly outcome: CycleFinished['outcome'];
  readonly rebuilt: readonly string[];
  readonly cutOff: readonly string[];
  readonly failed: readonly string[];
  readonly reused: number;
  readonly outputs: CycleFinished['outputs'];
  /** Sources for which the compiler was asked what they include. */
  readonly scanned: readonly string[];
  /** Edges that came and went, as `+src/main.o src/util.h`. */
  readonly edges: readonly string[];
  /** Stages that Nix ran of dynamic mode, each as often as it did, in bytewise order. */
  readonly stages: readonly string[];
  /** Stanzas written. */
  readonly stanzas: readonly string[];
  /** `src/hello.c:3:10: error: …`, those replayed marked by a `(replayed) ` in front. */
  readonly diagnostics: readonly string[];
  readonly failures: readonly string[];
  /** Why a step was rebuilt or cut off: `src/hello.c modified`. */
  because(name: string): readonly string[];
  readonly events: readonly Envelope[];
}

/** `events` hold one `cycle-finished`, the last of them; those of cancelled cycles before it count too. */
export function cycleOf(events: readonly Envelope[]): Cycle {
  const all = eventsOf(events, 'cycle-finished');
  const finished = all.at(-1);
  if (finished === undefined) throw new Error(`no cycle among ${events.map((event) => event.kind).join(', ')}`);
  const { outcome, failed, reused, outputs } = finished;
  // What a cycle has got done before it was cancelled is not done again.
  const rebuilt = sortedUnique(all.flatMap((each) => each.rebuilt));
  const made = new Set(rebuilt);
  const cutOff = sortedUnique(all.flatMap((each) => each.cutOff)).filter((name) => !made.has(name));
  const graphs = eventsOf(events, 'graph-changed');
  return {
    outcome,
    rebuilt,
    cutOff,
    failed,
    reused,
    outputs,
    scanned: eventsOf(events, 'unit-scanned').map((event) => event.source),
    edges: graphs.flatMap(({ added, removed }) => [
      ...added.map(({ object, file }) => `+${object} ${file}`),
      ...removed.map(({ object, file }) => `-${object} ${file}`),
    ]),
    stages: eventsOf(events, 'generator-finished')
      .map((event) => event.stage)
      .sort(),
    stanzas: eventsOf(events, 'stanzas-written').flatMap((event) => event.changed),
    diagnostics: eventsOf(events, 'diagnostic').map(
      (event) => `${event.replayed ? '(replayed) ' : ''}${inWords(event)}`,
    ),
    failures: eventsOf(events, 'failure').map((event) => event.failure.kind),
    because: (name) => {
      const derivation = eventsOf(events, 'derivation-finished').find((event) => event.name === name);
      return derivation?.because.map(({ path, change }) => `${path} ${change}`) ?? [];
    },
    events,
  };
}

const inWords = ({ file, line, column, severity, message }: Diagnostic): string =>
  `${file}:${line}:${column}: ${severity}: ${message}`;
