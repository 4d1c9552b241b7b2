import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drvPath, storePath } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';
import { parseDerivation, printDerivation, type StoreDerivation } from './aterm.ts';

/** Made of what the format is made of, and of any code points. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom('"', '\\', '\\n', '\n', '\r', '\t', '\0', ',', '[', ']', '(', ')', '",', '"]', '")', '\\"', 'n'),
      fc.constantFrom('a', 'out', '', '${x}', '\u{e000}', '\u{ffff}', '\u{10000}', '😀', 'ä', 'Derive(', '__proto__'),
      fc.string({ unit: 'binary', maxLength: 2 }),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

const pathText = fc
  .tuple(fc.stringMatching(/^[0-9a-df-np-sv-z]{32}$/), fc.stringMatching(/^[a-zA-Z0-9+._?=-]{1,8}$/))
  .map(([hash, name]) => `/nix/store/${hash}-${name}`);

const sorted = <T extends string>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.uniqueArray(item, { maxLength: 4 }).map((items) => items.sort(bytewise));

const sortedMap = <K extends string, V>(key: fc.Arbitrary<K>, value: fc.Arbitrary<V>): fc.Arbitrary<Map<K, V>> =>
  fc
    .uniqueArray(fc.tuple(key, value), { maxLength: 4, selector: ([name]) => name })
    .map((entries) => new Map(entries.sort(([a], [b]) => bytewise(a, b))));

const derivation: fc.Arbitrary<StoreDerivation> = fc.record({
  outputs: sortedMap(text, fc.record({ path: text, hashAlgorithm: text, hash: text })),
  inputDrvs: sortedMap(
    pathText.map((path) => drvPath(`${path}.drv`)),
    sorted(text),
  ),
  inputSrcs: sorted(pathText.map(storePath)),
  system: text,
  builder: text,
  args: fc.array(text, { maxLength: 4 }),
  env: sortedMap(text, text),
});

/** With the order of maps, which `toEqual` does not look at. */
const inOrder = (any: StoreDerivation): unknown => ({
  ...any,
  outputs: [...any.outputs],
  inputDrvs: [...any.inputDrvs],
  env: [...any.env],
});

describe('parseDerivation', () => {
  it('reads back what printDerivation writes', () => {
    fc.assert(
      fc.property(derivation, (any) => {
        const parsed = parseDerivation(printDerivation(any));
        expect(parsed.ok && inOrder(parsed.value)).toEqual(inOrder(any));
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses a text that was cut anywhere, no later than there', () => {
    fc.assert(
      fc.property(derivation, (any) => {
        const whole = printDerivation(any);
        for (let length = 0; length < whole.length; length++) {
          const parsed = parseDerivation(whole.slice(0, length));
          if (parsed.ok || parsed.failure.offset > length)
            throw new Error(`cut at ${length}: ${JSON.stringify(parsed)}`);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('takes an edited text only if it is what printing gives, and never throws', () => {
    fc.assert(
      fc.property(derivation, fc.nat(), fc.nat(8), text, (any, position, removed, inserted) => {
        const whole = printDerivation(any);
        const at = position % whole.length;
        const edited = whole.slice(0, at) + inserted + whole.slice(at + removed);
        const parsed = parseDerivation(edited);
        if (parsed.ok) expect(printDerivation(parsed.value)).toBe(edited);
        else expect(parsed.failure.offset).toBeLessThanOrEqual(edited.length);
      }),
      { numRuns: 2000 },
    );
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.constantFrom('', 'Derive(', 'Derive([],[],[],"","",['), text, (start, any) => {
        const parsed = parseDerivation(start + any);
        expect(parsed).toMatchObject({ ok: false });
      }),
      { numRuns: 1000 },
    );
  });
});

describe('printDerivation', () => {
  it('does not depend on the order in which sets are given', () => {
    fc.assert(
      fc.property(derivation, (any) => {
        const reversed: StoreDerivation = {
          ...any,
          outputs: new Map([...any.outputs].reverse()),
          inputDrvs: new Map([...any.inputDrvs].reverse().map(([path, names]) => [path, [...names].reverse()])),
          inputSrcs: [...any.inputSrcs].reverse(),
          env: new Map([...any.env].reverse()),
        };
        expect(printDerivation(reversed)).toBe(printDerivation(any));
      }),
    );
  });

  it('stays on one line', () => {
    fc.assert(
      fc.property(derivation, (any) => {
        expect(printDerivation(any)).not.toMatch(/[\n\r\t]/);
      }),
    );
  });
});
