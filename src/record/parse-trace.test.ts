import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTrace } from './parse-trace.ts';
import { noProgram } from './recording-environment.ts';
import type { ProgramId, TraceEvent } from './trace.ts';

const block = (bytes: string | Buffer): Buffer => {
  const contents = Buffer.from(bytes as string);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(contents.length);
  return Buffer.concat([length, contents]);
};
const record = (...fields: readonly (string | Buffer)[]): Buffer => block(Buffer.concat(fields.map(block)));

const tokenOf = (program: ProgramId | undefined): string =>
  program === undefined ? noProgram : (program + 1).toString(16).padStart(24, '0');
const listOf = (strings: readonly string[]): string => strings.map((each) => `${each}\0`).join('');

/** What the recorder would have written. */
function print(event: TraceEvent): Buffer {
  const token = tokenOf(event.program);
  switch (event.kind) {
    case 'started':
      return record(
        's',
        token,
        tokenOf(event.parent),
        event.executable,
        event.directory,
        listOf(event.argv),
        listOf(Object.entries(event.environment).map((pair) => pair.join('='))),
        ...[...event.responseFiles].flat(),
      );
    case 'read':
      return record('r', token, event.path);
    case 'write':
      return record('w', token, event.path);
    case 'rename':
      return record('m', token, event.from, event.to);
    case 'symlink':
      return record('l', token, event.target, event.path);
    case 'hardlink':
      return record('h', token, event.from, event.path);
  }
}

const printAll = (events: readonly TraceEvent[]): Buffer => Buffer.concat(events.map(print));

const started = (program: ProgramId, parent?: ProgramId): TraceEvent => ({
  kind: 'started',
  program,
  parent,
  executable: '/bin/x',
  directory: '/d',
  argv: ['x'],
  environment: {},
  responseFiles: new Map(),
});

/** Text as hostile as the recorder can meet it: all but NUL, and no half of a surrogate pair, which no bytes give. */
const text = fc
  .string({
    unit: fc.oneof(fc.constantFrom('\n', '"', "'", '\\', ' ', '=', '\u{e9}', '\u{1f600}', '\xff'), fc.string()),
  })
  .map((each) => each.replaceAll('\0', '').replaceAll(/\p{Surrogate}/gu, ''));
const path = text.map((name) => `/p/${name}`);

const events = fc
  .array(
    fc.record({
      argv: fc.array(text),
      environment: fc.dictionary(fc.constantFrom('CPATH', 'LIBRARY_PATH', 'SYSROOT'), text, { noNullPrototype: true }),
      executable: path,
      directory: path,
      responses: fc.array(fc.tuple(text, fc.string({ unit: 'binary' }))),
      parent: fc.nat(),
      does: fc.array(
        fc.oneof(
          fc.record({ kind: fc.constant('rename' as const), from: path, to: path }),
          fc.record({ kind: fc.constant('symlink' as const), target: text, path }),
          fc.record({ kind: fc.constant('hardlink' as const), from: path, path }),
        ),
      ),
      reads: fc.uniqueArray(path),
    }),
  )
  .map((programs) =>
    programs.flatMap(({ responses, parent, does, reads, ...rest }, program): readonly TraceEvent[] => [
      {
        ...rest,
        kind: 'started',
        program,
        parent: program === 0 ? undefined : parent % program,
        responseFiles: new Map(responses),
      },
      ...does.map((each) => ({ ...each, program })),
      ...reads.map((each) => ({ kind: 'read' as const, program, path: each })),
    ]),
  );

describe('a trace', () => {
  it('comes back as it was written, whatever is in it', () => {
    fc.assert(
      fc.property(events, (given) => {
        expect(parseTrace(printAll(given))).toEqual(given);
      }),
    );
  });

  it('that is cut off holds up to there', () => {
    const given = [started(0), { kind: 'write', program: 0, path: '/p/a' }, started(1, 0)] as const;
    const whole = printAll(given);
    const lengths = given.map((_, i) => printAll(given.slice(0, i + 1)).length);
    for (let length = 0; length <= whole.length; length++) {
      const expected = given.slice(0, lengths.filter((each) => each <= length).length);
      expect(parseTrace(whole.subarray(0, length))).toEqual(expected);
    }
  });

  it('is never trusted', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(), (noise, at) => {
        const bytes = printAll([started(0), { kind: 'read', program: 0, path: '/p/a' }]);
        bytes.set(noise.subarray(0, bytes.length), at % Math.max(1, bytes.length - noise.length));
        parseTrace(bytes);
      }),
    );
  });

  it('may have bytes that are no UTF-8', () => {
    const bytes = Buffer.concat([print(started(0)), record('w', tokenOf(0), Buffer.from('/p/\xff', 'latin1'))]);
    expect(parseTrace(bytes).at(-1)).toEqual({ kind: 'write', program: 0, path: '/p/\ufffd' });
  });

  it('leaves out what no known program did, and kinds it does not know', () => {
    const bytes = [
      print({ kind: 'write', program: 7, path: '/p/a' }),
      print(started(0, 9)),
      record('?', tokenOf(0), 'x'),
    ];
    expect(parseTrace(Buffer.concat([...bytes, record(), record('w', tokenOf(0))]))).toEqual([started(0)]);
  });
});

describe('what a program does again', () => {
  const read = (program: ProgramId, path: string): TraceEvent => ({ kind: 'read', program, path });
  const write = (program: ProgramId, path: string): TraceEvent => ({ kind: 'write', program, path });
  const parse = (...given: readonly TraceEvent[]): readonly TraceEvent[] =>
    parseTrace(printAll([started(0), started(1), ...given])).slice(2);

  it('is said once', () => {
    expect(parse(read(0, 'a'), read(0, 'a'), read(1, 'a'), write(0, 'b'), write(0, 'b'))).toEqual([
      read(0, 'a'),
      read(1, 'a'),
      write(0, 'b'),
    ]);
  });

  it('is said again where something else happened to the file since', () => {
    const rename = { kind: 'rename', program: 1, from: 'b', to: 'c' } as const;
    for (const between of [write(1, 'b'), read(1, 'b'), rename]) {
      expect(parse(write(0, 'b'), between, write(0, 'b'))).toEqual([write(0, 'b'), between, write(0, 'b')]);
    }
    expect(parse(write(0, 'b'), read(0, 'b'), write(0, 'b'))).toEqual([write(0, 'b'), read(0, 'b')]);
  });
});
