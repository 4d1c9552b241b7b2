import { expect, it } from 'vitest';
import { build } from '../testing/makenix.ts';
import { copyFixture } from '../testing/project.ts';

it('builds programs over a static and a shared library, in C and C++', async () => {
  const project = copyFixture('mixed');
  const { outputs, rebuilt } = await build(project);
  expect(rebuilt).toEqual([
    'area',
    'geometry',
    'geometry/circle.o',
    'geometry/polygon.o',
    'shout',
    'text',
    'text/repeat.o',
    'text/upper.o',
    'tools/area.o',
    'tools/shout.o',
  ]);
  const links = new Map(outputs.map(({ target, link }) => [target, link ?? '']));
  expect(await project.run(`${links.get('shout')}/bin/shout`)).toBe('HELLO HELLO\n');
  expect(await project.run(`${links.get('area')}/bin/area`, '4')).toBe('circle 3.142, polygon 2.000\ndone\n');
  expect(project.exists(`${links.get('text')}/lib/libtext.a`)).toBe(true);
  expect(project.exists(`${links.get('geometry')}/lib/libgeometry.so`)).toBe(true);
});

it('carries an edit in the static library to all that link it, and to nothing else', async () => {
  const project = copyFixture('mixed');
  await build(project);
  project.edit('text/repeat.c', '" %s"', '", %s"');
  const cycle = await build(project);
  expect(cycle.rebuilt).toEqual(['area', 'shout', 'text', 'text/repeat.o']);
  expect(cycle.because('text')).toEqual(['text/repeat.o rebuilt']);
  expect(cycle.because('shout')).toEqual(['text rebuilt']);
  const link = cycle.outputs.find(({ target }) => target === 'shout')?.link ?? '';
  expect(await project.run(`${link}/bin/shout`)).toBe('HELLO, HELLO\n');
});

it('carries an edit in the shared library to the program over it', async () => {
  const project = copyFixture('mixed');
  await build(project);
  project.edit('geometry/pi.h', '3.14159265358979323846', '3.0');
  const cycle = await build(project);
  expect(cycle.rebuilt).toEqual(['area', 'geometry', 'geometry/circle.o', 'geometry/polygon.o']);
  const link = cycle.outputs.find(({ target }) => target === 'area')?.link ?? '';
  expect(await project.run(`${link}/bin/area`, '4')).toContain('circle 3.000');
});

it('cuts all links off where the objects of a library come out the same', async () => {
  const project = copyFixture('mixed');
  await build(project);
  project.append('text/text.h', '/* Nothing but a comment. */\n');
  const cycle = await build(project);
  expect(cycle.rebuilt).toEqual(['text/repeat.o', 'text/upper.o', 'tools/area.o', 'tools/shout.o']);
  expect(cycle.cutOff).toEqual(['area', 'shout', 'text']);
});

it('rebuilds what a setting of one target concerns', async () => {
  const project = copyFixture('mixed');
  await build(project);
  project.edit('makenix.json', '"SHOUT_TIMES": 2', '"SHOUT_TIMES": 3');
  const cycle = await build(project);
  expect(cycle.rebuilt).toEqual(['shout', 'tools/shout.o']);
  expect(cycle.because('tools/shout.o')).toEqual(['makenix.json flags']);
});
