import { describe, expect, it } from 'vitest';
import type { ByteStream } from '../host/ports.ts';
import type { MakenixEvent } from '../model/events.ts';
import { ok } from '../model/result.ts';
import type { Realisation, Realiser } from '../nix/realiser.ts';
import type { OpenedStore } from '../nix/store.ts';
import { createManualClock } from '../testing/fakes/manual-clock.ts';
import { createMemoryFiles } from '../testing/fakes/memory-files.ts';
import { createRecordingCommands } from '../testing/fakes/recording-commands.ts';
import { createScriptedStream } from '../testing/fakes/scripted-stream.ts';
import { planOf } from '../testing/fakes/steps.ts';
import { DaemonEngine } from './daemon-engine.ts';
import type { Prepared } from './session.ts';

/** Of the system's, behind a socket, where its daemon would have to trust us. */
const store: OpenedStore = {
  version: '2.34.0',
  label: 'daemon',
  root: '/',
  settings: {
    ...{ program: 'nix', store: 'daemon', isPrivate: false, substitutes: false, addressing: 'input' },
    ...{ sandboxPaths: [], jobs: 2 },
  },
};

/** What `nix build` makes, which is asked for in another way. */
const byNix: Realisation = { outputs: new Map(), failed: [], isComplete: true };

/** Has an engine realise something whose daemon is what `openSocket` gives. */
async function realise(openSocket: () => ByteStream | undefined) {
  const events: MakenixEvent[] = [];
  const clock = createManualClock();
  let opened = 0;
  const engine = new DaemonEngine(
    {
      files: createMemoryFiles(clock),
      machine: createMemoryFiles(clock),
      commands: createRecordingCommands(() => ({})),
      clock,
      emit: (event) => void events.push(event),
      streams: {
        openProcess: () => createScriptedStream([]),
        async openSocket() {
          opened++;
          return openSocket();
        },
      },
    },
    () => undefined,
  );
  const fallBack: Realiser = { realise: async () => ok(byNix) };
  // Nothing of either is asked for before a daemon has greeted.
  const [prepared, read] = [
    {} as Prepared,
    { nar: () => undefined, fingerprint: () => undefined, size: () => undefined },
  ];
  const signal = new AbortController().signal;
  const request = { plan: planOf([], []), goals: [], observe: () => undefined, stop: { abort: signal, drain: signal } };
  const result = await engine.realiserFor(store, prepared, read, fallBack, {}).realise(request);
  await engine.close();
  return { result, events, opened };
}

describe('a daemon of the system that does not greet', () => {
  it.each([
    ['is not there', () => undefined, 'no Nix daemon at /nix/var/nix/daemon-socket/socket'],
    ['hangs up', () => createScriptedStream([]), 'the other side has gone'],
  ])('because it %s is tried again, and then left to `nix build`, which is said', async (_, openSocket, words) => {
    const { result, events, opened } = await realise(openSocket);
    expect(result).toEqual(ok(byNix));
    expect(events).toEqual([{ kind: 'engine-fallback', because: expect.stringContaining(words) as string }]);
    expect(opened).toBe(3);
  });
});
