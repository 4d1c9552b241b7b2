import type { ByteStream, ByteStreams, CommandRunner } from '../../host/ports.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { commonArguments, type NixSettings } from '../nix-command.ts';
import type { WorkerFailure } from './failure.ts';

/** Where a daemon is to be had. */
export type DaemonEndpoint =
  | { readonly kind: 'socket'; readonly path: string }
  /** One of our own, that ends with its connection. */
  | {
      readonly kind: 'process';
      readonly file: string;
      readonly args: readonly string[];
      /** Builders are its children. Not so where it passes on what it is asked, to a store that is elsewhere. */
      readonly runsBuilders: boolean;
    };

export interface OpenedDaemon {
  readonly stream: ByteStream;
  /** The last lines of its standard error; of a daemon of the system's, none. */
  lastWords(): string;
}

const systemSocket = '/nix/var/nix/daemon-socket/socket';

/**
 * In the order in which they are to be tried. The system's store is behind a socket (`NIX_DAEMON_SOCKET_PATH`), unless
 * it belongs to one user; every other store gets a `nix daemon --stdio`, which trusts us, has the settings that `nix
 * build` would have, and passes on what it cannot do itself.
 */
export function daemonEndpoints(
  settings: NixSettings,
  environment: ReturnType<CommandRunner['environment']>,
): readonly DaemonEndpoint[] {
  const { store, program } = settings;
  const own: DaemonEndpoint = {
    kind: 'process',
    file: program,
    args: ['daemon', ...commonArguments(settings), '--stdio'],
    runsBuilders: settings.isPrivate,
  };
  if (store?.startsWith('unix:///') === true) {
    const path = decodeURIComponent(store.slice('unix://'.length).replace(/\?.*$/, ''));
    return [{ kind: 'socket', path }];
  }
  // NIX_REMOTE says what `auto` is.
  const isSystem = store === 'daemon' || ((store ?? 'auto') === 'auto' && !isSet(environment['NIX_REMOTE']));
  if (!isSystem) return [own];
  const socket = environment['NIX_DAEMON_SOCKET_PATH'];
  return [{ kind: 'socket', path: isSet(socket) ? socket : systemSocket }, ...(store === 'daemon' ? [] : [own])];
}

const isSet = (value: string | undefined): value is string =>
  value !== undefined && value !== '' && value !== 'auto' && value !== 'daemon';

/** Opens the first that there is. */
export async function openDaemon(
  streams: ByteStreams,
  endpoints: readonly DaemonEndpoint[],
): Promise<Result<OpenedDaemon, WorkerFailure>> {
  for (const endpoint of endpoints) {
    if (endpoint.kind === 'process') return ok(startDaemon(streams, endpoint));
    const stream = await streams.openSocket(endpoint.path);
    if (stream !== undefined) return ok({ stream, lastWords: () => '' });
  }
  const places = endpoints.map((endpoint) => (endpoint.kind === 'socket' ? endpoint.path : endpoint.file));
  return fail({ kind: 'unreachable', problem: `no Nix daemon at ${places.join(' or ')}` });
}

const keptLines = 20;

function startDaemon(
  streams: ByteStreams,
  { file, args, runsBuilders }: Extract<DaemonEndpoint, { readonly kind: 'process' }>,
): OpenedDaemon {
  const lines: string[] = [];
  const stream = streams.openProcess({
    file,
    args,
    onStderrLine(line) {
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
    },
  });
  // That one of the others does nothing by itself would say nothing.
  const watched = runsBuilders ? stream : { ...stream, look: () => undefined };
  return { stream: watched, lastWords: () => lines.join('\n') };
}
