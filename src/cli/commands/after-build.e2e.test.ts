import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { makePipe } from '../../testing/gate.ts';
import { descendantsOf, stillRunning } from '../../testing/processes.ts';
import { copyFixture } from '../../testing/project.ts';
import { watch } from '../../testing/watch.ts';

it('runs the command after each good build, and after no other', async () => {
  const project = copyFixture('hello');
  const makenix = await watch(project, ['main', '--', 'sh', '-c', 'result/bin/main; exit 3']);
  expect(makenix.first.outputs).toMatchObject([{ target: 'main' }]);
  expect(await makenix.event('command-started')).toMatchObject({ argv: ['sh', '-c', 'result/bin/main; exit 3'] });
  expect(await makenix.event('command-finished')).toMatchObject({ exitCode: 3 });

  project.edit('src/hello.c', 'printf("Hello, ");', 'broken');
  await makenix.cycle();
  project.edit('src/hello.c', 'broken', 'printf("Goodbye, ");');
  await makenix.cycle();
  await makenix.event('command-finished');

  const { stdout, events } = await makenix.interrupt();
  expect(stdout).toBe('Hello, World!\nGoodbye, World!\n');
  expect(events.filter(({ kind }) => kind === 'command-started')).toHaveLength(2);
});

it('ends a command that still runs when the next good build is there, and when it ends itself', async () => {
  const project = copyFixture('hello');
  const pipe = makePipe();
  const makenix = await watch(project, ['--', 'sh', '-c', `sleep 1000 & echo ready > '${pipe}'; wait`]);
  expect(await readFile(pipe, 'utf8')).toBe('ready\n');

  project.edit('src/hello.c', 'Hello', 'Goodbye');
  await makenix.cycle();
  expect(await makenix.event('command-finished')).toMatchObject({ exitCode: null });
  expect(await readFile(pipe, 'utf8')).toBe('ready\n');

  const below = descendantsOf(makenix.pid);
  expect(below.map((process) => process.command)).toContain('sh');
  // The rest are Nix's daemons, which have to go with it too.
  expect(below.filter(({ command }) => command === 'sh' || command === 'sleep')).toHaveLength(2);
  const begun = performance.now();
  const { exitCode } = await makenix.interrupt();
  expect(performance.now() - begun).toBeLessThan(2000);
  expect(exitCode).toBe(130);
  expect(stillRunning(below)).toEqual([]);
});
