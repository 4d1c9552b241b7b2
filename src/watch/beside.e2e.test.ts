import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../testing/execute.ts';
import { freshExpression } from '../testing/fresh-expression.ts';
import { build, makenix, projectOptions } from '../testing/makenix.ts';
import { copyFixture, type TestProject } from '../testing/project.ts';
import { storeParent, temporaryDirectory } from '../testing/temporary.ts';
import { watch } from '../testing/watch.ts';

const collectGarbage = ({ root, store }: TestProject): Promise<string> =>
  run('nix', ['store', 'gc', '--extra-experimental-features', 'nix-command ca-derivations', '--store', store], root);

it('builds and generates beside a watch and one another, and each leaves all of it whole', async () => {
  const project = copyFixture('hello');
  const watching = await watch(project);
  let word = 'Hello';
  for (let round = 0; round < 5; round++) {
    project.edit('src/hello.c', word, `Round${round}`);
    word = `Round${round}`;
    if (round === 2) project.append('src/world.h', '\nextern int more;\n');
    const [seen, ...others] = await Promise.all([
      watching.cyclesUntil(async () => (await project.run('result/bin/main')) === `Round${round}, World!\n`),
      ...[1, 2, 3].map(() => makenix(['build', ...projectOptions(project)])),
      makenix(['generate', '-C', project.root, '--toolchain', 'host']),
      makenix(['why', 'main', '-C', project.root, '--toolchain', 'host']),
    ]);
    expect(seen.flatMap(({ failures, failed }) => [...failures, ...failed])).toEqual([]);
    expect(others.map(({ exitCode, stderr }) => [exitCode, /error|warning/.exec(stderr)?.[0]])).toEqual(
      others.map(() => [0, undefined]),
    );
    expect(await project.run('result/bin/main')).toBe(`Round${round}, World!\n`);
    expect(project.read('derivation.nix')).toBe(await freshExpression(project));
  }
  await watching.interrupt();

  const { outcome, outputs } = await build(project);
  expect(outcome).toBe('up-to-date');
  const elsewhere = copyFixture('hello');
  for (const name of ['src/hello.c', 'src/world.h']) elsewhere.write(name, project.read(name));
  const store = join(temporaryDirectory(storeParent()), 'store');
  expect((await build({ ...elsewhere, store })).outputs).toEqual(outputs);

  await collectGarbage(project);
  project.edit('src/hello.c', word, 'After');
  expect(await build(project)).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/hello.o'] });
});
