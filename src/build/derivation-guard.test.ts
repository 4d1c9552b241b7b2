import { beforeEach, expect, it } from 'vitest';
import type { Command } from '../host/ports.ts';
import type { MakenixEvent } from '../model/events.ts';
import { drvPath, stepName, trustedProjectPath, type DrvPath, type StepName } from '../model/ids.ts';
import { narHash } from '../nix/nar.ts';
import type { NixSettings } from '../nix/nix-command.ts';
import { derivePlan } from '../nix/plan-derivations.ts';
import { createManualClock } from '../testing/fakes/manual-clock.ts';
import { createMemoryFiles, type MemoryFiles } from '../testing/fakes/memory-files.ts';
import { createRecordingCommands, type RecordingCommands, type Script } from '../testing/fakes/recording-commands.ts';
import { compileOf, linkOf, planOf } from '../testing/fakes/steps.ts';
import { fakeTexts as texts } from '../testing/fakes/toolchain.ts';
import type { DerivationsToCheck } from './derivation-check.ts';
import { DerivationGuard } from './derivation-guard.ts';

const settings: NixSettings = {
  program: '/bin/nix',
  store: '/stores/own',
  isPrivate: true,
  substitutes: false,
  addressing: 'content',
  sandboxPaths: [],
  jobs: 2,
};
const plan = planOf(
  ['src/a.c', 'src/b.c'].map((source) => compileOf(source)),
  [linkOf('main', ['src/a.o', 'src/b.o']), linkOf('other', ['src/b.o'])],
);
const source = {
  expression: { file: '/project/derivation.nix' },
  packages: { file: '/project/.makenix/host.nix' },
};
const other = drvPath('/nix/store/00000000000000000000000000000000-other.drv');

let files: MemoryFiles;
let events: MakenixEvent[];
/** What Nix does. */
let nix: (command: Command) => Script;
let commands: RecordingCommands;
let guard: DerivationGuard;
let abort: AbortController;
let these: DerivationsToCheck;

beforeEach(() => {
  const clock = createManualClock();
  files = createMemoryFiles(clock, { 'src/a.c': 'int a;\n', 'src/b.c': 'int b;\n' });
  events = [];
  commands = createRecordingCommands((command) => {
    clock.advance(7);
    return nix(command);
  });
  guard = new DerivationGuard({ files, commands, clock, emit: (event) => events.push(event) });
  abort = new AbortController();
  const derivations = derivePlan({
    ...{ plan, texts, headers: () => [], fingerprint: () => undefined },
    nar: (path) => narHash(files.read(path) ?? Buffer.of(), false),
  });
  these = { settings, plan, source, derivations };
});

const ours = (name: string): DrvPath => these.derivations.steps.get(stepName(name))?.drv ?? other;

/** An evaluation that gives what is made here, but for these. */
const evaluation =
  (...differing: readonly string[]) =>
  (): Script => {
    const steps = [...these.derivations.steps];
    const drvs = steps.map(([name, { drv }]) => (differing.includes(name) ? other : drv));
    return { stdout: JSON.stringify(drvs) };
  };

const ask = (): Promise<string | undefined> => guard.objection(these, abort.signal);

it('has nothing against derivations that Nix gives too, and asks for all of them at once', async () => {
  nix = evaluation();
  expect(await ask()).toBeUndefined();
  expect(events).toEqual([{ kind: 'derivations-checked', compared: 4, differing: [], ms: 7 }]);
  const [{ args, input, cwd }] = commands.commands as [Command];
  expect(args[0]).toBe('eval');
  expect(args.slice(-4)).toEqual(['--read-only', '--json', '--file', '-']);
  expect(cwd).toBe('/project');
  expect(input).toBe(
    'map (step: builtins.unsafeDiscardStringContext step.drvPath) (' +
      'let targets = import (/. + "/project/derivation.nix") { pkgs = import (/. + "/project/.makenix/host.nix") { }; }; ' +
      'in [ (targets."main".objects."src/a.o") (targets."main".objects."src/b.o") (targets."main") (targets."other") ])',
  );
  expect(await ask()).toBeUndefined();
  expect(commands.commands).toHaveLength(2);
  expect(guard.hasFoundOne).toBe(false);
});

it('names each that Nix has otherwise, with both paths, what it is made from before it; and remembers', async () => {
  nix = evaluation('main', 'src/a.o');
  expect(await ask()).toContain('not those that Nix gives');
  const differing = ['src/a.o', 'main'].map((name) => ({ name, ours: ours(name), theirs: other }));
  expect(events).toEqual([{ kind: 'derivations-checked', compared: 4, differing, ms: 7 }]);
  expect(guard.hasFoundOne).toBe(true);
});

it.each<[string, () => void]>([
  ['other contents', () => files.put('src/b.c', 'int c;\n')],
  ['another mode', () => files.setExecutable('src/b.c', true)],
  ['nothing', () => files.remove(trustedProjectPath('src/b.c'))],
])('blames nobody where a file that is read has %s by then, and asks again in the next cycle', async (_, edit) => {
  nix = () => {
    edit();
    return evaluation('src/b.o')();
  };
  expect(await ask()).toBe('the derivations could not be checked: src/b.c has changed meanwhile');
  expect(events).toEqual([]);
  expect(guard.hasFoundOne).toBe(false);
  nix = evaluation();
  files.put('src/b.c', 'int b;\n');
  files.setExecutable('src/b.c', false);
  expect(await ask()).toBeUndefined();
});

it('has them built by nobody but Nix where the expression cannot be evaluated, and gives the reason', async () => {
  nix = () => ({
    exitCode: 1,
    stderr: 'error:\n       … while calling\n\n       error: undefined variable\n       at x\n',
  });
  expect(await ask()).toBe(
    'the derivations could not be checked: Nix could not evaluate the generated expression: error: undefined variable',
  );
  expect(guard.hasFoundOne).toBe(false);
});

it('says nothing where the cycle is given up meanwhile', async () => {
  nix = () => {
    abort.abort();
    return { stdout: '' };
  };
  expect(await ask()).toBeUndefined();
  expect(events).toEqual([]);
  expect(commands.commands[0]?.signal).toBe(abort.signal);
});

it('asks for nothing where no derivation could be made', async () => {
  these = { ...these, derivations: { ...these.derivations, steps: new Map<StepName, never>() } };
  expect(await ask()).toBeUndefined();
  expect(commands.commands).toEqual([]);
});
