import { describe, expect, it } from 'vitest';
import { contentHash, drvPath, storePath } from '../model/ids.ts';
import { parseDerivation, type StoreDerivation } from './aterm.ts';
import {
  derivationPath,
  makeStorePath,
  nix32,
  outputPlaceholder,
  textPath,
  upstreamPlaceholder,
} from './store-path.ts';

// All of it taken from Nix 2.34.8: `nix hash convert`, `nix eval` of `toFile`, `placeholder` and `drvPath`, and the
// files that this left in a store.

const a = storePath('/nix/store/wzflyq5q9kjg4p27yck2nnispnblxsnh-a.txt');
const b = storePath('/nix/store/i06fdnxnxj3i2cz5bl7ryv168vx822vp-b.txt');
const c = storePath('/nix/store/5jab02by46drxhydla72gjs8hpi6n875-c.txt');
const one = drvPath('/nix/store/6nnr3icvs0q9959lqyhpp3wjv0368c5w-one.drv');
const two = drvPath('/nix/store/ybzgvsa7gsgqma1p2n7jx6d6v8hspq0l-two-x.drv');
const plain = drvPath('/nix/store/sv7rnkmhjzvnbpmqncwbmkyhsbjyibh6-plain.drv');

describe('nix32', () => {
  it.each([
    [
      '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
      '094qif9n4cq4fdg459qzbhg1c6wywawwaaivx0k0x8xhbyx4vwic',
    ],
    ['aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d', '9m1skbnr5i43n3yypvda5s65vhfwdx5a'],
    ['', ''],
  ])('of %j is %j', (hex, digits) => {
    expect(nix32(Buffer.from(hex, 'hex'))).toBe(digits);
  });
});

describe('makeStorePath', () => {
  it('names a file of text', () => {
    const hello = contentHash('2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824');
    expect(makeStorePath('text', hello, 'a.txt')).toBe(a);
  });

  it('names a source by the hash of its archive', () => {
    const archive = contentHash('3d62341984284fa84f29111d082537df281a30ce353c659e7193f90bfff413d3');
    expect(makeStorePath('source', archive, 'src.c')).toBe('/nix/store/qd5xf8fb12yz83im4haw1yjw6g9ccmhg-src.c');
  });
});

describe('textPath', () => {
  it('names what builtins.toFile makes, with its references in any order', () => {
    expect(textPath('a.txt', 'hello', [])).toBe(a);
    expect(textPath('b.txt', `to ${a}`, [a])).toBe(b);
    expect(textPath('c.txt', `${b} ${a}`, [a, b])).toBe(c);
    expect(textPath('c.txt', `${b} ${a}`, [b, a, b])).toBe(c);
  });
});

describe('derivationPath', () => {
  it.each<[string, string, string]>([
    [
      'one',
      one,
      String.raw`Derive([("dev","","r:sha256",""),("out","","r:sha256","")],[],["/nix/store/5jab02by46drxhydla72gjs8hpi6n875-c.txt"],"x86_64-linux","/bin/sh",["-c","echo \"$x\" \\ > /nix/store/5jab02by46drxhydla72gjs8hpi6n875-c.txt\n\r\tü😀"],[("builder","/bin/sh"),("dev","/02qcpld1y6xhs5gz9bchpxaw0xdhmsp5dv88lh25r2ss44kh8dxz"),("name","one"),("out","/1rz4g4znpzjwh1xymhjpm42vipw92pr73vdgl6xs1hycac8kf2n9"),("outputHashAlgo","sha256"),("outputHashMode","recursive"),("outputs","out dev"),("system","x86_64-linux")])`,
    ],
    [
      'two-x',
      two,
      'Derive([("out","","r:sha256","")],[("/nix/store/6nnr3icvs0q9959lqyhpp3wjv0368c5w-one.drv",["dev","out"])],["/nix/store/wzflyq5q9kjg4p27yck2nnispnblxsnh-a.txt"],"x86_64-linux","/bin/sh",["/1834xj7brc1x8cfvbkrh4qxklvi81c5x4798v298rg7sxz9nxz2k","/097ijl6aarni1yzvc0ng7smc3mz54njn9df6qnyizncfkxg657j8","/nix/store/wzflyq5q9kjg4p27yck2nnispnblxsnh-a.txt"],[("builder","/bin/sh"),("name","two-x"),("out","/1rz4g4znpzjwh1xymhjpm42vipw92pr73vdgl6xs1hycac8kf2n9"),("outputHashAlgo","sha256"),("outputHashMode","recursive"),("system","x86_64-linux")])',
    ],
    [
      'plain',
      plain,
      'Derive([("out","/nix/store/65pblzv8nsg9bhhq2c75fs3b3df6p6kp-plain","","")],[],[],"x86_64-linux","/bin/sh",["-c","echo > $out"],[("builder","/bin/sh"),("name","plain"),("out","/nix/store/65pblzv8nsg9bhhq2c75fs3b3df6p6kp-plain"),("system","x86_64-linux"),("ä","1")])',
    ],
    [
      'above',
      '/nix/store/lh1266973h7wf3kfkcsfhcqcq7x72nw7-above.drv',
      'Derive([("out","","","")],[("/nix/store/sv7rnkmhjzvnbpmqncwbmkyhsbjyibh6-plain.drv",["out"]),("/nix/store/ybzgvsa7gsgqma1p2n7jx6d6v8hspq0l-two-x.drv",["out"])],[],"x86_64-linux","/bin/sh",["/1xxwzds9s5vpcmj4jpxlg3inv8l3wr24gv1wwp9nh2l5nr9sz5zf","/nix/store/65pblzv8nsg9bhhq2c75fs3b3df6p6kp-plain"],[("builder","/bin/sh"),("name","above"),("out",""),("system","x86_64-linux")])',
    ],
    [
      'fixed',
      '/nix/store/zlqy3nnv9zmyw5v38k7ksn61khg570gw-fixed.drv',
      'Derive([("out","/nix/store/53ig02hv6412nx42f15vfw57i1l3d28i-fixed","sha256","2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")],[],[],"x86_64-linux","/bin/sh",[],[("builder","/bin/sh"),("name","fixed"),("out","/nix/store/53ig02hv6412nx42f15vfw57i1l3d28i-fixed"),("outputHash","2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"),("outputHashAlgo","sha256"),("outputHashMode","flat"),("system","x86_64-linux")])',
    ],
  ])('of %s is %s', (name, path, text) => {
    expect(derivationPath(name, parsed(text))).toBe(path);
  });
});

it('knows what a derivation calls its own outputs', () => {
  expect(outputPlaceholder()).toBe('/1rz4g4znpzjwh1xymhjpm42vipw92pr73vdgl6xs1hycac8kf2n9');
  expect(outputPlaceholder('dev')).toBe('/02qcpld1y6xhs5gz9bchpxaw0xdhmsp5dv88lh25r2ss44kh8dxz');
});

it('knows what a derivation calls the outputs of its inputs', () => {
  expect(upstreamPlaceholder(one)).toBe('/1834xj7brc1x8cfvbkrh4qxklvi81c5x4798v298rg7sxz9nxz2k');
  expect(upstreamPlaceholder(one, 'dev')).toBe('/097ijl6aarni1yzvc0ng7smc3mz54njn9df6qnyizncfkxg657j8');
  expect(upstreamPlaceholder(two)).toBe('/1xxwzds9s5vpcmj4jpxlg3inv8l3wr24gv1wwp9nh2l5nr9sz5zf');
});

function parsed(text: string): StoreDerivation {
  const result = parseDerivation(text);
  if (!result.ok) throw new Error(`${result.failure.problem} at ${result.failure.offset}`);
  return result.value;
}
