import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import schema from '../../schema/events.schema.json' with { type: 'json' };
import type { Envelope, MakenixEvent, Verdict, Reason } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import { stepName, trustedProjectPath } from '../model/ids.ts';
import { createPlainRenderer } from './plain.ts';
import { createTerminalRenderer } from './terminal.ts';
import { initialView, nextView } from './view.ts';
import { displayWidth } from './width.ts';

/** A few names, so that ends meet their starts, and hostile ones. */
const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('a.o', 'b.o', 'main', 'src/文字.o') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom('\x1b[2J', 'x\r\ny', '\u202egnp.exe', '\x9b31m', '\ud800', '\t') },
);
const names = fc.array(name, { maxLength: 15, size: '+1' });
const ms = fc.double({ min: 0, max: 1e7, noNaN: true });
const change = fc.constantFrom<Reason['change']>(
  'modified',
  'added',
  'removed',
  'rebuilt',
  'flags',
  'toolchain',
  'first-seen',
  'missing-output',
);
const because = fc.array(fc.record({ path: name, change }), { maxLength: 3 });
const edges = fc.array(fc.record({ object: name, file: name }), { maxLength: 12, size: '+1' });
const diagnostic = fc.record({
  severity: fc.constantFrom('error' as const, 'warning' as const, 'note' as const),
  file: name,
  line: fc.nat(),
  column: fc.nat(3),
  message: name,
});
const step = name.map(stepName);

const failure: fc.Arbitrary<Failure> = fc.oneof(
  fc.record({
    kind: fc.constant('scan-failed' as const),
    step,
    source: name.map(trustedProjectPath),
    target: name,
    diagnostics: fc.array(
      fc.oneof(
        diagnostic,
        diagnostic.map((each) => ({ ...each, message: `${each.file}: No such file or directory` })),
      ),
      { maxLength: 3 },
    ),
    output: name,
  }),
  fc.record({ kind: fc.constant('build-failed' as const), steps: fc.array(step, { maxLength: 3 }) }),
  fc.record({ kind: fc.constant('nix-failed' as const), command: name, exitCode: fc.constant(1), messages: names }),
  fc.record({ kind: fc.constant('unknown-target' as const), target: name, known: names }),
);

const kind = <K extends MakenixEvent['kind']>(value: K): fc.Arbitrary<K> => fc.constant(value);
const outcome = fc.constantFrom('rebuilt' as const, 'cut-off' as const, 'failed' as const, 'cancelled' as const);

const of = <K extends Verdict['outcome']>(value: K): fc.Arbitrary<K> => fc.constant(value);
const places = fc.array(fc.record({ file: name, line: fc.nat(), what: name }), { maxLength: 6 });

const verdict: fc.Arbitrary<Verdict> = fc.oneof(
  fc.record({ outcome: of('same') }),
  fc.record({
    outcome: of('mapped'),
    mapped: fc.subarray([
      'debug-information' as const,
      'file-macros' as const,
      'file-times' as const,
      'link-time-optimization' as const,
    ]),
    sections: names,
  }),
  fc.record({ outcome: of('differs'), sections: names, files: names, places, isRepeatable: fc.boolean() }),
  fc.record({ outcome: of('changed'), path: name }),
  fc.record({ outcome: of('failed'), messages: names }),
);

const event: fc.Arbitrary<MakenixEvent> = fc.oneof(
  fc.record({
    kind: kind('daemon-started'),
    versions: fc.record({ makenix: name, nix: name, compiler: name }),
    store: name,
    toolchain: fc.constantFrom('nixpkgs' as const, 'host' as const),
    addressing: fc.constantFrom('content' as const, 'input' as const),
  }),
  fc.record({ kind: kind('daemon-ready') }),
  fc.record({ kind: kind('daemon-stopped'), reason: fc.constantFrom('signal' as const, 'finished' as const) }),
  fc.record({ kind: kind('change-observed'), paths: names }),
  fc.record({
    kind: kind('cycle-started'),
    trigger: fc.constantFrom('request' as const, 'change' as const, 'reconcile' as const),
  }),
  fc.record({ kind: fc.constantFrom('unit-scanned' as const, 'unit-failed' as const), source: name, ms, because }),
  fc.record({ kind: kind('graph-changed'), added: edges, removed: edges, changed: names }),
  fc.record({ kind: kind('stanzas-written'), changed: names, unchanged: fc.nat() }),
  fc.record({ kind: kind('derivation-started'), name, because }),
  fc.record({ kind: kind('derivation-finished'), name, outcome, because, ms }),
  fc.record({ kind: kind('log-line'), name, text: fc.oneof(name, fc.constant('x.c:1:2: error: \tbad\x07')) }),
  fc
    .tuple(diagnostic, name, fc.boolean())
    .map(([each, of, replayed]) => ({ kind: 'diagnostic' as const, name: of, replayed, ...each })),
  fc.record({ kind: kind('failure'), failure }),
  fc.record({ kind: kind('command-started'), argv: names }),
  fc.record({ kind: kind('command-finished'), exitCode: fc.constantFrom(0, 1, null), ms }),
  fc.record({
    kind: kind('cycle-finished'),
    outcome: fc.constantFrom('built' as const, 'up-to-date' as const, 'failed' as const, 'cancelled' as const),
    rebuilt: names,
    cutOff: names,
    failed: names,
    reused: fc.nat(),
    ms,
    ownMs: ms,
    outputs: fc.array(
      fc.record({ target: name, drvPath: name, outPath: name, file: name, link: fc.option(name, { nil: null }) }),
      {
        maxLength: 8,
      },
    ),
  }),
  fc.record({
    kind: kind('watch-degraded'),
    reason: fc.constantFrom('polling' as const, 'lost-events' as const, 'too-many-watches' as const),
    action: fc.constantFrom('polls' as const, 'checks-often' as const, 'watches-anew' as const),
    paths: fc.array(name, { maxLength: 3 }),
    detail: name,
  }),
  fc.record({
    kind: kind('derivations-checked'),
    compared: fc.nat(),
    differing: fc.array(fc.record({ name, ours: name, theirs: name }), { maxLength: 5 }),
    ms,
  }),
  fc.record({ kind: kind('engine-fallback'), because: name }),
  fc.record({ kind: kind('verification-started'), objects: fc.nat() }),
  fc
    .tuple(name, ms, verdict)
    .map(([of, duration, each]) => ({ kind: 'object-verified' as const, name: of, ms: duration, ...each })),
  fc.record({
    kind: kind('verification-finished'),
    outcome: fc.constantFrom('verified' as const, 'differs' as const, 'cancelled' as const),
    ...{ same: fc.nat(), mapped: fc.nat(), differing: names, failed: names, ms },
  }),
);

/** Any order of events, lawful or not, for the view must survive a bug elsewhere. */
const stream: fc.Arbitrary<readonly Envelope[]> = fc
  .array(fc.tuple(event, fc.integer({ min: -20, max: 200 })), { maxLength: 60, size: 'max' })
  .map((events) => {
    let at = 1_000_000;
    return events.map(
      ([each, later], index) => ({ v: 1, seq: index + 1, cycle: 1, at: (at += later), ...each }) as const,
    );
  });

const options = fc.record({ color: fc.boolean(), verbose: fc.boolean(), watch: fc.boolean() });

function terminalText(
  events: readonly Envelope[],
  settings: { color: boolean; verbose: boolean; watch: boolean },
  columns?: number,
) {
  let text = '';
  const renderer = createTerminalRenderer({ write: (more) => (text += more), columns }, settings);
  for (const e of events) renderer.event(e);
  renderer.close();
  return text;
}

/** What a renderer may write of its own accord. */
const erase = '\r\x1b[2K';
const codes = [1, 2, 22, 31, 32, 33, 34, 35, 36, 39].map((code) => `\x1b[${code}m`);
const withoutCodes = (text: string): string => codes.reduce((rest, code) => rest.replaceAll(code, ''), text);

// eslint-disable-next-line no-control-regex -- nothing of these may be left
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/u;

describe('any sequence of events', () => {
  it('is one the published schema allows', () => {
    const validate = new Ajv({ allowUnionTypes: true }).compile(schema);
    fc.assert(fc.property(stream, (events) => events.every((e) => validate(e))));
  });

  it('makes a view, in which nothing runs once its cycle has finished', () => {
    fc.assert(
      fc.property(stream, (events) => {
        let view = initialView;
        for (const e of events) {
          const before = view;
          view = nextView(before, e);
          if (e.kind !== 'cycle-finished') continue;
          expect(view.cycle?.running.size ?? 0).toBe(0);
          // And what ran is in the ledger.
          if (before.cycle?.finished !== undefined) continue;
          const rows = new Set<string>();
          for (let row = view.cycle?.rows; row !== undefined; row = row.before) rows.add(row.last.name);
          for (const running of before.cycle?.running.keys() ?? []) expect(rows).toContain(running);
        }
      }),
    );
  });

  it('puts no control on a terminal but those of the status line and of colours', () => {
    fc.assert(
      fc.property(
        stream,
        options,
        fc.option(fc.integer({ min: 1, max: 120 }), { nil: undefined }),
        (events, settings, columns) => {
          const text = terminalText(events, settings, columns);
          const own = settings.color ? withoutCodes(text) : text;
          const rest = own.replaceAll(erase, '');
          expect(rest).not.toMatch(control);
        },
      ),
    );
  });

  it('puts none at all into a pipe', () => {
    fc.assert(
      fc.property(stream, fc.boolean(), (events, verbose) => {
        let text = '';
        const renderer = createPlainRenderer({ write: (more) => (text += more) }, { verbose });
        for (const e of events) renderer.event(e);
        expect(text).not.toMatch(control);
      }),
    );
  });

  it('never draws a status line as wide as the terminal', () => {
    fc.assert(
      fc.property(stream, fc.integer({ min: 2, max: 120 }), (events, columns) => {
        const text = terminalText(events, { color: false, verbose: false, watch: true }, columns);
        // A status is what gets erased.
        for (const part of text.split(erase).slice(0, -1)) {
          const status = part.split('\n').at(-1) ?? '';
          expect(displayWidth(status)).toBeLessThan(columns);
        }
      }),
    );
  });

  it('leaves the cursor at the start of an empty line', () => {
    fc.assert(
      fc.property(stream, options, (events, settings) => {
        const text = terminalText(events, settings, 80);
        expect(text === '' || text.endsWith('\n') || text.endsWith(erase)).toBe(true);
      }),
    );
  });
});
