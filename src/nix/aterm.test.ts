import { describe, expect, it } from 'vitest';
import { drvPath, storePath } from '../model/ids.ts';
import { parseDerivation, printDerivation, type StoreDerivation } from './aterm.ts';

const a = '/nix/store/wzflyq5q9kjg4p27yck2nnispnblxsnh-a.txt';
const c = '/nix/store/5jab02by46drxhydla72gjs8hpi6n875-c.txt';
const one = '/nix/store/6nnr3icvs0q9959lqyhpp3wjv0368c5w-one.drv';
const two = '/nix/store/ybzgvsa7gsgqma1p2n7jx6d6v8hspq0l-two-x.drv';

const empty: StoreDerivation = {
  outputs: new Map(),
  inputDrvs: new Map(),
  inputSrcs: [],
  system: '',
  builder: '',
  args: [],
  env: new Map(),
};
const emptyText = 'Derive([],[],[],"","",[],[])';

/** Put together of what Nix 2.34 wrote. */
const text = [
  'Derive([("dev","","r:sha256",""),("out","/nix/store/53ig02hv6412nx42f15vfw57i1l3d28i-x","sha256","2cf2")]',
  `[("${one}",["dev","out"]),("${two}",["out"])]`,
  `["${c}","${a}"]`,
  '"x86_64-linux"',
  '"/bin/sh"',
  String.raw`["-c","echo \"$x\" \\ >\n\r\tü😀"]`,
  '[("name","one"),("outputs","out dev"),("ä","")])',
].join(',');

const derivation: StoreDerivation = {
  outputs: new Map([
    ['dev', { path: '', hashAlgorithm: 'r:sha256', hash: '' }],
    ['out', { path: '/nix/store/53ig02hv6412nx42f15vfw57i1l3d28i-x', hashAlgorithm: 'sha256', hash: '2cf2' }],
  ]),
  inputDrvs: new Map([
    [drvPath(one), ['dev', 'out']],
    [drvPath(two), ['out']],
  ]),
  inputSrcs: [storePath(c), storePath(a)],
  system: 'x86_64-linux',
  builder: '/bin/sh',
  args: ['-c', 'echo "$x" \\ >\n\r\tü😀'],
  env: new Map([
    ['name', 'one'],
    ['outputs', 'out dev'],
    ['ä', ''],
  ]),
};

describe('printDerivation', () => {
  it('writes what Nix writes', () => {
    expect(printDerivation(derivation)).toBe(text);
    expect(printDerivation(empty)).toBe(emptyText);
  });

  it('sorts all but the arguments, whatever the order given, and says nothing twice', () => {
    const shuffled: StoreDerivation = {
      ...derivation,
      outputs: new Map([...derivation.outputs].reverse()),
      inputDrvs: new Map([
        [drvPath(two), ['out', 'out']],
        [drvPath(one), ['out', 'dev']],
      ]),
      inputSrcs: [storePath(a), storePath(c), storePath(a)],
      env: new Map([...derivation.env].reverse()),
    };
    expect(printDerivation(shuffled)).toBe(text);
    expect(printDerivation({ ...empty, args: ['b', 'a', 'b'] })).toBe('Derive([],[],[],"","",["b","a","b"],[])');
  });

  it('sorts as bytes of UTF-8 do', () => {
    const env = new Map(['\u{10000}', '\u{e000}', 'a', 'Z'].map((name) => [name, '']));
    expect(printDerivation({ ...empty, env })).toContain('[("Z",""),("a",""),("\u{e000}",""),("\u{10000}","")]');
  });
});

describe('parseDerivation', () => {
  it('reads what Nix writes', () => {
    expect(parseDerivation(text)).toEqual({ ok: true, value: derivation });
    expect(parseDerivation(emptyText)).toEqual({ ok: true, value: empty });
  });

  it.each([
    ['', 0, 'expected Derive('],
    [' Derive(', 0, 'expected Derive('],
    ['DrvWithVersion("xp-dyn-drv",[', 0, 'DrvWithVersion, the form of dynamic derivations, is not supported'],
    [`${emptyText}\n`, 28, 'expected the end'],
    ['Derive( [],[],[],"","",[],[])', 7, 'expected ['],
    ['Derive([],[],[],"","",[],[]', 27, 'expected )'],
    ['Derive([],[],[],"","",[])', 24, 'expected ,'],
    ['Derive([],[],[],"","",["a",],[])', 27, 'expected "'],
    ['Derive([],[],[],"","",[,"a"],[])', 23, 'expected "'],
    ['Derive([],[],[],"","",["a""b"],[])', 26, 'expected ]'],
    ['Derive([],[],[],"","",[],[("a")])', 30, 'expected ,'],
    ['Derive([],[],[],"","",[],[("a","b","c")])', 34, 'expected )'],
    ['Derive([("out","","")],[],[],"","",[],[])', 20, 'expected ,'],
  ])('refuses %j at %i', (wrong, offset, problem) => {
    expect(parseDerivation(wrong)).toEqual({ ok: false, failure: { offset, problem } });
  });

  it.each([
    ['"ab', 19, 'expected "'],
    ['"ab\\', 19, 'expected an escape'],
    ['"a\nb"', 18, 'expected an escape'],
    ['"a\rb"', 18, 'expected an escape'],
    ['"a\tb"', 18, 'expected an escape'],
    ['"a\\qb"', 18, 'expected an escape'],
    ['"a\\u0041"', 18, 'expected an escape'],
  ])('refuses the string %j', (wrong, offset, problem) => {
    expect(parseDerivation(`Derive([],[],[],${wrong}`)).toEqual({ ok: false, failure: { offset, problem } });
  });

  it.each([
    ['[("b","","",""),("a","","","")],[],[]', 24],
    ['[("a","","",""),("a","","","")],[],[]', 24],
    [`[],[("${two}",["out"]),("${one}",["out"])],[]`, 78],
    [`[],[("${two}",["out","dev"])],[]`, 75],
    [`[],[],["${a}","${a}"]`, 66],
  ])('refuses what is not in order or there twice: %s', (lists, offset) => {
    expect(parseDerivation(`Derive(${lists},"","",[],[])`)).toEqual({
      ok: false,
      failure: { offset, problem: 'expected entries in order, none twice' },
    });
  });

  it.each([
    ['[],[],[""]', 14],
    ['[],[],["/etc/passwd"]', 14],
    ['[],[],["/nix/store/a.txt"]', 14],
    [`[],[],["${a}/b"]`, 14],
    [`[],[("${a}",["out"])],[]`, 12],
  ])('refuses what is no path of the store, or of no derivation: %s', (lists, offset) => {
    expect(parseDerivation(`Derive(${lists},"","",[],[])`)).toEqual({
      ok: false,
      failure: { offset, problem: 'expected a store path' },
    });
  });

  it('is linear: megabytes take moments, whatever they are made of', () => {
    const size = 2_000_000;
    const large: StoreDerivation = {
      ...empty,
      args: ['a'.repeat(size), '\n'.repeat(size), ...Array.from({ length: size / 10 }, () => '"')],
      env: new Map(Array.from({ length: size / 20 }, (_, i) => [String(i + size), '\\'])),
    };
    const printed = printDerivation(large);
    expect(printed.length).toBeGreaterThan(3 * size);
    const started = performance.now();
    const parsed = parseDerivation(printed);
    // Quadratic would be hours; a busy machine is no reason to fail.
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(parsed.ok && printDerivation(parsed.value) === printed).toBe(true);
    expect(parseDerivation(`Derive([],[],[],"${'a'.repeat(size)}`).ok).toBe(false);
    expect(parseDerivation(`Derive(${'['.repeat(size)}`).ok).toBe(false);
  });
});
