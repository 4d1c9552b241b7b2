import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { nodeByteStreams } from '../host/node-byte-streams.ts';
import { nodeClock } from '../host/node-clock.ts';
import type { Clock } from '../host/ports.ts';
import type { DrvPath } from '../model/ids.ts';
import type { StoreDerivation } from '../nix/aterm.ts';
import type { NixSettings } from '../nix/nix-command.ts';
import { derivationPath, outputPlaceholder } from '../nix/store-path.ts';
import { createConnectionPool, type ConnectionPool } from '../nix/worker/connection-pool.ts';
import { connect } from '../nix/worker/connection.ts';
import { daemonEndpoints, openDaemon, type DaemonEndpoint } from '../nix/worker/daemon-process.ts';
import { defaultOptions, type WorkerOptions } from '../nix/worker/options.ts';
import type { DaemonMessage } from '../nix/worker/messages.ts';
import { findProgram } from './nix.ts';
import { storeParent, temporaryDirectory } from './temporary.ts';

/** A private store of the test's own, with the Nix that the test runs on. */
export const privateStore = (sandboxPaths: readonly string[] = []): NixSettings => ({
  program: findProgram('nix'),
  store: join(temporaryDirectory(storeParent()), 'store'),
  isPrivate: true,
  substitutes: false,
  addressing: 'content',
  sandboxPaths,
  jobs: 2,
});

export interface PoolOptions {
  readonly size?: number;
  readonly options?: Partial<WorkerOptions>;
  readonly endpoints?: readonly DaemonEndpoint[];
  readonly clock?: Clock;
  readonly observe?: (message: DaemonMessage) => void;
}

/** Real daemons, which are gone when the test is over. */
export function realPool(
  settings: NixSettings,
  { size = 2, options = {}, endpoints = daemonEndpoints(settings, {}), clock = nodeClock, observe }: PoolOptions = {},
): ConnectionPool {
  const pool = createConnectionPool(size, async () => {
    const opened = await openDaemon(nodeByteStreams, endpoints);
    if (!opened.ok) return opened;
    return connect(opened.value.stream, {
      clock,
      limitMs: 60_000,
      options: { ...defaultOptions, ...options },
      lastWords: () => opened.value.lastWords(),
      ...(observe === undefined ? {} : { observe }),
    });
  });
  onTestFinished(() => pool.close());
  return pool;
}

export interface ShellDerivation extends StoreDerivation {
  readonly drv: DrvPath;
}

/** A content-addressed derivation that runs a script. Of programs, there are only the shell's own. */
export function shellDerivation(script: string, more: Partial<StoreDerivation> = {}): ShellDerivation {
  const derivation: StoreDerivation = {
    outputs: new Map([['out', { path: '', hashAlgorithm: 'r:sha256', hash: '' }]]),
    inputDrvs: new Map(),
    inputSrcs: [],
    system: 'x86_64-linux',
    builder: '/bin/sh',
    args: ['-c', script],
    env: new Map([
      ['name', 'test'],
      ['out', outputPlaceholder()],
    ]),
    ...more,
  };
  return { ...derivation, drv: derivationPath('test', derivation) };
}
