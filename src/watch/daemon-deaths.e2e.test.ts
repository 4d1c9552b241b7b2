import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { run } from '../testing/execute.ts';
import { eventsOf } from '../testing/event-log.ts';
import { makeGate } from '../testing/gate.ts';
import { descendantsOf, stillRunning } from '../testing/processes.ts';
import { copyFixture, type TestProject } from '../testing/project.ts';
import { watch } from '../testing/watch.ts';

/** Only the daemon engine has daemons to lose. */
const engine = ['--engine', 'daemon'];

/** The daemons of one makenix, and what they have started. */
function daemonsOf(pid: number) {
  const all = descendantsOf(pid);
  const daemons = all.filter(({ parent, command }) => parent === pid && command === 'nix');
  return { daemons, builders: daemons.flatMap((daemon) => descendantsOf(daemon.pid)) };
}

/** Returns what was killed. */
function killDaemons(pid: number, signal: NodeJS.Signals = 'SIGKILL') {
  const { daemons, builders } = daemonsOf(pid);
  for (const daemon of daemons) {
    try {
      process.kill(daemon.pid, signal);
    } catch (error) {
      // One that was not needed has ended by itself.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
  return [...daemons, ...builders];
}

describe('where its daemon is killed', () => {
  it('a compile begins anew, and nobody is told anything twice', async () => {
    const project = copyFixture('hello');
    const gate = makeGate();
    const makenix = await watch(project, engine, { env: gate.env });
    // The warning is printed before the assembler stands before the gate.
    project.write('src/hello.c', `${gate.line}static int unused;\n${project.read('src/hello.c')}`);
    await makenix.event('derivation-started', ({ name }) => name === 'src/hello.o');
    await makenix.event('diagnostic');
    await gate.reached();
    const killed = killDaemons(makenix.pid);
    await vi.waitFor(() => expect(stillRunning(killed)).toEqual([]));
    await gate.open();
    // Unless it began anew so soon that it came through before.
    void gate.reached().then(() => gate.open());
    await makenix.event('cycle-finished');
    const { events } = await makenix.interrupt();

    const cycle = events.filter((event) => event.cycle === 2);
    expect(eventsOf(cycle, 'cycle-finished')).toMatchObject([{ outcome: 'built', rebuilt: ['main', 'src/hello.o'] }]);
    expect(eventsOf(cycle, 'derivation-started').map(({ name }) => name)).toEqual(['src/hello.o', 'main']);
    expect(eventsOf(cycle, 'derivation-finished').map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'src/hello.o rebuilt',
      'main rebuilt',
    ]);
    expect(eventsOf(cycle, 'diagnostic')).toMatchObject([{ name: 'src/hello.o', line: 2, replayed: false }]);
    const texts = eventsOf(cycle, 'log-line').map(({ text }) => text);
    expect(texts).toEqual([...new Set(texts)]);
    expect(eventsOf(cycle, 'engine-resumed')).toHaveLength(1);
    expect(eventsOf(cycle, 'engine-resumed')[0]?.because).toContain('was ended by SIGKILL');
    expect(eventsOf(cycle, 'engine-fallback')).toEqual([]);
  });

  it('at whatever moment of a cycle, the cycle does what it would have done', async () => {
    const project = copyFixture('hello');
    const makenix = await watch(project, engine);
    const before = { idle: 0, 'graph-changed': 1, 'src/hello.o': 2, main: 3 } as const;
    const moments = Object.keys(before) as (keyof typeof before)[];
    let kills = 0;
    for (let edit = 1; edit <= 16; edit++) {
      const moment = moments[edit % moments.length] ?? 'idle';
      if (moment === 'idle') kills += killDaemons(makenix.pid).length;
      // In one go: written in place, it is empty until this process has the processor again, and may be built as that.
      project.writeAtomically(
        'src/hello.c',
        `#include <stdio.h>\n#include "hello.h"\nvoid hello(void) { printf("${edit} "); }\n`,
      );
      if (moment === 'graph-changed') await makenix.event('graph-changed');
      else if (moment !== 'idle') await makenix.event('derivation-started', ({ name }) => name === moment);
      if (moment !== 'idle') kills += killDaemons(makenix.pid).length;
      const finished = await makenix.event('cycle-finished');
      expect([moment, finished.outcome, finished.rebuilt, finished.failed], makenix.stderr()).toEqual([
        moment,
        'built',
        ['main', 'src/hello.o'],
        [],
      ]);
      expect(await project.run('result/bin/main')).toBe(`${edit} World!\n`);
    }
    // While it is idle, the last may be gone already.
    expect(kills).toBeGreaterThanOrEqual(12);
    const { events } = await makenix.interrupt();
    expect(eventsOf(events, 'engine-fallback')).toEqual([]);
  });

  it('a builder that is killed runs again', async () => {
    const project = copyFixture('hello');
    const gate = makeGate();
    const makenix = await watch(project, engine, { env: gate.env });
    project.write('src/hello.c', `${gate.line}${project.read('src/hello.c')}`);
    await makenix.event('derivation-started', ({ name }) => name === 'src/hello.o');
    await gate.reached();
    const { builders } = daemonsOf(makenix.pid);
    process.kill(Math.min(...builders.map(({ pid }) => pid)), 'SIGKILL');
    await vi.waitFor(() => expect(stillRunning(builders)).toEqual([]));
    await gate.open();
    // Unless it began anew so soon that it came through before.
    void gate.reached().then(() => gate.open());
    const cycle = await makenix.cycle();
    expect(cycle).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/hello.o'], failed: [] });
    expect(eventsOf(cycle.events, 'log-line').map(({ text }) => text)).toEqual([
      'builder failed due to signal 9 (Killed), and runs again',
    ]);
    const finished = eventsOf(cycle.events, 'derivation-finished');
    expect(finished.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(['src/hello.o rebuilt', 'main rebuilt']);
  });

  it('sources that it held in the store are put there again', async () => {
    const project = copyFixture('hello');
    const makenix = await watch(project, engine);
    const [source] = readdirSync(join(project.store, 'nix/store')).filter((name) => name.endsWith('-main.c'));
    const remove = (): Promise<string> => nixStore(project, 'delete', `/nix/store/${source}`);
    // Held by the daemon, it is nothing that Nix would delete.
    await expect(remove()).rejects.toThrow('still alive');
    killDaemons(makenix.pid);
    await remove();
    project.append('src/world.h', '\nextern int one;\n');
    const cycle = await makenix.cycle();
    expect(cycle).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/main.o', 'src/world.o'], failed: [] });
    expect(eventsOf(cycle.events, 'engine-fallback')).toEqual([]);
  });
});

const nixStore = ({ root, store }: TestProject, ...args: readonly string[]): Promise<string> => {
  const [verb = '', ...rest] = args;
  const features = ['--extra-experimental-features', 'nix-command ca-derivations'];
  return run('nix', ['store', verb, ...features, '--store', store, ...rest], root);
};
