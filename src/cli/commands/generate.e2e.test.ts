import { homedir, tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { run } from '../../testing/execute.ts';
import { freshExpression } from '../../testing/fresh-expression.ts';
import { makenix } from '../../testing/makenix.ts';
import { findProgram, pathWithoutNix } from '../../testing/nix.ts';
import { copyFixture, type TestProject } from '../../testing/project.ts';

const generate = (project: TestProject, ...args: string[]) =>
  makenix(['generate', '-C', project.root, '--toolchain', 'host', ...args], { env: { PATH: pathWithoutNix() } });

it('writes derivation.nix where there is no Nix', async () => {
  const project = copyFixture('hello');
  const { exitCode, stderr } = await generate(project);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(project.read('derivation.nix')).toContain('"src/hello.o" = {');
});

it('writes an expression that names no place on this machine', async () => {
  const project = copyFixture('mixed');
  await generate(project);
  const text = project.read('derivation.nix');
  for (const place of [project.root, tmpdir(), homedir(), '/usr']) expect(text).not.toContain(place);
  expect(await freshExpression(project)).toBe(text);
});

it('writes an expression that Nix can read', async () => {
  const project = copyFixture('mixed');
  await generate(project);
  const parsed = await run(findProgram('nix-instantiate'), ['--parse', 'derivation.nix'], project.root);
  expect(parsed).toContain('"tools/shout.o"');
});

it('checks: 0 fresh, 1 stale or missing, and writes nothing', async () => {
  const project = copyFixture('hello');
  const missing = await generate(project, '--check');
  expect(missing).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining(`run \`makenix generate -C ${project.root}\``) as string,
  });
  expect(project.exists('derivation.nix')).toBe(false);

  await generate(project);
  expect(await generate(project, '--check')).toMatchObject({ exitCode: 0 });
  project.edit('src/hello.c', 'Hello', 'Goodbye');
  expect(await generate(project, '--check')).toMatchObject({ exitCode: 0 });

  const before = project.read('derivation.nix');
  project.edit('src/hello.c', '#include "hello.h"\n', '');
  expect(await generate(project, '--check')).toMatchObject({ exitCode: 1 });
  expect(project.read('derivation.nix')).toBe(before);
  await generate(project);
  expect(await generate(project, '--check')).toMatchObject({ exitCode: 0 });
});

it('checks: 2 where it cannot be told', async () => {
  const project = copyFixture('hello');
  await generate(project);
  project.write('makenix.json', '{');
  expect(await generate(project, '--check')).toMatchObject({ exitCode: 2 });
});
