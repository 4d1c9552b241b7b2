import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createNodeCommands } from '../host/node-commands.ts';
import { drvPath, stepName, type DrvPath, type StorePath } from '../model/ids.ts';
import { evaluateSteps, narsIn, readDerivation, settingsOf, writeText } from '../testing/derivations.ts';
import { execute } from '../testing/execute.ts';
import { paths } from '../testing/fakes/memory-files.ts';
import { archiveOf, compileOf, linkOf, planOf } from '../testing/fakes/steps.ts';
import { storeParent, temporaryDirectory } from '../testing/temporary.ts';
import { parseDerivation, printDerivation } from './aterm.ts';
import { printHostExpression } from './host-expression.ts';
import { hostSandboxPaths } from './host-toolchain.ts';
import { commonArguments } from './nix-command.ts';
import { derivePlan, type StepDerivation } from './plan-derivations.ts';
import { needsResolution, resolveDerivation } from './resolve.ts';
import { upstreamPlaceholder } from './store-path.ts';
import { stageDerivation } from './stage-derivation.ts';
import { evaluateToolchain, textsOfToolchain } from './toolchain-evaluation.ts';

const system = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux`;

/** The machine's tools behind links, which are content-addressed derivations. */
const linked = `{ }:
let
  make = name: tools: derivation {
    inherit name;
    system = "${system}";
    builder = "/bin/sh";
    PATH = "/usr/bin";
    args = [ "-c" "mkdir -p $out/bin; for tool in \${tools}; do ln -s /usr/bin/$tool $out/bin/$tool; done; :" ];
    __contentAddressed = true;
    outputHashMode = "recursive";
    outputHashAlgo = "sha256";
  };
in
{
  stdenv.hostPlatform.system = "${system}";
  stdenv.cc = make "compiler" "cc c++" // { bintools = make "bintools" "ar ld as"; };
}
`;

const own = printHostExpression(
  { system, compilerPrefix: '/usr', bintoolsPrefix: '/usr', fingerprint: 'f', packages: new Map() },
  { addressing: 'content', fingerprints: new Map() },
);

const files = {
  'src/main.c': '#include "a.h"\nint main(void) { return util() + shared() + part(); }\n',
  'src/a.h': 'int util(void), shared(void), part(void);\n',
  'src/util.c': 'int util(void) { return 0; }\n',
  'src/shared.c': 'int shared(void) { return 0; }\n',
  'lib/part.c': 'int part(void) { return 0; }\n',
};

const compiles = ['lib/part.c', 'src/main.c', 'src/shared.c', 'src/util.c'].map((source) =>
  compileOf(source, { flags: ['-fPIC'] }),
);
const products = [
  archiveOf('util', ['src/util.o']),
  linkOf('shared', ['src/shared.o'], { form: 'shared-library', path: 'libshared.so' }),
  linkOf('part', ['lib/part.o'], {
    ...{ form: 'object', tool: 'ld', path: 'all.o', flags: ['-r', '../lib/alias.o'] },
    recorded: {
      directory: paths('src')[0]!,
      files: [],
      aliases: [{ path: paths('lib/alias.o')[0]!, step: stepName('lib/part.o') }],
      names: [],
    },
  }),
  linkOf('main', ['src/main.o', 'part', 'util', 'shared']),
];
// An object cannot be a target.
const plan = {
  ...planOf(
    compiles,
    products.filter(({ name }) => name !== 'part'),
  ),
  products,
};
const headers = new Map([[stepName('src/main.o'), paths('src/a.h')]]);

it.each([
  ['content-addressed steps', 'content', own],
  ['content-addressed steps, of tools that are so too', 'content', linked],
  ['input-addressed steps below content-addressed tools', 'input', linked],
] as const)('resolves as Nix does: %s', async (_, addressing, pkgs) => {
  const directory = temporaryDirectory(storeParent());
  const root = join(directory, 'project');
  for (const [path, text] of Object.entries(files)) writeText(join(root, path), text);
  chmodSync(join(root, 'src/util.c'), 0o755);
  const store = join(directory, 'store');
  const settings = { ...settingsOf(store, addressing), sandboxPaths: hostSandboxPaths };
  const evaluated = await evaluateToolchain(createNodeCommands(process.env), settings, {
    ...{ packages: { text: pkgs }, attributes: [], nixVersion: 'any' },
    readDerivation: (drv) => readDerivation(store, drv),
  });
  if (!evaluated.ok) throw new Error(JSON.stringify(evaluated.failure));
  const texts = textsOfToolchain(evaluated.value);
  const { steps } = derivePlan({
    ...{ plan, texts, nar: narsIn(root), fingerprint: () => undefined },
    headers: ({ name }) => headers.get(name) ?? [],
  });
  const wanted = { root, plan, headers, steps: steps.keys(), pkgs: `(${pkgs}) { }` };
  const [theirs] = await evaluateSteps(settings, [wanted]);
  expect(new Map([...steps].map(([name, { drv }]) => [name, drv]))).toEqual(theirs);

  // Every derivation there is, since of each the output has to be known.
  const tools = closureOf([...texts.toolchain.references.drvs.keys()], store);
  const all = [...tools, ...[...steps.values()].map(({ drv }) => drv)];
  const { outputs, resolved } = await built(all, settings, directory);
  const named = new Map<DrvPath, Pick<StepDerivation, 'name' | 'derivation'>>(
    [...steps.values()].map((each) => [each.drv, each]),
  );
  const [stage] = tools.filter((drv) => drv.endsWith('-makenix-stage.drv'));
  if (addressing === 'content') named.set(stage!, stageDerivation(texts.toolchain));
  let compared = 0;
  for (const [drv, { name, derivation }] of named) {
    expect(needsResolution(derivation)).toBe(resolved.has(drv));
    if (!resolved.has(drv)) continue;
    const ours = resolveDerivation({ name, drv, derivation }, (input) => {
      const path = outputs.get(input);
      return path === undefined ? undefined : { placeholder: upstreamPlaceholder(input), path };
    });
    expect(ours?.drv).toBe(resolved.get(drv));
    expect(ours?.derivation.outputs.get('out')?.path).toBe(addressing === 'content' ? '' : outputs.get(drv));
    // Older ones write what they resolve.
    const stored = readDerivation(store, ours?.drv ?? drv);
    if (stored !== undefined && ours !== undefined) {
      expect(printDerivation({ ...ours.derivation, inputDrvs: new Map() })).toBe(stored);
    }
    expect(resolveDerivation({ name, drv, derivation }, () => undefined)).toBeUndefined();
    compared++;
  }
  expect(compared).toBeGreaterThanOrEqual(steps.size);
});

/** Derivations and all that they are made from, as the store has them. */
function closureOf(drvs: readonly DrvPath[], store: string): readonly DrvPath[] {
  const found = new Set(drvs);
  for (const drv of found) {
    const parsed = parseDerivation(readDerivation(store, drv) ?? '');
    if (!parsed.ok) throw new Error(`${drv}: ${parsed.failure.problem}`);
    for (const input of parsed.value.inputDrvs.keys()) found.add(input);
  }
  return [...found];
}

/** Builds, and tells the output of each and what Nix says to have built in the place of which. */
async function built(
  drvs: readonly DrvPath[],
  settings: ReturnType<typeof settingsOf>,
  directory: string,
): Promise<{
  readonly outputs: ReadonlyMap<DrvPath, StorePath>;
  readonly resolved: ReadonlyMap<DrvPath, DrvPath>;
}> {
  const args = ['build', ...commonArguments(settings), '--no-link', '--json', '--log-format', 'internal-json'];
  const { exitCode, stdout, stderr } = await execute(
    settings.program,
    [...args, ...drvs.map((drv) => `${drv}^out`)],
    directory,
  );
  if (exitCode !== 0) throw new Error(stderr);
  const resolved = new Map<DrvPath, DrvPath>();
  for (const line of stderr.split('\n')) {
    if (!line.startsWith('@nix ')) continue;
    const { text = '' } = JSON.parse(line.slice(5)) as { readonly text?: string };
    const told = /^resolved derivation: '(.*)' -> '(.*)'$/.exec(text);
    if (told !== null) resolved.set(drvPath(told[1]!), drvPath(told[2]!));
  }
  type Built = { readonly drvPath: DrvPath; readonly outputs: { readonly out: StorePath } };
  const results = JSON.parse(stdout) as readonly Built[];
  return { resolved, outputs: new Map(results.map((each) => [each.drvPath, each.outputs.out])) };
}
