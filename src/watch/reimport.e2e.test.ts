import { describe, expect, it } from 'vitest';
import { eventsOf } from '../testing/event-log.ts';
import { build, makenix, projectOptions } from '../testing/makenix.ts';
import { projectOf, type TestProject } from '../testing/project.ts';
import { watch } from '../testing/watch.ts';

const makefile = (objects: string, flags = ''): string =>
  [
    'CFLAGS = -O1 ' + flags,
    `prog: ${objects}`,
    `\tcc -o prog ${objects}`,
    'gen.h: gen.in',
    // The shell opens the file once it has what to write: it is never seen half made.
    `\techo "$$(sed 's/@/value/' gen.in)" > gen.h`,
    '%.o: %.c gen.h',
    '\tcc $(CFLAGS) -c $<',
    '',
  ].join('\n');

const files = {
  Makefile: makefile('main.o util.o'),
  'gen.in': '#define @ "one"\n',
  'main.c':
    '#include <stdio.h>\n#include "gen.h"\nint util(void);\nint main(void) { printf("%s %d\\n", value, util()); }\n',
  'util.c': 'int util(void) { return 1; }\n',
};

async function imported(): Promise<TestProject> {
  const project = projectOf(files);
  const { exitCode, stderr } = await makenix(['import', '--json', '-C', project.root, '--', 'make']);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return project;
}

describe('a project whose build was imported, watched', () => {
  it('is built anew, and imported anew, when what defines its build changes', async () => {
    const project = await imported();
    const { first, event, cyclesUntil, interrupt } = await watch(project);
    expect(first.rebuilt).toEqual(['main.o', 'prog', 'util.o']);
    expect(await project.run('result/bin/prog')).toBe('one 1\n');

    project.write('extra.c', 'int extra(void) { return 41; }\n');
    project.write('util.c', 'int extra(void);\nint util(void) { return extra() + 1; }\n');
    project.write('Makefile', makefile('main.o util.o extra.o'));
    expect(await event('import-started')).toMatchObject({ purpose: 'record', because: ['Makefile'] });
    const cycles = await cyclesUntil(({ rebuilt }) => rebuilt.includes('extra.o'));
    expect(cycles.at(-1)).toMatchObject({ outcome: 'built' });
    expect(await project.run('result/bin/prog')).toBe('one 42\n');
    await interrupt();
  });

  it('has generated anew what is generated, and nothing recorded, when what that is made from changes', async () => {
    const project = await imported();
    const { event, cyclesUntil, interrupt } = await watch(project);
    project.write('gen.in', '#define @ "two"\n');
    expect(await event('import-started')).toMatchObject({ purpose: 'refresh', because: ['gen.in'] });
    const cycles = await cyclesUntil(({ rebuilt }) => rebuilt.includes('main.o'));
    expect(cycles.at(-1)?.rebuilt).toEqual(['main.o', 'prog']);
    // That the plan is written meanwhile, with the digests of now, is no reason to throw a compile away.
    const outcomes = cycles.flatMap(({ events }) => eventsOf(events, 'derivation-finished')).map((e) => e.outcome);
    expect(outcomes).toEqual(['rebuilt', 'rebuilt']);
    // What make leaves in the tree beside gen.h is no change of anything.
    const observed = cycles.flatMap(({ events }) => eventsOf(events, 'change-observed')).flatMap(({ paths }) => paths);
    expect(observed.filter((path) => path !== 'gen.h' && path !== 'makenix.plan.json')).toEqual([]);
    expect(await project.run('result/bin/prog')).toBe('two 1\n');

    // It is up to date with that: the next edit does not run the build again.
    project.append('util.c', 'int more;\n');
    const after = await cyclesUntil(({ rebuilt }) => rebuilt.includes('util.o'));
    await interrupt();
    expect(after.flatMap(({ events }) => eventsOf(events, 'import-started'))).toEqual([]);
  });

  it('still knows what is generated after a change of the build that generates nothing', async () => {
    const project = await imported();
    const { event, cyclesUntil, interrupt } = await watch(project);
    project.write('Makefile', makefile('main.o util.o', '-DNEW'));
    expect(await event('import-finished')).toMatchObject({ purpose: 'record', outcome: 'imported' });
    await cyclesUntil(({ rebuilt }) => rebuilt.includes('main.o'));
    project.write('gen.in', '#define @ "three"\n');
    expect(await event('import-started')).toMatchObject({ purpose: 'refresh', because: ['gen.in'] });
    await cyclesUntil(({ rebuilt }) => rebuilt.includes('prog'));
    expect(await project.run('result/bin/prog')).toBe('three 1\n');
    await interrupt();
  });

  it('keeps its plan where its own build fails, and tries again once that has changed', async () => {
    const project = await imported();
    const { event, cyclesUntil, interrupt } = await watch(project);
    project.write('Makefile', `${files.Makefile}\n$(error broken)\n`);
    expect(await event('failure')).toMatchObject({ failure: { kind: 'own-build-failed', command: 'make' } });
    project.write('util.c', 'int util(void) { return 2; }\n');
    await cyclesUntil(({ rebuilt }) => rebuilt.includes('util.o'));
    expect(await project.run('result/bin/prog')).toBe('one 2\n');

    project.write('Makefile', makefile('main.o util.o', '-DNEW'));
    await cyclesUntil(({ rebuilt }) => rebuilt.includes('main.o'));
    await interrupt();
    expect(project.read('makenix.plan.json')).toContain('-DNEW');
  });
});

it('is built by the plan that there is, and told that it may be stale, where nobody watches', async () => {
  const project = await imported();
  project.append('Makefile', '# more\n');
  const { events, exitCode } = await makenix(['build', '--json', ...projectOptions(project)]);
  expect(exitCode).toBe(0);
  expect(eventsOf(events, 'plan-stale')).toMatchObject([{ paths: ['Makefile'] }]);
  const again = await makenix(['import', '--json', '-C', project.root]);
  expect(eventsOf(again.events, 'import-finished')).toMatchObject([
    { outcome: 'imported', units: 2, targets: ['prog'] },
  ]);
  const { events: after, outcome } = await build(project);
  expect({ stale: eventsOf(after, 'plan-stale'), outcome }).toEqual({ stale: [], outcome: 'up-to-date' });
});
