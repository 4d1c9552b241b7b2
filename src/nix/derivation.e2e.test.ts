import { expect, it } from 'vitest';
import { run } from '../testing/execute.ts';
import { build, makenix, projectOptions } from '../testing/makenix.ts';
import { inputsOf } from '../testing/nix.ts';
import { copyFixture } from '../testing/project.ts';

it.each(['content', 'input'])('gives plain nix build the same output, addressed by %s', async (addressing) => {
  const project = copyFixture('hello');
  const { outputs } = await build(project, '--addressing', addressing);
  const options = [
    ...['--extra-experimental-features', 'nix-command ca-derivations'],
    ...['--store', project.store],
    ...['--option', 'substituters', '', '--option', 'build-users-group', ''],
    ...['--option', 'extra-sandbox-paths', '/usr /lib? /lib64? /etc/alternatives?'],
  ];
  const source = ['-f', 'derivation.nix', '--arg', 'pkgs', 'import ./.makenix/host.nix { }', 'main'];

  const built = await run('nix', ['build', ...options, '--no-link', '--print-out-paths', ...source], project.root);
  expect(built.trim()).toBe(outputs[0]?.outPath);

  const shown = await run('nix', ['derivation', 'show', ...options, ...source], project.root);
  const inputs = inputsOf(shown, outputs[0]?.drvPath ?? '').map((path) => path.replace(/^.*?[0-9a-z]{32}-/, ''));
  expect(inputs.sort()).toEqual([
    'makenix-stage.drv',
    'object-src-hello.o.drv',
    'object-src-main.o.drv',
    'object-src-world.o.drv',
  ]);
});

it('is told by doctor how to build the same by plain Nix', async () => {
  const project = copyFixture('hello');
  const { outputs } = await build(project);
  const { exitCode, stdout } = await makenix(['doctor', ...projectOptions(project)]);
  expect(exitCode).toBe(0);
  const command = stdout.split('\n').find((line) => line.startsWith('  nix build '));
  expect(await run('sh', ['-c', `${command} --no-link --print-out-paths`], project.root)).toBe(
    `${outputs[0]?.outPath}\n`,
  );
});

it('builds the same derivations wherever the project is', async () => {
  const [one, other] = [copyFixture('mixed'), copyFixture('mixed')];
  const derivations = async (project: typeof one) => (await build(project)).outputs.map(({ drvPath }) => drvPath);
  expect(await derivations(one)).toEqual(await derivations(other));
});

it('builds files whose names mean something to shells, Nix or make', async () => {
  const project = copyFixture('hello');
  project.remove('makenix.json');
  const names = ['two words', '${x}', "quo'te", 'back\\slash', 'dollar$', '#hash', '-dash', 'a/x', 'b/x', 'a-x', 'ü'];
  for (const [i, name] of names.entries()) {
    project.write(`src/odd/${name}.h`, `extern int odd_${i};\n`);
    project.write(`src/odd/${name}.c`, `#include "${name.replace(/^.*\//, '')}.h"\nint odd_${i};\n`);
  }
  const cycle = await build(project);
  expect(cycle).toMatchObject({ outcome: 'built', failed: [] });
  expect(cycle.rebuilt).toEqual(expect.arrayContaining(names.map((name) => `src/odd/${name}.o`)));
  project.append("src/odd/quo'te.h", 'extern int another;\n');
  expect(await build(project)).toMatchObject({ outcome: 'built', rebuilt: ["src/odd/quo'te.o"], cutOff: ['hello'] });
});
