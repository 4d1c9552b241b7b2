import { expect, it } from 'vitest';
import type { Envelope, MakenixEvent } from '../model/events.ts';
import { trustedProjectPath, type StepName } from '../model/ids.ts';
import { isOldNews } from './news.ts';
import { initialView, nextView } from './view.ts';

/** A unit that misses a header, which another header names. */
const missing = (unit: string, header: string): MakenixEvent => ({
  kind: 'failure',
  failure: {
    kind: 'scan-failed',
    step: `src/${unit}.o` as StepName,
    source: trustedProjectPath(`src/${unit}.c`),
    target: 'main',
    diagnostics: [
      { severity: 'error', file: 'src/all.h', line: 3, column: 10, message: `${header}: No such file or directory` },
    ],
    output: '',
  },
});

const cycle = (...events: readonly MakenixEvent[]): readonly MakenixEvent[] => [
  { kind: 'cycle-started', trigger: 'change' },
  ...events,
];

/** For each failure of the stream, whether it is said. */
function said(events: readonly MakenixEvent[]): readonly boolean[] {
  let view = initialView;
  let cycles = 0;
  return events.flatMap((event, i) => {
    if (event.kind === 'cycle-started') cycles++;
    const envelope: Envelope = { v: 1, seq: i + 1, cycle: cycles, at: i, ...event };
    view = nextView(view, envelope);
    return envelope.kind === 'failure' ? !isOldNews(envelope, view) : [];
  });
}

it('says once a cycle what keeps several units from being scanned', () => {
  const events = [
    ...cycle(missing('a', 'x.h'), missing('b', 'x.h'), missing('c', 'y.h'), missing('d', 'x.h')),
    ...cycle(missing('a', 'x.h')),
  ];
  expect(said(events)).toEqual([true, false, true, false, true]);
});
