import { expect, it } from 'vitest';
import type { Kind } from '../testing/event-log.ts';
import { makeGate } from '../testing/gate.ts';
import { checkLaws } from '../testing/laws.ts';
import { copyFixture } from '../testing/project.ts';
import { watch } from '../testing/watch.ts';

it('accounts for a whole watch, good and bad, by lawful events on lines of their own', async () => {
  const project = copyFixture('hello');
  const gate = makeGate();
  const source = project.read('src/hello.c');
  const config = project.read('makenix.json');
  const makenix = await watch(project, ['--', 'true'], { env: gate.env });
  await makenix.event('command-finished');
  const save = async (name: string, text: string) => {
    project.write(name, text);
    return (await makenix.cycle()).outcome;
  };

  expect(await save('src/hello.c', `${source}/* comment */\n`)).toBe('built');
  expect(await save('src/hello.c', `${source}broken`)).toBe('failed');
  expect(await save('src/hello.c', `#include "missing.h"\n${source}`)).toBe('failed');
  expect(await save('makenix.json', '{ "targets": 1 }')).toBe('failed');
  expect(await save('makenix.json', config)).toBe('failed');
  project.write('src/hello.c', gate.line + source);
  await makenix.event('derivation-started', ({ name }) => name === 'src/hello.o');
  await gate.reached();
  expect(await save('src/hello.c', `int unused;\n${source}`)).toBe('built');

  const { events, stdout } = await makenix.interrupt();
  expect(stdout).toBe('');
  checkLaws(events);
  const expected: readonly Kind[] = [
    'change-observed',
    'command-finished',
    'command-started',
    'cycle-finished',
    'cycle-started',
    'daemon-ready',
    'daemon-started',
    'daemon-stopped',
    'derivation-finished',
    'derivation-started',
    'diagnostic',
    'failure',
    'graph-changed',
    'log-line',
    'stanzas-written',
    'unit-failed',
    'unit-scanned',
  ];
  expect([...new Set(events.map(({ kind }) => kind))].sort()).toEqual(expected);
  expect(events.some((event) => event.kind === 'derivation-finished' && event.outcome === 'cut-off')).toBe(true);
  expect(events.some((event) => event.kind === 'cycle-finished' && event.outcome === 'cancelled')).toBe(true);
});
