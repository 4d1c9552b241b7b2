import { expect, it } from 'vitest';
import { makenix } from '../../testing/makenix.ts';
import { projectOf } from '../../testing/project.ts';

const init = async (files: Readonly<Record<string, string>>, ...args: readonly string[]) => {
  const project = projectOf(files);
  const { exitCode, stdout, stderr } = await makenix(['init', '-C', project.root, '-j', '3', ...args]);
  return { project, exitCode, stdout, stderr };
};

const source = { 'src/main.c': 'int main(void) { return 0; }\n' };

it('proposes the one command that imports the build that a project has, and writes nothing', async () => {
  const { project, exitCode, stdout } = await init({ ...source, 'CMakeLists.txt': '' });
  expect(exitCode).toBe(0);
  expect(stdout).toContain('CMake builds this project (CMakeLists.txt)');
  expect(stdout).toContain('\n    cmake -B build\n    makenix import -- cmake --build build -j3\n');
  expect(project.exists('makenix.json')).toBe(false);
});

it('writes a makenix.json where there is no build, or where that is asked for', async () => {
  const bare = await init(source);
  expect(bare.stdout).toBe('makenix.json describes target project: 1 objects\n');
  const plain = await init({ ...source, Makefile: '' }, '--plain');
  expect(JSON.parse(plain.project.read('makenix.json'))).toMatchObject({
    targets: { project: { sources: ['src/**/*.c'] } },
  });
});

it('leaves what is there alone', async () => {
  const { exitCode, stderr } = await init({ ...source, Makefile: '', 'makenix.plan.json': '{}' });
  expect({ exitCode, stderr }).toEqual({
    exitCode: 2,
    stderr:
      'error: makenix.plan.json is there already\n' +
      '  hint: makenix import records the build anew; makenix watch and makenix build work from it\n',
  });
});
