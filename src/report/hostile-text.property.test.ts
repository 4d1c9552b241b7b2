import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventsByKind, failuresByKind } from '../testing/schema-arbitrary.ts';
import { describeFailure, exitCode } from './describe.ts';
import { printDot } from './dot.ts';
import { createJsonRenderer } from './json.ts';
import { createPlainRenderer } from './plain.ts';
import { printableJson } from './printable.ts';
import { createTerminalRenderer } from './terminal.ts';

/** But for newlines, and tabs in a compiler's own text. */
const control =
  // eslint-disable-next-line no-control-regex -- nothing of these may be left
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Surrogate}/u;

describe('whatever is in its strings,', () => {
  it.each(failuresByKind)('a failure of kind %s is safe to print', (kind, failures) => {
    fc.assert(
      fc.property(failures, (failure) => {
        const text = describeFailure(failure);
        expect(text).not.toMatch(control);
        expect(text).toMatch(/^error: /);
        expect([1, 2, 3]).toContain(exitCode(failure));
        expect(kind.split(' or ')).toContain(failure.kind);
      }),
    );
  });

  it.each(eventsByKind)('an event of kind %s is safe to print', (_, events) => {
    const options = fc.record({ color: fc.constant(false), verbose: fc.boolean(), watch: fc.boolean() });
    fc.assert(
      fc.property(events, options, (event, settings) => {
        const printed = { plain: '', terminal: '', json: '' };
        const into = (name: keyof typeof printed) => ({ write: (text: string) => void (printed[name] += text) });
        const renderers = [
          createPlainRenderer(into('plain'), settings),
          createTerminalRenderer({ ...into('terminal'), columns: 80 }, settings),
          createJsonRenderer(into('json')),
        ];
        // Steps are named by a start, and what a cycle says by its end.
        for (const renderer of renderers) {
          renderer.event({ v: 1, seq: 1, cycle: 1, at: 0, kind: 'cycle-started', trigger: 'request' });
          renderer.event(event);
          renderer.close();
        }
        expect(printed.plain).not.toMatch(control);
        expect(printed.terminal.replaceAll('\r\x1b[2K', '')).not.toMatch(control);
        expect(printed.json).not.toMatch(control);
        // Half a surrogate pair is written as what it is.
        expect(JSON.parse(printed.json.trimEnd().split('\n').at(-1) ?? '')).toEqual(JSON.parse(JSON.stringify(event)));
      }),
      { numRuns: 60 },
    );
  });
});

const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('"', '\\', '\\"', '" -> "x', '</script>', '\x1b[2J', '\n', '\\n', '\u2028', '<b>'),
);

describe('a graph', () => {
  it('has each name between quotes that nothing in it ends, and names stay apart', () => {
    fc.assert(
      fc.property(name, name, (from, to) => {
        const lines = printDot([{ from, to }]);
        expect(lines.join('')).not.toMatch(control);
        const [, first, second] = /^ {2}"((?:[^"\\]|\\.)*)" -> "((?:[^"\\]|\\.)*)";$/.exec(lines[2] ?? '') ?? [];
        expect([typeof first, typeof second]).toEqual(['string', 'string']);
        expect(first === second).toBe(from === to);
      }),
      { numRuns: 500 },
    );
  });

  it('is the same JSON, and shows nothing that a terminal obeys', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = printableJson(JSON.stringify(value, undefined, 2));
        expect(text).not.toMatch(control);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
