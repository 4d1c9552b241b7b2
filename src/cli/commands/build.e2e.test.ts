import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../../testing/execute.ts';
import { build, makenix, projectOptions } from '../../testing/makenix.ts';
import { findProgram } from '../../testing/nix.ts';
import { copyFixture } from '../../testing/project.ts';
import { temporaryDirectory } from '../../testing/temporary.ts';

it('asks neither the compiler nor Nix for anything on an unchanged tree', async () => {
  const project = copyFixture('hello');
  const { env, commands } = recordNix();
  const arguments_ = ['build', '--json', ...projectOptions(project)];
  const first = await makenix(arguments_, { env });
  const asked = () => commands().filter((command) => /^(?:build|eval|daemon) /.test(command));
  const once = asked();
  expect(once).not.toEqual([]);

  const second = await makenix(arguments_, { env });
  expect(asked()).toEqual(once);
  expect(second.exitCode).toBe(0);
  expect(second.events.map(({ kind }) => kind)).toEqual([
    'daemon-started',
    'cycle-started',
    'cycle-finished',
    'daemon-stopped',
  ]);
  expect(second.events).toContainEqual(
    expect.objectContaining({ kind: 'cycle-finished', outcome: 'up-to-date', rebuilt: [], reused: 4 }),
  );
  expect(first.exitCode).toBe(0);
});

it('says which Nix it builds with', async () => {
  const { events } = await build(copyFixture('hello'));
  const version = (await run('nix', ['--version'], '/')).trim().split(' ').at(-1);
  expect(events[0]).toMatchObject({ kind: 'daemon-started', versions: { nix: version } });
});

it('names the executable of a plain tree after its directory', async () => {
  const project = copyFixture('hello');
  project.remove('makenix.json');
  const { rebuilt } = await build(project);
  expect(rebuilt).toEqual(['hello', 'src/hello.o', 'src/main.o', 'src/world.o']);
  expect(await project.run('result/bin/hello')).toBe('Hello, World!\n');
});

it('builds only the targets asked for', async () => {
  const project = copyFixture('mixed');
  const { rebuilt, outputs } = await build(project, 'shout');
  expect(rebuilt).toEqual(['shout', 'text', 'text/repeat.o', 'text/upper.o', 'tools/shout.o']);
  expect(outputs).toMatchObject([{ target: 'shout', link: 'result' }]);
  expect(await project.run('result/bin/shout')).toBe('HELLO HELLO\n');
});

it('makes an output anew that the store no longer has', async () => {
  const project = copyFixture('hello');
  await build(project);
  const elsewhere = { ...project, store: join(temporaryDirectory(), 'store') };
  expect(await build(elsewhere)).toMatchObject({ outcome: 'built', scanned: [], reused: 0 });
  expect(await project.run('result/bin/main')).toBe('Hello, World!\n');
});

/** Puts a `nix` on the PATH that writes down how it is called and then is the real one. */
function recordNix() {
  const directory = temporaryDirectory();
  const log = join(directory, 'log');
  writeFileSync(log, '');
  const script = `#!/bin/sh\necho "$*" >> '${log}'\nexec '${findProgram('nix')}' "$@"\n`;
  writeFileSync(join(directory, 'nix'), script, { mode: 0o755 });
  return {
    env: { PATH: [directory, process.env['PATH']].join(delimiter) },
    commands: () => readFileSync(log, 'utf8').split('\n'),
  };
}
