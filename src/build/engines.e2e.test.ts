import { describe, expect, it } from 'vitest';
import type { Envelope } from '../model/events.ts';
import { cycleOf } from '../testing/cycle.ts';
import { makenix } from '../testing/makenix.ts';
import { projectWithPackage, smallNixpkgs, withNixpkgs } from '../testing/nixpkgs.ts';
import { copyFixture, type TestProject } from '../testing/project.ts';
import { systemStore } from '../testing/system-store.ts';
import { storeParent, temporaryDirectory } from '../testing/temporary.ts';

/** Neither a word of another engine nor of anything that went wrong. */
const cycleWithoutFallback = (events: readonly Envelope[]) => {
  expect(events.filter(({ kind }) => kind === 'engine-fallback' || kind === 'failure')).toEqual([]);
  return cycleOf(events);
};

describe.each(['content', 'input'])('outputs addressed by %s', (addressing) => {
  const build = async ({ root }: TestProject, store: string, engine: string, toolchain: string, env = {}) => {
    const options = ['-C', root, '--store', store, '--addressing', addressing, '--toolchain', toolchain];
    const { events } = await makenix(['build', '--json', '--engine', engine, ...options], { env });
    return cycleWithoutFallback(events);
  };

  it('are the same whichever engine makes them, with the compiler of the machine', async () => {
    const project = copyFixture('mixed');
    const [one, other] = [temporaryDirectory(storeParent()), temporaryDirectory(storeParent())];
    const first = await build(project, one, 'daemon', 'host');
    expect(first.outcome).toBe('built');
    const second = await build(project, other, 'cli', 'host');
    expect([second.rebuilt, second.outputs]).toEqual([first.rebuilt, first.outputs]);
    // Neither finds anything to do in what the other has made.
    expect(await build(project, one, 'cli', 'host')).toMatchObject({ rebuilt: [], outputs: first.outputs });
    expect(await build(project, other, 'daemon', 'host')).toMatchObject({ rebuilt: [], outputs: first.outputs });
  });

  it('are the same whichever engine makes them, with the compiler and a package of nixpkgs', async () => {
    const [project, env] = [projectWithPackage(), withNixpkgs(smallNixpkgs())];
    const [one, other] = [temporaryDirectory(storeParent()), temporaryDirectory(storeParent())];
    const first = await build(project, one, 'daemon', 'nixpkgs', env);
    expect(first.rebuilt).toEqual(['main', 'src/main.o', 'src/util.o', 'util']);
    const second = await build(project, other, 'cli', 'nixpkgs', env);
    expect([second.rebuilt, second.outputs]).toEqual([first.rebuilt, first.outputs]);

    project.append('src/util.c', 'int more;\n');
    expect((await build(project, one, 'daemon', 'nixpkgs', env)).rebuilt).toEqual(['main', 'src/util.o', 'util']);
  });

  it.each([
    ['trusts us', 'root'],
    ['does not trust us', 'nobody'],
  ])('are made by a daemon of the system that %s', async (_, trustedUsers) => {
    const [project, { makenix: run }] = [copyFixture('hello'), systemStore({ trustedUsers })];
    const options = ['-C', project.root, '--store', 'daemon', '--addressing', addressing, '--toolchain', 'host'];
    const first = cycleWithoutFallback(await run(['build', '--json', ...options]));
    expect(first.rebuilt).toEqual(['main', 'src/hello.o', 'src/main.o', 'src/world.o']);
    project.append('src/hello.c', 'int more;\n');
    expect(cycleWithoutFallback(await run(['build', '--json', ...options]))).toMatchObject({
      outcome: 'built',
      rebuilt: ['main', 'src/hello.o'],
    });
  });
});
