import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Output, Reason, ReasonChange } from '../model/events.ts';
import { contentHash, stepName, trustedProjectPath } from '../model/ids.ts';
import { compileOf } from '../testing/fakes/steps.ts';
import { decodeState, definitionOf, encodeState, type ProjectState } from './project-state.ts';

/** Any text that UTF-8 can hold, and what JSON and our own format have to escape or tell apart. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 5 }),
  fc.constantFrom('', '\n', '"', '\\', '\u2028', 'src/a.c', '-'),
);
const path = text.map(trustedProjectPath);
const step = text.map(stepName);
const hash = text.map(contentHash);
const paths = fc.array(path, { maxLength: 4 });
const stamp = fc.record({
  size: fc.nat(),
  mtimeNs: fc.bigInt({ min: 0n, max: 1n << 64n }),
  ctimeNs: fc.bigInt({ min: 0n, max: 1n << 64n }),
  inode: fc.bigInt({ min: 0n, max: 1n << 64n }),
  isExecutable: fc.boolean(),
});
const facts = fc.record({
  stamp,
  hash,
  nar: hash,
  projection: fc.record({
    hash,
    opaque: fc.boolean(),
    counter: fc.boolean(),
    assembles: fc.boolean(),
    once: fc.boolean(),
    operands: fc.array(text, { maxLength: 3 }),
    computed: fc.boolean(),
    queries: fc.array(text, { maxLength: 2 }),
    queryMacros: fc.array(text, { maxLength: 2 }),
    hasComputedQuery: fc.boolean(),
  }),
  isRacy: fc.boolean(),
});
const changes: readonly ReasonChange[] = [
  'modified',
  'added',
  'removed',
  'rebuilt',
  'flags',
  'toolchain',
  'first-seen',
];
const reason: fc.Arbitrary<Reason> = fc.record({ path: text, change: fc.constantFrom(...changes) });
const reasons = fc.array(fc.tuple(step, fc.array(reason, { maxLength: 3 })), { maxLength: 3 });
const output: fc.Arbitrary<Output> = fc.record({
  target: text,
  drvPath: text,
  outPath: text,
  file: text,
  link: fc.option(text),
});
const warnings = fc.record({ version: text, lines: fc.array(text, { maxLength: 3 }) });
const list = <T>(each: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> => fc.array(each, { maxLength: 3 });

const state: fc.Arbitrary<ProjectState> = fc.record({
  compiler: text,
  listing: paths,
  links: list(fc.tuple(path, text)),
  files: list(fc.tuple(path, facts)),
  system: list(fc.tuple(text, fc.record({ stamp, hash }))),
  units: list(fc.tuple(step, fc.record({ source: path, headers: paths, system: fc.array(text, { maxLength: 3 }) }))),
  definitions: list(fc.tuple(step, text)),
  fingerprints: list(fc.tuple(step, text)),
  toScan: reasons,
  toBuild: reasons,
  outputs: list(output),
  engine: text,
  warnings: list(fc.tuple(step, list(warnings))),
});

/** A small state in which everything occurs. */
const [sample] = fc.sample(
  state.filter((each) => encodeState(each).length < 1500 && [...each.files].length > 0 && each.toScan.length > 0),
  { numRuns: 1, seed: 20 },
) as [ProjectState];

describe('a state', () => {
  it('reads back as it was', () => {
    fc.assert(
      fc.property(state, (any) => {
        expect(decodeState(encodeState(any))).toMatchObject(any);
      }),
    );
  });

  it('reads back from maps and sets, as a session has them', () => {
    const lazily: ProjectState = {
      ...sample,
      listing: new Set(sample.listing),
      files: new Map(sample.files).entries(),
      units: new Map(sample.units),
    };
    expect(decodeState(encodeState(lazily))).toEqual(decodeState(encodeState(sample)));
  });

  it('has the same text where it says the same', () => {
    expect(encodeState(structuredClone(sample))).toBe(encodeState(sample));
  });

  it('does not read back if it is cut off anywhere', () => {
    const bytes = Buffer.from(encodeState(sample));
    for (let length = 0; length < bytes.length; length++) {
      expect(decodeState(bytes.subarray(0, length).toString()), String(length)).toBeUndefined();
    }
  });

  it('does not read back if any bit is flipped', () => {
    const bytes = Buffer.from(encodeState(sample));
    const original = bytes.toString();
    const passed: string[] = [];
    for (let at = 0; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
        const damaged = bytes.toString();
        if (damaged !== original && decodeState(damaged) !== undefined) passed.push(`bit ${bit} of byte ${at}`);
        bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
      }
    }
    expect(passed).toEqual([]);
  });

  it('does not read back with anything before, behind or in between', () => {
    const whole = encodeState(sample);
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 3 }), fc.nat({ max: whole.length }), (more, at) => {
        expect(decodeState(whole.slice(0, at) + more + whole.slice(at))).toBeUndefined();
      }),
    );
    expect(decodeState(`${whole}\n`)).toBeUndefined();
    expect(decodeState(whole + whole)).toBeUndefined();
  });

  it('is not read from any other text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (any) => {
        expect(decodeState(any)).toBeUndefined();
      }),
    );
  });
});

describe('a definition', () => {
  it('is the same for steps that say the same, and for no others', () => {
    const one = compileOf('a.c', { flags: ['-O2'] });
    expect(definitionOf(structuredClone(one))).toBe(definitionOf(one));
    const others = [
      compileOf('b.c', { flags: ['-O2'] }),
      compileOf('a.c', { flags: ['-O2', '-g'] }),
      compileOf('a.c', { flags: ['-O2'], language: 'c++' }),
      compileOf('a.c', { flags: ['-O2'], packages: [{ attribute: 'zlib', pkgConfig: 'zlib' }] }),
    ];
    expect(new Set([one, ...others].map(definitionOf)).size).toBe(5);
  });
});
