import { readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { storePath } from '../../model/ids.ts';
import { daemonBytes } from '../../testing/fakes/daemon-bytes.ts';
import { createManualClock } from '../../testing/fakes/manual-clock.ts';
import { makePipe } from '../../testing/gate.ts';
import { descendantsOf, stillRunning } from '../../testing/processes.ts';
import { temporaryDirectory } from '../../testing/temporary.ts';
import { privateStore, realPool, shellDerivation, type PoolOptions } from '../../testing/worker.ts';
import { buildDerivation } from './build-operations.ts';
import { isRetryable } from './failure.ts';
import { isValidPath } from './store-operations.ts';

const absent = storePath('/nix/store/z3n6ml62lc6l9glpaz6fq7fvi2rks9vq-absent');

/** A build that stands still until the test says otherwise, with the processes that carry it. */
async function startBuild(options: PoolOptions = {}) {
  const pipe = makePipe();
  const pool = realPool(privateStore([`/gate=${pipe}`]), options);
  const controller = new AbortController();
  const derivation = shellDerivation('echo before; read x < /gate; echo after > $out');
  const building = pool.perform(buildDerivation(derivation.drv, derivation), { signal: controller.signal });
  // Opening waits for the other end, which the builder opens.
  const gate = await open(pipe, 'w');
  onTestFinished(() => gate.close());
  const letNextThrough = async (): Promise<void> => {
    const next = await open(pipe, 'w');
    await next.write('go\n');
    await next.close();
  };
  const processes = descendantsOf(process.pid);
  const daemon = processes.find(({ command, parent }) => parent === process.pid && command === 'nix');
  const builder = processes.find(({ command }) => command === 'sh');
  if (daemon === undefined || builder === undefined) throw new Error(JSON.stringify(processes));
  return { pool, controller, derivation, building, letNextThrough, daemon, builder, processes };
}

it('cancelling ends the builder, and the next build starts on a new daemon', async () => {
  const { pool, controller, derivation, building, letNextThrough, daemon, builder } = await startBuild({ size: 1 });
  const start = performance.now();
  controller.abort();
  expect(await building).toEqual({ ok: false, failure: { kind: 'cancelled' } });
  const told = performance.now() - start;
  // It waits for the old daemon to be gone.
  expect(await pool.perform(isValidPath(absent))).toEqual({ ok: true, value: false });
  expect(stillRunning([daemon, builder])).toEqual([]);
  expect(told).toBeLessThan(1000);

  // Nothing is left of it that would stand in the way.
  const again = pool.perform(buildDerivation(derivation.drv, derivation));
  await letNextThrough();
  expect(await again).toMatchObject({ ok: true, value: { ok: true, status: 'built' } });
});

it('closing ends everything', async () => {
  const { pool, building, processes } = await startBuild();
  await pool.close();
  expect(await building).toEqual({ ok: false, failure: { kind: 'cancelled' } });
  expect(stillRunning(processes)).toEqual([]);
});

it('a daemon that is killed fails what it was at, and another takes its place', async () => {
  const { pool, building, daemon, builder, derivation, letNextThrough } = await startBuild({ size: 1 });
  process.kill(daemon.pid, 'SIGKILL');
  const lost = await building;
  expect(lost).toMatchObject({ ok: false, failure: { kind: 'connection-lost', during: 'BuildDerivation' } });
  expect(!lost.ok && isRetryable(lost.failure)).toBe(true);
  expect(!lost.ok && 'problem' in lost.failure && lost.failure.problem).toContain('was ended by SIGKILL');
  // Its builder dies of it, but nobody is there any more who would wait for that.
  await vi.waitFor(() => expect(stillRunning([builder])).toEqual([]));
  const again = pool.perform(buildDerivation(derivation.drv, derivation));
  await letNextThrough();
  expect(await again).toMatchObject({ ok: true, value: { ok: true, status: 'built' } });
});

it('a daemon that is stopped is given up, and another takes its place', async () => {
  const clock = createManualClock();
  const { pool, building, daemon, builder, derivation, letNextThrough } = await startBuild({ size: 1, clock });
  process.kill(daemon.pid, 'SIGSTOP');
  await vi.waitFor(() => expect(readFileSync(`/proc/${daemon.pid}/stat`, 'utf8')).toContain(') T '));
  clock.advance(10_000);
  const failure = { kind: 'unresponsive', during: 'BuildDerivation', sign: 'stopped' };
  expect(await building).toEqual({ ok: false, failure });
  // It ends as one does that was not stopped, with its builder.
  await vi.waitFor(() => expect(stillRunning([daemon, builder])).toEqual([]));
  const again = pool.perform(buildDerivation(derivation.drv, derivation));
  await letNextThrough();
  expect(await again).toMatchObject({ ok: true, value: { ok: true, status: 'built' } });
});

it('a daemon that sleeps, and has no builder, is given up', async () => {
  const clock = createManualClock();
  const greeting = join(temporaryDirectory(), 'greeting');
  writeFileSync(greeting, Buffer.concat([daemonBytes.greeting(), daemonBytes.last()]));
  const args = ['-c', 'cat "$0"; while read -r x; do :; done', greeting];
  const endpoint = { kind: 'process', file: '/bin/sh', args, runsBuilders: true } as const;
  const pool = realPool(privateStore(), { clock, endpoints: [endpoint] });
  await pool.warm();
  const derivation = shellDerivation('');
  let outcome: unknown;
  void pool.perform(buildDerivation(derivation.drv, derivation)).then((result) => (outcome = result));
  const failure = { kind: 'unresponsive', during: 'BuildDerivation', sign: 'asleep', ms: 30_000 };
  // At first it is busy with the request, as a shell that reads byte by byte.
  await vi.waitFor(() => {
    clock.advance(35_000);
    expect(outcome).toEqual({ ok: false, failure });
  }, 10_000);
});

it('a builder may be silent for as long as it likes', async () => {
  const clock = createManualClock();
  const { building, letNextThrough } = await startBuild({ clock });
  clock.advance(3_600_000);
  await letNextThrough();
  expect(await building).toMatchObject({ ok: true, value: { ok: true, status: 'built' } });
});

it('a daemon that cannot start says why', async () => {
  const settings = privateStore();
  const bad = realPool({ ...settings, store: 'nonsense://store' });
  const failed = await bad.perform(isValidPath(absent));
  expect(failed).toMatchObject({ failure: { kind: 'unreachable' } });
  expect(!failed.ok && 'problem' in failed.failure && failed.failure.problem).toContain("scheme 'nonsense'");
  const none = realPool({ ...settings, program: '/no/such/nix' });
  expect(await none.perform(isValidPath(absent))).toMatchObject({ failure: { kind: 'unreachable' } });
});
