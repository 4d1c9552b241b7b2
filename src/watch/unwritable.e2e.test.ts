import { chmodSync, chownSync, mkdirSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { freshExpression } from '../testing/fresh-expression.ts';
import { build, makenix, projectOptions } from '../testing/makenix.ts';
import { openMounts } from '../testing/mounts.ts';
import { copyFixture, type TestProject } from '../testing/project.ts';
import { watch } from '../testing/watch.ts';

/** What a first run makes of the project, and that it is remembered. */
async function expectRecovered(project: TestProject, printed: string): Promise<void> {
  const { outcome, failures } = await build(project);
  expect({ outcome, failures }).toEqual({ outcome: 'up-to-date', failures: [] });
  expect(await project.run('result/bin/main')).toBe(printed);
  expect(project.read('derivation.nix')).toBe(await freshExpression(project));
}

describe('a state directory', () => {
  it('that becomes read-only costs memory alone, and is written again when that is over', async () => {
    const project = copyFixture('hello');
    const mounts = await openMounts();
    const watching = await watch(project, [], { within: mounts.within });
    await mounts.makeReadOnly(project.path('.makenix'));
    project.edit('src/hello.c', 'Hello', 'Goodbye');
    expect(await watching.cycle()).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/hello.o'] });
    expect(await watching.aside('write-failed')).toMatchObject({
      cost: 'memory',
      failure: { path: '.makenix/state.json', problem: 'read-only file system', reason: 'not-writable' },
    });
    await mounts.unmount(project.path('.makenix'));
    project.edit('src/world.c', 'World', 'Everybody');
    expect(await watching.cycle()).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/world.o'] });
    await watching.interrupt();
    await expectRecovered(project, 'Goodbye, Everybody!\n');
  });

  it('that is read-only and empty fails a build that needs it, in words, and does no harm', async () => {
    const project = copyFixture('hello');
    const mounts = await openMounts();
    mkdirSync(project.path('.makenix'));
    await mounts.makeReadOnly(project.path('.makenix'));
    const { exitCode, stderr } = await makenix(['build', ...projectOptions(project)], { within: mounts.within });
    expect(stderr).toContain(
      'error: cannot write .makenix/.gitignore: read-only file system\n' +
        '  hint: makenix writes there, as the user that runs it: make it writable\n',
    );
    expect(exitCode).toBe(2);
    expect(readdirSync(project.path('.makenix'))).toEqual([]);
    expect(await build(project)).toMatchObject({ outcome: 'built', failures: [] });
    await expectRecovered(project, 'Hello, World!\n');
  });

  it('that belongs to another user is no reason not to write the expression', async () => {
    const project = copyFixture('hello');
    mkdirSync(project.path('.makenix'));
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(project.path('.makenix'), 12345, 12345);
    chmodSync(project.path('.makenix'), isRoot ? 0o755 : 0o555);
    // Root may write anywhere by a capability.
    const within = isRoot ? ['setpriv', '--bounding-set=-dac_override', '--inh-caps=-dac_override'] : [];
    const args = ['generate', '--json', '-C', project.root, '--toolchain', 'host'];
    const { exitCode, events } = await makenix(args, { within });
    expect(exitCode).toBe(0);
    expect(events.at(-1)).toMatchObject({
      kind: 'write-failed',
      failure: { problem: 'permission denied', reason: 'not-writable' },
    });
    expect(readdirSync(project.path('.makenix'))).toEqual([]);
    expect(project.read('derivation.nix')).toBe(await freshExpression(project));
    chmodSync(project.path('.makenix'), 0o755);
  });

  it('that is a file is said to be in the way, while watching too', async () => {
    const project = copyFixture('hello');
    const watching = await watch(project);
    project.remove('.makenix');
    project.write('.makenix', 'mine');
    project.edit('src/hello.c', 'Hello', 'Goodbye');
    expect(await watching.cycle()).toMatchObject({ outcome: 'failed', failures: ['state-unwritable'] });
    expect(project.read('.makenix')).toBe('mine');

    project.remove('.makenix');
    project.edit('src/world.c', 'World', 'Everybody');
    expect(await watching.cycle()).toMatchObject({ outcome: 'built', failures: [] });
    const { stderr } = await watching.interrupt();
    expect(stderr).toContain('hint: move away what is in the place of .makenix/.gitignore, or of its directory\n');
    await expectRecovered(project, 'Goodbye, Everybody!\n');
  });

  it('that is removed while it is watched is made anew', async () => {
    const project = copyFixture('hello');
    const watching = await watch(project);
    project.remove('.makenix');
    project.edit('src/hello.c', 'Hello', 'Goodbye');
    expect(await watching.cycle()).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/hello.o'] });
    await watching.interrupt();
    await expectRecovered(project, 'Goodbye, World!\n');
  });
});

describe('the generated expression', () => {
  it('that is removed, or may only be read, is written all the same', async () => {
    const project = copyFixture('hello');
    const watching = await watch(project);
    project.remove('derivation.nix');
    project.edit('src/hello.c', 'Hello', 'Goodbye');
    expect(await watching.cycle()).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/hello.o'] });
    expect(project.read('derivation.nix')).toBe(await freshExpression(project));

    project.write('derivation.nix', 'mine');
    chmodSync(project.path('derivation.nix'), 0o444);
    project.edit('src/world.c', 'World', 'Everybody');
    expect(await watching.cycle()).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/world.o'] });
    await watching.interrupt();
    await expectRecovered(project, 'Goodbye, Everybody!\n');
  });

  it('whose place a directory has taken is missed, in words, until that is gone', async () => {
    const project = copyFixture('hello');
    const watching = await watch(project);
    project.remove('derivation.nix');
    project.write('derivation.nix/mine', 'mine');
    project.edit('src/hello.c', 'Hello', 'Goodbye');
    expect(await watching.cycle()).toMatchObject({ outcome: 'failed', failures: ['state-unwritable'] });
    expect(project.read('derivation.nix/mine')).toBe('mine');
    expect(readdirSync(project.root).filter((name) => name.endsWith('.makenix-tmp'))).toEqual([]);

    project.remove('derivation.nix');
    project.edit('src/world.c', 'World', 'Everybody');
    const mended = await watching.cycle();
    expect(mended).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/hello.o', 'src/world.o'], failures: [] });
    const { stderr } = await watching.interrupt();
    expect(stderr).toContain('hint: move away what is in the place of derivation.nix, or of its directory\n');
    await expectRecovered(project, 'Goodbye, Everybody!\n');
  });
});

it('a result that is a directory is left alone, and linked again when it is gone', async () => {
  const project = copyFixture('hello');
  const watching = await watch(project);
  project.remove('result');
  project.write('result/mine', 'mine');
  project.edit('src/hello.c', 'Hello', 'Goodbye');
  const { outcome, outputs } = await watching.cycle();
  expect([outcome, outputs[0]?.link]).toEqual(['built', null]);
  expect(project.read('result/mine')).toBe('mine');

  project.remove('result');
  project.edit('src/world.c', 'World', 'Everybody');
  expect((await watching.cycle()).outputs[0]?.link).toBe('result');
  await watching.interrupt();
  await expectRecovered(project, 'Goodbye, Everybody!\n');
});
