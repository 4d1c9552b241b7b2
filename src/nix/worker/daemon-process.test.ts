import { describe, expect, it } from 'vitest';
import type { ByteStreams, Command } from '../../host/ports.ts';
import { createScriptedStream } from '../../testing/fakes/scripted-stream.ts';
import { commonArguments, type NixSettings } from '../nix-command.ts';
import { daemonEndpoints, openDaemon } from './daemon-process.ts';

const settings: NixSettings = {
  program: '/bin/nix',
  store: '/home/me/store',
  isPrivate: true,
  substitutes: false,
  addressing: 'content',
  sandboxPaths: ['/usr'],
  jobs: 2,
};
const systems: NixSettings = { ...settings, store: undefined, isPrivate: false };

describe('where a daemon is', () => {
  const own = {
    kind: 'process',
    file: '/bin/nix',
    args: ['daemon', ...commonArguments(settings), '--stdio'],
    runsBuilders: true,
  };
  const ownOf = (other: NixSettings) => ({
    ...own,
    args: ['daemon', ...commonArguments(other), '--stdio'],
    runsBuilders: false,
  });
  const socket = { kind: 'socket', path: '/nix/var/nix/daemon-socket/socket' };

  it.each([
    ['a private store', settings, {}, [own]],
    ['the system', systems, {}, [socket, ownOf(systems)]],
    [
      'the system, where it is elsewhere',
      systems,
      { NIX_DAEMON_SOCKET_PATH: '/s' },
      [{ kind: 'socket', path: '/s' }, ownOf(systems)],
    ],
    ['the system, which is something else', systems, { NIX_REMOTE: 'ssh-ng://there' }, [ownOf(systems)]],
    ['the daemon and nobody else', { ...systems, store: 'daemon' }, {}, [socket]],
    ['a socket', { ...systems, store: 'unix:///a%20b?root=/r' }, {}, [{ kind: 'socket', path: '/a b' }]],
    ['another machine', { ...systems, store: 'ssh-ng://there' }, {}, [ownOf({ ...systems, store: 'ssh-ng://there' })]],
  ])('of %s', (_name, of, environment, expected) => {
    expect(daemonEndpoints(of, environment as Readonly<Record<string, string>>)).toEqual(expected);
  });

  it('has the settings of a private store', () => {
    const [endpoint] = daemonEndpoints(settings, {});
    expect(endpoint?.kind === 'process' && endpoint.args.join(' ')).toContain('--store /home/me/store');
  });
});

describe('opening one', () => {
  const streamsWith = (listening: readonly string[]) => {
    const started: Pick<Command, 'file' | 'args' | 'onStderrLine'>[] = [];
    const streams: ByteStreams = {
      openProcess(command) {
        started.push(command);
        return createScriptedStream();
      },
      openSocket: async (path) => (listening.includes(path) ? createScriptedStream() : undefined),
    };
    return { started, streams };
  };

  it('takes the first that there is', async () => {
    const { started, streams } = streamsWith(['/b']);
    const opened = await openDaemon(streams, [
      { kind: 'socket', path: '/a' },
      { kind: 'socket', path: '/b' },
      { kind: 'process', file: '/bin/nix', args: [], runsBuilders: true },
    ]);
    expect(opened.ok && opened.value.lastWords()).toBe('');
    expect(started).toEqual([]);
  });

  it('says where it looked', async () => {
    const opened = await openDaemon(streamsWith([]).streams, [{ kind: 'socket', path: '/a' }]);
    expect(opened).toEqual({ ok: false, failure: { kind: 'unreachable', problem: 'no Nix daemon at /a' } });
  });

  it.each([true, false])('lets it be judged by its looks where it runs builders: %s', async (runsBuilders) => {
    const look = { isGone: false, isStopped: true, isAsleep: false, hasChildren: () => false, cpuTicks: 1 };
    const { streams } = streamsWith([]);
    const openProcess = () => ({ ...createScriptedStream(), look: () => look });
    const endpoint = { kind: 'process', file: '/bin/nix', args: [], runsBuilders } as const;
    const opened = await openDaemon({ ...streams, openProcess }, [endpoint]);
    expect(opened.ok && opened.value.stream.look()).toBe(runsBuilders ? look : undefined);
  });

  it('keeps the last words of its own', async () => {
    const { started, streams } = streamsWith([]);
    const endpoint = { kind: 'process', file: '/bin/nix', args: ['daemon'], runsBuilders: true } as const;
    const opened = await openDaemon(streams, [endpoint]);
    for (let i = 1; i <= 25; i++) started[0]!.onStderrLine?.(`line ${i}`);
    const words = opened.ok ? opened.value.lastWords().split('\n') : [];
    expect(words).toHaveLength(20);
    expect(words.at(-1)).toBe('line 25');
  });
});
