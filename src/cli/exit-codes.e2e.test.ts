import { expect, it } from 'vitest';
import { makenix, projectOptions, type Ended } from '../testing/makenix.ts';
import { pathWithoutNix } from '../testing/nix.ts';
import { copyFixture, type TestProject } from '../testing/project.ts';

const build = (project: TestProject, ...args: string[]): Promise<Ended> =>
  makenix(['build', ...projectOptions(project), ...args]);

it('0: a good build', async () => {
  expect(await build(copyFixture('hello'))).toMatchObject({ exitCode: 0 });
});

it('1: a unit does not compile', async () => {
  const project = copyFixture('hello');
  project.append('src/hello.c', 'broken');
  expect(await build(project)).toMatchObject({ exitCode: 1 });
});

it('1: a unit cannot be scanned', async () => {
  const project = copyFixture('hello');
  project.append('src/hello.c', '#include "missing.h"\n');
  expect(await build(project)).toMatchObject({ exitCode: 1 });
});

it('1: the program does not link', async () => {
  const project = copyFixture('hello');
  project.edit('src/main.c', 'world();', 'nobody();');
  const { exitCode, stderr } = await build(project);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("undefined reference to `nobody'");
});

it('2: a setting that does not exist, with its place and the one it may have meant', async () => {
  const project = copyFixture('hello');
  project.write('makenix.json', '{\n  "targets": {\n    "main": { "source": ["src/*.c"] }\n  }\n}\n');
  const { exitCode, stderr } = await build(project);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^error: makenix\.json:3:15: .*"source"/m);
  expect(stderr).toMatch(/^ {2}hint: .*sources/m);
});

it('2: a makenix.json that is no JSON, with the place', async () => {
  const project = copyFixture('hello');
  project.write('makenix.json', '{\n  "targets" = 1\n}\n');
  const { exitCode, stderr } = await build(project);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^error: makenix\.json:2:13: /m);
});

it('2: a target that does not exist, with those that do', async () => {
  const { exitCode, stderr } = await build(copyFixture('mixed'), 'shuot');
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^error: there is no target shuot$/m);
  expect(stderr).toMatch(/^ {2}hint: .*\bshout\b/m);
});

it('2: nothing to build', async () => {
  const { exitCode, stderr } = await build(copyFixture('empty'));
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^error: no C or C\+\+ sources/m);
});

it('2: a directory that does not exist', async () => {
  const { exitCode, stderr } = await makenix(['build', '-C', '/nowhere/at/all']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('/nowhere/at/all is not a directory');
});

it.each([['build', '--bogus'], ['bogus'], ['build', '--jobs', 'many']])('2: makenix %s %s', async (...args) => {
  const { exitCode, stderr } = await makenix(args);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^error: /m);
  expect(stderr).toContain('makenix --help');
});

it.each(['build', 'watch'])('2: %s without Nix, and it says how to get it', async (command) => {
  const project = copyFixture('hello');
  const env = { PATH: pathWithoutNix() };
  const { exitCode, stderr, events } = await makenix([command, '--json', ...projectOptions(project)], { env });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^error: nix is not on the PATH\n {2}needed by .*\n {2}hint: to get Nix, /m);
  expect(stderr.match(/nix is not on the PATH/g)).toHaveLength(1);
  expect(events).toContainEqual(
    expect.objectContaining({ kind: 'failure', failure: expect.objectContaining({ tool: 'nix' }) as unknown }),
  );
});

it.each(['--help', '--version'])('0: %s, on standard output', async (option) => {
  const { exitCode, stdout, stderr } = await makenix([option]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).not.toBe('');
});
