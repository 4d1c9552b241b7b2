import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, it } from 'vitest';
import { createWireWriter } from '../nix/worker/wire.ts';
import { daemonBytes } from '../testing/fakes/daemon-bytes.ts';
import { cycleOf } from '../testing/cycle.ts';
import { eventsOf } from '../testing/event-log.ts';
import { makenix, projectOptions } from '../testing/makenix.ts';
import { findProgram } from '../testing/nix.ts';
import { copyFixture } from '../testing/project.ts';
import { temporaryDirectory } from '../testing/temporary.ts';

/** A PATH on which Nix is the real one, but for its daemon, which says this and then nothing more. */
function pathWithDaemon(...says: readonly Uint8Array[]): string {
  const directory = temporaryDirectory();
  const bytes = join(directory, 'bytes');
  writeFileSync(bytes, Buffer.concat([daemonBytes.greeting(), daemonBytes.last(), ...says]));
  const script = `#!/bin/sh\ncase "$1" in daemon) cat ${bytes}; exec cat > /dev/null ;; esac\nexec ${findProgram('nix')} "$@"\n`;
  writeFileSync(join(directory, 'nix'), script);
  chmodSync(join(directory, 'nix'), 0o755);
  return `${directory}${delimiter}${process.env['PATH'] ?? ''}`;
}

it.each([
  ['a message of an unknown kind', 'a message of the unknown kind 0x2a', createWireWriter().number(42).bytes()],
  ['an error', 'error: no such thing', daemonBytes.error('error: no such thing')],
])('leaves a build to nix build where the daemon answers by %s, and goes', async (_what, because, bytes) => {
  const project = copyFixture('hello');
  const args = ['build', '--json', ...projectOptions(project), '--engine', 'daemon'];
  const { events } = await makenix(args, { env: { PATH: pathWithDaemon(bytes) } });
  expect(cycleOf(events)).toMatchObject({
    outcome: 'built',
    rebuilt: ['main', 'src/hello.o', 'src/main.o', 'src/world.o'],
    failures: [],
  });
  expect(eventsOf(events, 'engine-fallback').map((event) => event.because)).toEqual([expect.stringContaining(because)]);
  expect(await project.run('result/bin/main')).toBe('Hello, World!\n');
});
