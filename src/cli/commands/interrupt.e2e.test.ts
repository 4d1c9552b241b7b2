import { expect, it, vi } from 'vitest';
import { makeGate } from '../../testing/gate.ts';
import { projectOptions, startMakenix } from '../../testing/makenix.ts';
import { descendantsOf, stillRunning } from '../../testing/processes.ts';
import { copyFixture } from '../../testing/project.ts';
import { watch } from '../../testing/watch.ts';

it('ends an idle watch at once, with the exit code of Ctrl-C', async () => {
  const makenix = await watch(copyFixture('hello'));
  const begun = performance.now();
  const { exitCode, events } = await makenix.interrupt();
  expect(performance.now() - begun).toBeLessThan(2000);
  expect(exitCode).toBe(130);
  expect(events.at(-1)).toMatchObject({ kind: 'daemon-stopped', reason: 'signal' });
});

it.each([
  ['watch', 'SIGINT', 130],
  ['watch', 'SIGTERM', 143],
  ['build', 'SIGINT', 130],
] as const)('ends %s in the midst of a compile by %s, and leaves nothing running', async (command, signal, code) => {
  const project = copyFixture('hello');
  const gate = makeGate();
  project.write('src/hello.c', gate.line + project.read('src/hello.c'));
  const makenix = startMakenix([command, '--json', ...projectOptions(project)], { env: gate.env });
  await makenix.log.next('derivation-started', ({ name }) => name === 'src/hello.o');
  await gate.reached();
  const below = descendantsOf(makenix.pid);
  expect(below.map((process) => process.command)).toEqual(expect.arrayContaining(['nix', 'as']));

  const begun = performance.now();
  makenix.signal(signal);
  const { exitCode, events } = await makenix.ended;

  expect(performance.now() - begun).toBeLessThan(2000);
  expect(exitCode).toBe(code);
  expect(stillRunning(below)).toEqual([]);
  const finished = events.filter(({ kind }) => kind === 'derivation-finished' || kind === 'cycle-finished');
  expect(finished).toContainEqual(expect.objectContaining({ name: 'src/hello.o', outcome: 'cancelled' }));
  expect(finished.at(-1)).toMatchObject({ kind: 'cycle-finished', outcome: 'cancelled' });
  expect(events.at(-1)).toMatchObject({ kind: 'daemon-stopped', reason: 'signal' });
});

it.each(['watch', 'build'] as const)(
  'leaves nothing running where %s is killed in the midst of a compile',
  async (command) => {
    const project = copyFixture('hello');
    const gate = makeGate();
    project.write('src/hello.c', gate.line + project.read('src/hello.c'));
    // Without --json: what it says breaks off. A `nix build` would finish what it is at, and then end.
    const options = [...projectOptions(project), '--engine', 'daemon'];
    const makenix = startMakenix([command, ...options], { env: gate.env });
    await gate.reached();
    const below = descendantsOf(makenix.pid);
    expect(below.map((process) => process.command)).toEqual(expect.arrayContaining(['nix', 'as']));
    makenix.signal('SIGKILL');
    await makenix.ended;
    // Each ends by the closed input of the one above it, in its own time.
    await vi.waitFor(() => expect(stillRunning(below)).toEqual([]), 5000);
  },
);

it('goes on where an interrupted build ended', async () => {
  const project = copyFixture('hello');
  const gate = makeGate();
  const good = project.read('src/hello.c');
  project.write('src/hello.c', gate.line + good);
  const makenix = startMakenix(['build', '--json', ...projectOptions(project)], { env: gate.env });
  await makenix.log.next('derivation-started', ({ name }) => name === 'src/hello.o');
  await gate.reached();
  makenix.signal('SIGINT');
  await makenix.ended;

  project.write('src/hello.c', good);
  const { first } = await watch(project);
  expect(first).toMatchObject({ outcome: 'built', failed: [] });
  expect(first.rebuilt).toEqual(expect.arrayContaining(['main', 'src/hello.o']));
  expect(await project.run('result/bin/main')).toBe('Hello, World!\n');
});
