import { describe, expect, it } from 'vitest';
import type { Command } from '../host/ports.ts';
import { stepName, type StepName } from '../model/ids.ts';
import type { BuildPlan } from '../model/plan.ts';
import { createManualClock } from '../testing/fakes/manual-clock.ts';
import {
  built,
  drvOf,
  dryRun,
  error,
  logged,
  opening,
  outOf,
  progress,
  started,
  stopped,
} from '../testing/fakes/nix-log.ts';
import { createRecordingCommands, type RecordingCommands, type Script } from '../testing/fakes/recording-commands.ts';
import { archiveOf, compileOf, linkOf, planOf } from '../testing/fakes/steps.ts';
import { createCliRealiser } from './cli-realiser.ts';
import { expressionGoals, type ExpressionSource } from './expression-goals.ts';
import { commonArguments, type NixSettings } from './nix-command.ts';
import type { Realisation, StepObservation } from './realiser.ts';
import type { Result } from '../model/result.ts';
import type { Failure } from '../model/failure.ts';
import { objectDerivationName } from './store-name.ts';

const settings: NixSettings = {
  program: '/bin/nix',
  store: '/stores/own',
  isPrivate: true,
  substitutes: false,
  addressing: 'content',
  sandboxPaths: ['/usr', '/lib?'],
  jobs: 2,
};
const common = commonArguments(settings);
const source = { expression: { file: '/project/derivation.nix' }, packages: { file: '/project/.makenix/host.nix' } };

/** `count` objects `src/00.o`, `src/01.o`, … and `main`, which links them. */
function planWith(count: number): { readonly plan: BuildPlan; readonly objects: readonly StepName[] } {
  const compiles = Array.from({ length: count }, (_, i) => compileOf(`src/${String(i).padStart(2, '0')}.c`));
  const objects = compiles.map((step) => step.name);
  return { plan: planOf(compiles, [linkOf('main', objects)]), objects };
}
const main = stepName('main');

interface Run {
  readonly commands: RecordingCommands;
  readonly result: Result<Realisation, Failure>;
  /** `+src/00.o`, `src/00.o: text`, `src/00.o rebuilt`. */
  readonly told: readonly string[];
  readonly observations: readonly StepObservation[];
}

interface Scene {
  readonly plan: BuildPlan;
  readonly goals: readonly StepName[];
  readonly play: (command: Command, position: number) => Script | Promise<Script>;
  readonly abort?: AbortController;
  readonly drain?: AbortController;
  readonly settings?: Partial<NixSettings>;
  readonly source?: ExpressionSource;
}

async function realise(scene: Scene): Promise<Run> {
  const commands = createRecordingCommands(scene.play);
  const clock = createManualClock();
  const realiser = createCliRealiser(
    commands,
    clock,
    { ...settings, ...scene.settings },
    expressionGoals(() => scene.source ?? source),
  );
  const observations: StepObservation[] = [];
  const result = await realiser.realise({
    plan: scene.plan,
    goals: scene.goals,
    observe: (observation) => {
      observations.push(observation);
      clock.advance(5);
    },
    stop: {
      abort: (scene.abort ?? new AbortController()).signal,
      drain: (scene.drain ?? new AbortController()).signal,
    },
  });
  return { commands, result, observations, told: observations.map(inWords) };
}

function inWords(observation: StepObservation): string {
  switch (observation.kind) {
    case 'started':
      return `+${observation.step}`;
    case 'log-line':
      return `${observation.step}: ${observation.text}`;
    case 'finished':
      return `${observation.step} ${observation.outcome}`;
  }
}

const valueOf = (result: Result<Realisation, Failure>): Realisation => {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
};

/** The derivations that a group's command is to build, by name. */
const goalsOf = (command: Command): readonly string[] =>
  command.args.flatMap((arg) => /^\/nix\/store\/.{32}-(.*)\.drv\^out$/.exec(arg)?.[1] ?? []);

/** Each goal of a command starts and stops, one after the other. */
const buildEach = (names: readonly string[]): readonly string[] =>
  names.flatMap((name, i) => [started(100 + i, drvOf(name)), stopped(100 + i)]);

/** What a command is to build, as the store names it, whether by derivation or by expression. */
const askedOf = (command: Command): readonly string[] => [
  ...goalsOf(command),
  ...[...(command.input ?? '').matchAll(/\(targets\."([^"]*)"(?:\.objects\."([^"]*)")?\)/g)].map(
    ([, product = '', object]) => (object === undefined ? product : objectDerivationName(object)),
  ),
];

/** A Nix that builds whatever it is told to and has not built before, but for `failing` and what is made from it. */
function fakeNix(failing = '', dependents: readonly string[] = []): (command: Command) => Script {
  const there = new Set<string>();
  return (command) => {
    const asked = askedOf(command);
    const missing = asked.filter((name) => !there.has(name) && name !== failing && !dependents.includes(name));
    const isBad = asked.includes(failing);
    if (command.args.includes('--dry-run'))
      return { lines: dryRun(...asked.filter((name) => !there.has(name)).map((name) => drvOf(name))) };
    for (const name of missing) there.add(name);
    const drv = drvOf(failing);
    const words = isBad ? [started(1, drv), progress(0, 1, 0, 1), stopped(1), error(`Cannot build '${drv}'.`)] : [];
    const lines = [...opening, ...words, ...buildEach(missing)];
    return isBad ? { lines, exitCode: 1 } : { lines, stdout: built(...asked) };
  };
}

describe('a few objects', () => {
  it('are built by one nix build, of one expression on its standard input', async () => {
    const { plan, objects } = planWith(16);
    const { commands, result } = await realise({ plan, goals: [main, ...objects], play: fakeNix() });
    expect(commands.commands).toHaveLength(1);
    const [command] = commands.commands;
    expect(command?.file).toBe('/bin/nix');
    expect(command?.args).toEqual([
      'build',
      ...common,
      '--no-link',
      '--json',
      '--log-format',
      'internal-json',
      '--keep-going',
      '--max-jobs',
      '2',
      '--file',
      '-',
    ]);
    expect(command?.input).toBe(
      'let targets = import (/. + "/project/derivation.nix") { pkgs = import (/. + "/project/.makenix/host.nix") { }; }; ' +
        `in [ (targets."main") ${objects.map((name) => `(targets."main".objects."${name}")`).join(' ')} ]`,
    );
    expect(valueOf(result)).toMatchObject({ failed: [], isComplete: true });
    expect([...valueOf(result).outputs.keys()]).toEqual([main, ...objects]);
    expect(valueOf(result).outputs.get(main)).toEqual({ drvPath: drvOf('main'), outPath: outOf('main') });
  });

  it('are asked for with the nixpkgs of the search path, and without our own settings in a store that is not ours', async () => {
    const { plan } = planWith(1);
    const others: NixSettings = {
      ...settings,
      store: undefined,
      isPrivate: false,
      addressing: 'input',
      sandboxPaths: [],
      jobs: 7,
    };
    const { commands } = await realise({
      plan,
      goals: [main],
      play: fakeNix(),
      settings: others,
      source: { expression: { file: '/pro "ject"/d.nix' }, packages: { searchPath: '<nixpkgs>', addressing: 'input' } },
    });
    expect(commands.commands[0]?.input).toBe(
      'let targets = import (/. + "/pro \\"ject\\"/d.nix") { pkgs = import <nixpkgs> { }; contentAddressed = false; }; ' +
        'in [ (targets."main") ]',
    );
    const { args = [] } = commands.commands[0] ?? {};
    expect(args.slice(0, 1 + commonArguments(others).length)).toEqual(['build', ...commonArguments(others)]);
    expect(args[args.indexOf('--max-jobs') + 1]).toBe('7');
  });

  it('are told by their steps, whatever the store calls them, with the time they took', async () => {
    const odd = compileOf('a-b/ä.c');
    const plan = planOf([odd], [linkOf('main', [odd.name])]);
    const drv = drvOf(objectDerivationName('a-b/ä.o'));
    const { told, observations, result } = await realise({
      plan,
      goals: [main, odd.name],
      play: () => ({
        lines: [started(1, drv), logged(1, 'a-b/ä.c:1:1: warning: w'), stopped(1)],
        stdout: JSON.stringify([{ drvPath: drv, outputs: { out: '/nix/store/x' } }]),
      }),
    });
    expect(told).toEqual(['+a-b/ä.o', 'a-b/ä.o: a-b/ä.c:1:1: warning: w', 'a-b/ä.o rebuilt']);
    expect(observations.at(-1)).toMatchObject({ ms: 10 });
    expect([...valueOf(result).outputs]).toEqual([[odd.name, { drvPath: drv, outPath: '/nix/store/x' }]]);
  });

  it('leaves the helper program out of what it tells', async () => {
    const { plan } = planWith(1);
    const { told } = await realise({
      plan,
      goals: [main],
      play: () => ({
        lines: [started(1, drvOf('makenix-stage')), logged(1, 'w'), stopped(1), ...buildEach(['main'])],
        stdout: built('main'),
      }),
    });
    expect(told).toEqual(['+main', 'main rebuilt']);
  });
});

describe('a build that fails', () => {
  const { plan, objects } = planWith(2);
  const failing = [
    ...opening,
    started(1, drvOf('object-src-00.o')),
    started(2, drvOf('object-src-01.o')),
    logged(1, 'src/00.c:1:1: error: no'),
    progress(0, 3, 1, 1),
    stopped(1),
    error(`Cannot build '${drvOf('object-src-00.o')}'.\nReason: 'builder failed with exit code 1'.`),
    stopped(2),
    error(`Cannot build '${drvOf('main')}'.\nReason: '1 dependency failed'.`),
  ];

  it('is an outcome and no failure', async () => {
    const nix = fakeNix();
    const { result, told } = await realise({
      plan,
      goals: [main, ...objects],
      play: (command, position) =>
        position === 0 ? { lines: failing, exitCode: 1 } : { stdout: nix(command).stdout ?? '' },
    });
    expect(told).toEqual([
      '+src/00.o',
      '+src/01.o',
      'src/00.o: src/00.c:1:1: error: no',
      'src/00.o failed',
      'src/01.o rebuilt',
    ]);
    expect(valueOf(result)).toMatchObject({ failed: ['src/00.o'], isComplete: true });
    // Nix printed none; what could be built is known all the same.
    expect([...valueOf(result).outputs.keys()]).toEqual(['src/01.o']);
  });

  it('is a failure of Nix where Nix built nothing', async () => {
    const { result, told } = await realise({
      plan,
      goals: [main],
      play: () => ({ lines: ['warning: something', error('cannot connect to the daemon')], exitCode: 1 }),
    });
    expect(told).toEqual([]);
    expect(result).toEqual({
      ok: false,
      failure: {
        kind: 'nix-failed',
        command: 'nix build',
        exitCode: 1,
        messages: ['warning: something', 'cannot connect to the daemon'],
      },
    });
  });

  it('is a failure of Nix where Nix ends in the middle of it', async () => {
    const { result, told } = await realise({
      plan,
      goals: [main],
      play: () => ({
        lines: [started(1, drvOf('object-src-00.o')), error('writing to file: No space left on device')],
        exitCode: 1,
      }),
    });
    expect(told).toEqual(['+src/00.o', 'src/00.o cancelled']);
    expect(result).toMatchObject({
      ok: false,
      failure: { kind: 'nix-failed', messages: ['writing to file: No space left on device'] },
    });
  });

  it('is a failure of Nix where the helper program does not compile, and says what its compiler said', async () => {
    const stage = drvOf('makenix-stage');
    const { result } = await realise({
      plan,
      goals: [main],
      play: () => ({
        lines: [
          started(1, stage),
          logged(1, 'cc1: fatal error: stage.c'),
          progress(0, 3, 0, 1),
          stopped(1),
          error(`Cannot build '${stage}'.`),
        ],
        exitCode: 1,
      }),
    });
    expect(result).toMatchObject({
      ok: false,
      failure: { kind: 'nix-failed', messages: ['cc1: fatal error: stage.c', `Cannot build '${stage}'.`] },
    });
  });
});

describe('targets of which one fails', () => {
  const twoTargets = (each: number) => {
    const compiles = Array.from({ length: 2 * each }, (_, i) => compileOf(`${i < each ? 'a' : 'b'}/${i}.c`));
    const names = compiles.map((step) => step.name);
    const library = archiveOf('lib', names.slice(0, each));
    const good = linkOf('good', names.slice(each));
    const bad = linkOf('bad', [library.name]);
    return { plan: planOf(compiles, [library, good, bad]), goals: [...names, good.name, bad.name, library.name] };
  };
  it.each([2, 20])('are told the outputs of the others, of %i objects each', async (each) => {
    const { plan, goals } = twoTargets(each);
    const { commands, result, told } = await realise({ plan, goals, play: fakeNix('object-a-0.o', ['lib', 'bad']) });
    const { outputs, failed, isComplete } = valueOf(result);
    expect({ failed, isComplete }).toEqual({ failed: ['a/0.o'], isComplete: true });
    expect(outputs.get(stepName('good'))?.outPath).toBe(outOf('good'));
    expect(outputs.has(stepName('bad'))).toBe(false);
    // The objects but one, and `good`.
    expect(outputs.size).toBe(2 * each);
    expect(told).toContain('good rebuilt');
    // It is not tried again.
    expect(told.filter((text) => text === '+a/0.o')).toHaveLength(1);
    expect(commands.commands.at(-1)?.input).not.toContain('a/0.o');
  });
});

describe('many objects', () => {
  it('are evaluated once and built in groups, before what is made from them', async () => {
    const { plan, objects } = planWith(17);
    const { commands, result, told } = await realise({ plan, goals: [main, ...objects], play: fakeNix() });
    const [dryRun, ...builds] = commands.commands;
    expect(dryRun?.args).toEqual([
      'build',
      ...common,
      ...['--dry-run', '--no-link', '--log-format', 'internal-json', '--file', '-'],
    ]);
    expect(dryRun?.input).toContain('(targets."main".objects."src/16.o")');
    const groups = builds.slice(0, -1);
    expect(groups.flatMap(goalsOf).sort()).toEqual(objects.map((name) => objectDerivationName(name)).sort());
    for (const group of groups) {
      expect(goalsOf(group).length).toBeLessThanOrEqual(8);
      expect(group.args.slice(0, common.length + 8)).toEqual([
        'build',
        ...common,
        ...['--no-link', '--json', '--log-format', 'internal-json', '--keep-going', '--max-jobs', '1'],
      ]);
      expect(group.input).toBeUndefined();
    }
    const last = builds.at(-1);
    expect(goalsOf(last!)).toEqual([]);
    expect(last?.input).toContain('(targets."main")');
    expect(told.filter((text) => text.endsWith('rebuilt'))).toHaveLength(18);
    expect(valueOf(result).outputs.size).toBe(18);
    expect(valueOf(result)).toMatchObject({ failed: [], isComplete: true });
  });

  it('runs as many groups at once as there are jobs, and no more', async () => {
    const nix = fakeNix();
    const { plan, objects } = planWith(40);
    let running = 0;
    let most = 0;
    await realise({
      plan,
      goals: objects,
      settings: { jobs: 3 },
      play: async (command) => {
        most = Math.max(most, ++running);
        await Promise.resolve();
        running--;
        return nix(command);
      },
    });
    expect(most).toBe(3);
  });

  it('are built after the helper program, which all of them need', async () => {
    const nix = fakeNix();
    const { plan, objects } = planWith(20);
    const stage = drvOf('makenix-stage');
    const { commands } = await realise({
      plan,
      goals: objects,
      play: (command) =>
        command.args.includes('--dry-run')
          ? { lines: dryRun(stage, ...objects.map((name) => drvOf(objectDerivationName(name)))) }
          : nix(command),
    });
    expect(
      commands.commands
        .slice(1)
        .map((command) => goalsOf(command).includes('makenix-stage'))
        .indexOf(true),
    ).toBe(0);
    expect(commands.commands.flatMap(goalsOf).filter((name) => name === 'makenix-stage')).toHaveLength(1);
    expect(goalsOf(commands.commands[1]!)).toHaveLength(1);
  });

  it('that are there already are not built', async () => {
    const nix = fakeNix();
    const { plan, objects } = planWith(20);
    const { commands } = await realise({
      plan,
      goals: [main, ...objects],
      play: (command) =>
        command.args.includes('--dry-run') ? { lines: dryRun(drvOf('object-src-03.o'), drvOf('main')) } : nix(command),
    });
    expect(commands.commands.flatMap(goalsOf)).toEqual(['object-src-03.o']);
  });

  it('are a failure of Nix where the expression does not evaluate', async () => {
    const { plan, objects } = planWith(20);
    const { commands, result } = await realise({
      plan,
      goals: objects,
      play: () => ({ exitCode: 1, lines: [error('undefined variable')] }),
    });
    expect(commands.commands).toHaveLength(1);
    expect(result).toMatchObject({ ok: false, failure: { kind: 'nix-failed', messages: ['undefined variable'] } });
  });

  it('go on where one fails', async () => {
    const { plan, objects } = planWith(20);
    const { result, told } = await realise({
      plan,
      goals: [main, ...objects],
      play: fakeNix('object-src-00.o', ['main']),
    });
    expect(valueOf(result)).toMatchObject({ failed: ['src/00.o'], isComplete: true });
    expect(told.filter((text) => text.endsWith(' rebuilt') && text.startsWith('src/'))).toHaveLength(19);
    expect(told.filter((text) => text === '+src/00.o')).toHaveLength(1);
    expect(told).not.toContain('+main');
    // Those of its group too, of which Nix printed none.
    expect(valueOf(result).outputs.size).toBe(19);
  });

  it('stop where Nix itself fails, which is what is told', async () => {
    const nix = fakeNix();
    const { plan, objects } = planWith(40);
    const { commands, result } = await realise({
      plan,
      goals: objects,
      settings: { jobs: 1 },
      play: (command, position) => (position === 2 ? { exitCode: 1, lines: [error('disk full')] } : nix(command)),
    });
    expect(result).toMatchObject({ ok: false, failure: { kind: 'nix-failed', messages: ['disk full'] } });
    expect(commands.commands).toHaveLength(3);
  });
});

describe('stopping', () => {
  it('lets the groups that run finish when drained, and starts no more', async () => {
    const nix = fakeNix();
    const { plan, objects } = planWith(40);
    const drain = new AbortController();
    const { commands, result, told } = await realise({
      plan,
      goals: [main, ...objects],
      drain,
      play: (command, position) => {
        if (position === 2) drain.abort();
        return nix(command);
      },
    });
    // The evaluation and, for two jobs, two groups.
    expect(commands.commands).toHaveLength(3);
    expect(told.filter((text) => text.endsWith('rebuilt'))).toHaveLength(16);
    expect(valueOf(result)).toMatchObject({ failed: [], isComplete: false });
    expect(valueOf(result).outputs.size).toBe(16);
  });

  it('lets a single nix build finish when drained', async () => {
    const { plan } = planWith(3);
    const drain = new AbortController();
    drain.abort();
    const { result } = await realise({ plan, goals: [main], drain, play: fakeNix() });
    expect(valueOf(result).isComplete).toBe(true);
  });

  it('cancels what runs when aborted, though Nix ends it as if it were done', async () => {
    const { plan, objects } = planWith(3);
    const abort = new AbortController();
    const { result, told } = await realise({
      plan,
      goals: [main, ...objects],
      abort,
      play: (command) => {
        command.onStderrLine?.(started(1, drvOf('object-src-00.o')));
        command.onStderrLine?.(started(2, drvOf('object-src-01.o')));
        command.onStderrLine?.(stopped(1));
        abort.abort();
        return { lines: [stopped(2), error('interrupted by the user')], exitCode: 1 };
      },
    });
    expect(told).toEqual(['+src/00.o', '+src/01.o', 'src/00.o rebuilt', 'src/01.o cancelled']);
    expect(valueOf(result)).toEqual({ outputs: new Map(), failed: [], isComplete: false });
  });

  it('ends what runs when aborted, where Nix gets to say nothing more', async () => {
    const nix = fakeNix();
    const { plan, objects } = planWith(20);
    const abort = new AbortController();
    const { commands, result, told } = await realise({
      plan,
      goals: [main, ...objects],
      abort,
      play: (command, position) => {
        if (position === 0) return nix(command);
        const [name = ''] = goalsOf(command);
        command.onStderrLine?.(started(1, drvOf(name)));
        if (position === 2) abort.abort();
        return { ended: 'aborted' };
      },
    });
    expect(commands.commands).toHaveLength(3);
    expect(told.filter((text) => text.startsWith('+'))).toHaveLength(2);
    expect(told.filter((text) => text.endsWith(' cancelled'))).toHaveLength(2);
    expect(valueOf(result)).toMatchObject({ failed: [], isComplete: false });
  });

  it('takes half a list of outputs for none when aborted', async () => {
    const { plan } = planWith(1);
    const { result } = await realise({
      plan,
      goals: [main],
      play: () => ({ ended: 'aborted', exitCode: 1, stdout: built('main').slice(0, 30) }),
    });
    expect(valueOf(result).outputs.size).toBe(0);
  });

  it('asks nothing more of Nix when aborted during the evaluation', async () => {
    const { plan, objects } = planWith(20);
    const abort = new AbortController();
    const { commands, result } = await realise({
      plan,
      goals: objects,
      abort,
      play: () => {
        abort.abort();
        return { ended: 'aborted', lines: dryRun(drvOf('object-src-00.o')) };
      },
    });
    expect(commands.commands).toHaveLength(1);
    expect(valueOf(result)).toMatchObject({ isComplete: false });
  });

  it('hands its signal to every nix', async () => {
    const { plan, objects } = planWith(20);
    const abort = new AbortController();
    const { commands } = await realise({ plan, goals: objects, abort, play: fakeNix() });
    expect(commands.commands.every(({ signal }) => signal === abort.signal)).toBe(true);
  });
});

it('asks for an archive by itself, and for objects through the first target', async () => {
  const compiles = [compileOf('a.c')];
  const plan = planOf(compiles, [archiveOf('core', ['a.o']), linkOf('main', [])]);
  const { commands } = await realise({ plan, goals: [stepName('core'), stepName('a.o')], play: fakeNix() });
  expect(commands.commands[0]?.input).toContain('in [ (targets."core") (targets."core".objects."a.o") ]');
});
