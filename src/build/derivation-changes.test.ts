import { describe, expect, it } from 'vitest';
import { drvPath, stepName, storePath, trustedProjectPath, type DrvPath } from '../model/ids.ts';
import type { CompileStep, LinkStep } from '../model/plan.ts';
import type { StoreDerivation } from '../nix/aterm.ts';
import { compileDerivation, productDerivation, type StepToolchain } from '../nix/step-derivation.ts';
import { upstreamPlaceholder } from '../nix/store-path.ts';
import { derivationChanges } from './derivation-changes.ts';

const toolchain: StepToolchain = {
  addressing: 'content',
  system: 'x86_64-linux',
  stage: '/nix/store/00000000000000000000000000000000-makenix-stage',
  compiler: '/usr',
  bintools: '/usr',
  environment: new Map([
    ['PATH', '/usr/bin'],
    ['fingerprint', 'of the compiler'],
  ]),
  references: { drvs: new Map(), sources: [] },
  packages: new Map(),
};

const source = trustedProjectPath('src/a b.c');
const compile: CompileStep = {
  kind: 'compile',
  name: stepName('src/a b.o'),
  source,
  language: 'c',
  flags: ['-O2', '-Iinc'],
  packages: [],
  options: 'main',
  target: 'main',
};

interface Made {
  /** By path, what stands for the contents. */
  readonly files?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  readonly fingerprint?: string;
  readonly tools?: Partial<StepToolchain>;
}

function object({
  files = { [source]: '1', 'b.h': '1' },
  flags,
  fingerprint = 'headers',
  tools,
}: Made): StoreDerivation {
  const headers = Object.keys(files).filter((path) => path !== source);
  return compileDerivation(
    { ...compile, flags: flags ?? compile.flags },
    headers.map(trustedProjectPath),
    (path) => storePath(`/nix/store/${files[path] ?? '?'}-file`),
    fingerprint,
    { ...toolchain, ...tools },
  ).derivation;
}

const object1 = object({});
const changes = (made: Made) => derivationChanges(object1, object(made), 'gcc 12');

describe('derivationChanges, of an object', () => {
  it('finds none between equal ones', () => {
    expect(changes({})).toEqual([]);
  });

  it('tells which files are modified, came and went, in bytewise order', () => {
    expect(changes({ files: { [source]: '2', 'b.h': '1', 'ü.h': '1', 'B\n.h': '1' } })).toEqual([
      { path: 'B\n.h', change: 'added' },
      { path: source, change: 'modified' },
      { path: 'ü.h', change: 'added' },
    ]);
    expect(changes({ files: { [source]: '1' } })).toEqual([{ path: 'b.h', change: 'removed' }]);
  });

  it('lays other flags to the configuration, unless a file says it already', () => {
    expect(changes({ flags: ['-O1', '-Iinc'] })).toEqual([{ path: 'makenix.json', change: 'flags' }]);
    expect(changes({ flags: ['-O1', '-Iinc'], files: { [source]: '2', 'b.h': '1' } })).toEqual([
      { path: source, change: 'modified' },
    ]);
  });

  it('tells two lists of flags apart that are one text', () => {
    const before = object({ flags: ['-DA', '-DB'] });
    expect(derivationChanges(before, object({ flags: ['-DA -DB'] }), 'gcc')).toEqual([
      { path: 'makenix.json', change: 'flags' },
    ]);
  });

  it.each<[string, Made]>([
    ['system headers', { fingerprint: 'other headers' }],
    ['the staging program', { tools: { stage: '/nix/store/11111111111111111111111111111111-makenix-stage' } }],
    ['the search path', { tools: { environment: new Map([['PATH', '/opt/bin']]) } }],
  ])('calls %s the toolchain, beside what files say', (_, made) => {
    expect(changes(made)).toEqual([{ path: 'gcc 12', change: 'toolchain' }]);
    expect(changes({ ...made, files: { [source]: '1' } })).toEqual([
      { path: 'b.h', change: 'removed' },
      { path: 'gcc 12', change: 'toolchain' },
    ]);
  });

  it('takes a derivation without inputs for one that reads nothing', () => {
    const bare: StoreDerivation = { ...object1, env: new Map([...object1.env].filter(([name]) => name !== 'inputs')) };
    expect(derivationChanges(bare, object1, 'gcc')).toEqual([
      { path: 'b.h', change: 'added' },
      { path: source, change: 'added' },
    ]);
  });
});

const link: LinkStep = {
  kind: 'link',
  name: stepName('main'),
  path: 'main',
  inputs: ['a.o', 'b.o', 'x'].map(stepName),
  form: 'executable',
  tool: 'cc',
  flags: [],
  systemLibraries: [],
  packages: [],
};
const library: LinkStep = { ...link, name: stepName('x'), form: 'shared-library', path: 'libx.so', inputs: [] };
const drv = (name: string, version: string): DrvPath => drvPath(`/nix/store/${version.repeat(32)}-${name}.drv`);

const product = (version: string, step: Partial<LinkStep> = {}): StoreDerivation =>
  productDerivation(
    { ...link, ...step },
    {
      step: (name) => {
        const isLibrary = name === library.name;
        const made = drv(isLibrary ? name : `object-${name}`, version);
        const out = upstreamPlaceholder(made);
        return isLibrary ? { drv: made, out, product: library } : { drv: made, out };
      },
      file: (path) => storePath(`/nix/store/${version.repeat(32)}-${path}`),
    },
    toolchain,
  ).derivation;

describe('derivationChanges, of a product', () => {
  it('has nothing to say of objects and libraries that were made anew', () => {
    expect(derivationChanges(product('0'), product('1'), 'gcc')).toEqual([]);
  });

  it('tells which objects and libraries came and went', () => {
    const other = product('1', { inputs: [stepName('a.o'), stepName('c.o')] });
    expect(derivationChanges(product('0'), other, 'gcc')).toEqual([
      { path: 'b.o', change: 'removed' },
      { path: 'c.o', change: 'added' },
      { path: 'libx.so', change: 'removed' },
    ]);
  });

  it('lays other arguments to the configuration, the order of objects among them', () => {
    const flags = [{ path: 'makenix.json', change: 'flags' }];
    expect(derivationChanges(product('0'), product('1', { flags: ['-s'] }), 'gcc')).toEqual(flags);
    expect(derivationChanges(product('0'), product('0', { systemLibraries: ['-lm'] }), 'gcc')).toEqual(flags);
    const turned = product('0', { inputs: link.inputs.toReversed() });
    expect(derivationChanges(product('0'), turned, 'gcc')).toEqual(flags);
  });
});
