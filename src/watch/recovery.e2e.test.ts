import { expect, it } from 'vitest';
import { copyFixture } from '../testing/project.ts';
import { watch } from '../testing/watch.ts';

it('reports a syntax error at its place, keeps the last good program, and recovers by the next good save', async () => {
  const project = copyFixture('hello');
  const makenix = await watch(project);

  project.edit('src/hello.c', 'printf("Hello, ");', 'printf("Hello, ")');
  const broken = await makenix.cycle();
  expect(broken).toMatchObject({ outcome: 'failed', failed: ['src/hello.o'], rebuilt: [], outputs: [] });
  expect(broken.diagnostics).toEqual(["src/hello.c:5:37: error: expected ';' before '}' token"]);
  expect(await project.run('result/bin/main')).toBe('Hello, World!\n');

  project.edit('src/hello.c', 'printf("Hello, ")', 'printf("Goodbye, ");');
  const mended = await makenix.cycle();
  expect(mended).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/hello.o'], diagnostics: [] });
  expect(await project.run('result/bin/main')).toBe('Goodbye, World!\n');
});

it('shows an error once, as the compiler wrote it', async () => {
  const project = copyFixture('hello');
  const makenix = await watch(project);
  project.edit('src/hello.c', 'printf("Hello, ");', 'printf("Hello, ")');
  await makenix.cycle();
  const { stderr } = await makenix.interrupt();
  const error = "src/hello.c:5:37: error: expected ';' before '}' token";
  expect(stderr.split('\n').filter((line) => line.includes(error))).toEqual([error]);
});

it('says what a missing header is missing for, and recovers once it is there', async () => {
  const project = copyFixture('hello');
  const makenix = await watch(project);

  project.edit('src/hello.c', '#include "hello.h"', '#include "hello.h"\n#include "missing.h"');
  const broken = await makenix.cycle();
  expect(broken).toMatchObject({ outcome: 'failed', failed: ['src/hello.o'], failures: ['scan-failed'] });

  project.write('src/missing.h', 'static const int found __attribute__((used)) = 1;\n');
  const mended = await makenix.cycle();
  expect(mended).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/hello.o'], scanned: ['src/hello.c'] });
  expect(mended.edges).toContain('+src/hello.o src/missing.h');

  const { stderr } = await makenix.interrupt();
  expect(stderr).toContain(
    "error: src/hello.c:4:10: 'missing.h' not found\n" +
      '  needed by src/hello.o, part of target main\n' +
      '  hint: if it is elsewhere, add that directory to "include" in makenix.json; where the build was imported, to the flags there\n',
  );
});

it('says who misses a header that was removed, and recovers once it is back', async () => {
  const project = copyFixture('hello');
  const makenix = await watch(project);
  const header = project.read('src/world.h');

  project.remove('src/world.h');
  const broken = await makenix.cycle();
  expect(broken).toMatchObject({ outcome: 'failed', failed: ['src/main.o', 'src/world.o'] });

  project.write('src/world.h', header);
  const mended = await makenix.cycle();
  expect(mended).toMatchObject({ rebuilt: [], failed: [], failures: [] });
  expect(mended.outputs).toEqual(makenix.first.outputs);
});

it('says where makenix.json is broken, lives on, and takes up the mended one', async () => {
  const project = copyFixture('hello');
  const makenix = await watch(project);
  const config = project.read('makenix.json');

  project.write('makenix.json', config.replace('"cflags": [', '"cflag": ['));
  const broken = await makenix.cycle();
  expect(broken).toMatchObject({ outcome: 'failed', failures: ['config-invalid'] });
  expect(broken.events.find(({ kind }) => kind === 'failure')).toMatchObject({
    failure: { file: 'makenix.json', line: 6, column: 7, suggestion: 'cflags' },
  });

  project.write('makenix.json', config.replace('"-Wall"', '"-Wall", "-DNEW"'));
  const mended = await makenix.cycle();
  expect(mended).toMatchObject({ outcome: 'built', failures: [] });
  expect(mended.rebuilt).toEqual(expect.arrayContaining(['src/hello.o', 'src/main.o', 'src/world.o']));
  expect(mended.because('src/hello.o')).toEqual(['makenix.json flags']);
});

it('takes the error back where makenix.json becomes what it was', async () => {
  const project = copyFixture('hello');
  const makenix = await watch(project);
  const config = project.read('makenix.json');
  project.writeAtomically('makenix.json', '{');
  expect(await makenix.cycle()).toMatchObject({ outcome: 'failed', failures: ['config-invalid'] });

  project.writeAtomically('makenix.json', config);
  expect(await makenix.cycle()).toMatchObject({ outcome: 'up-to-date', reused: 4 });
});

it('forgets nothing that was saved while makenix.json was broken', async () => {
  const project = copyFixture('hello');
  const makenix = await watch(project);
  const config = project.read('makenix.json');
  project.write('makenix.json', '{');
  await makenix.cycle();
  project.edit('src/hello.c', 'Hello', 'Goodbye');
  await makenix.cycle();

  project.write('makenix.json', config);
  const mended = await makenix.cycle();
  expect(mended).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/hello.o'] });
  expect(await project.run('result/bin/main')).toBe('Goodbye, World!\n');
});
