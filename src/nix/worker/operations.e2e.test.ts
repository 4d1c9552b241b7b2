import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { contentHash, drvPath, storePath, type StorePath } from '../../model/ids.ts';
import { run } from '../../testing/execute.ts';
import { findProgram } from '../../testing/nix.ts';
import { temporaryDirectory } from '../../testing/temporary.ts';
import { privateStore, realPool, shellDerivation, type ShellDerivation } from '../../testing/worker.ts';
import { printDerivation } from '../aterm.ts';
import { commonArguments } from '../nix-command.ts';
import { makeStorePath, upstreamPlaceholder } from '../store-path.ts';
import { followBuilds, type BuildActivity } from './build-activities.ts';
import { buildDerivation, buildPathsWithResults } from './build-operations.ts';
import type { ConnectionPool } from './connection-pool.ts';
import { daemonEndpoints } from './daemon-process.ts';
import type { DaemonMessage } from './messages.ts';
import { narOf } from '../nar.ts';
import type { Operation } from './operation.ts';
import {
  addIndirectRoot,
  addMultipleToStore,
  addTempRoot,
  addToStore,
  isValidPath,
  queryDerivationOutputMap,
  queryPathInfo,
  queryValidPaths,
} from './store-operations.ts';

const absent = storePath('/nix/store/z3n6ml62lc6l9glpaz6fq7fvi2rks9vq-absent');

async function valueOf<T>(pool: ConnectionPool, operation: Operation<T>): Promise<T> {
  const result = await pool.perform(operation);
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

/** What a build comes to, with what was said of it. */
async function build(pool: ConnectionPool, derivation: ShellDerivation) {
  const said: BuildActivity[] = [];
  const observe = followBuilds((activity) => said.push(activity));
  const built = await pool.perform(buildDerivation(derivation.drv, derivation), { observe });
  if (!built.ok) throw new Error(JSON.stringify(built.failure));
  return { result: built.value, said };
}

const addDerivation = (pool: ConnectionPool, derivation: ShellDerivation) =>
  valueOf(
    pool,
    addToStore({
      name: 'test.drv',
      method: 'text',
      contents: Buffer.from(printDerivation(derivation)),
      references: [...derivation.inputSrcs, ...derivation.inputDrvs.keys()],
    }),
  );

describe('files', () => {
  it('get the very paths that Nix gives them', async () => {
    const settings = privateStore();
    const pool = realPool(settings);
    const file = join(temporaryDirectory(), 'a.txt');
    for (const [contents, mode] of [
      ['hello\n', 0o644],
      ['', 0o644],
      ['x'.repeat(200_001), 0o755],
    ] as const) {
      // prettier-ignore
      writeFileSync(file, contents, { mode });
      await run('chmod', [mode.toString(8), file], '/');
      const nar = narOf(Buffer.from(contents), mode === 0o755);
      const { path, narSize, contentAddress } = await valueOf(
        pool,
        addToStore({ name: 'a.txt', method: 'nar', contents: nar }),
      );
      const added = await run(findProgram('nix-store'), ['--store', settings.store ?? '', '--add', file], '/');
      expect(path).toBe(added.trim());
      expect(path).toBe(makeStorePath('source', contentHash(createHash('sha256').update(nar).digest('hex')), 'a.txt'));
      expect(readFileSync(join(settings.store ?? '', path), 'utf8')).toBe(contents);
      expect(contentAddress).toMatch(/^fixed:r:sha256:/);
      expect(narSize).toBe(nar.length);
      await valueOf(pool, addToStore({ name: 'a.txt', method: 'nar', contents: nar, repair: true }));
    }
  });

  it('can be added by the dozen, and asked for', async () => {
    const pool = realPool(privateStore());
    const sources = ['one', 'two', 'three'].map((name) => ({ name, nar: narOf(Buffer.from(name), false) }));
    await valueOf(pool, addMultipleToStore(sources));
    const paths: StorePath[] = [];
    for (const { name, nar } of sources) {
      const { path } = await valueOf(pool, addToStore({ name, method: 'nar', contents: nar }));
      paths.push(path);
    }
    expect(await valueOf(pool, queryValidPaths([...paths, absent]))).toEqual(new Set(paths));
    expect(await valueOf(pool, isValidPath(paths[0]!))).toBe(true);
    expect(await valueOf(pool, isValidPath(absent))).toBe(false);
    expect(await valueOf(pool, queryPathInfo(paths[0]!))).toMatchObject({ path: paths[0], references: [] });
    expect(await valueOf(pool, queryPathInfo(absent))).toBe(undefined);
  });

  it('are kept by roots', async () => {
    const settings = privateStore();
    const pool = realPool(settings);
    const { path } = await valueOf(
      pool,
      addToStore({ name: 'a', method: 'nar', contents: narOf(Buffer.from('a'), false) }),
    );
    const link = join(temporaryDirectory(), 'root');
    symlinkSync(path, link);
    await valueOf(pool, addIndirectRoot(link));
    await valueOf(pool, addTempRoot(path));
    await pool.close();
    const roots = await run(findProgram('nix-store'), ['--store', settings.store ?? '', '--gc', '--print-roots'], '/');
    // With a quote, coloured at that, or not.
    expect(roots).toMatch(new RegExp(`${link}\\S* -> ${path}`));
  });

  it('with a name that Nix does not have are refused, and all else goes on', async () => {
    const pool = realPool(privateStore(), { size: 1 });
    const contents = narOf(Buffer.from('a'), false);
    expect(await pool.perform(addToStore({ name: 'a b', method: 'nar', contents }))).toMatchObject({
      failure: { kind: 'refused', during: 'AddToStore' },
    });
    expect(await pool.perform(isValidPath(storePath('/tmp')))).toMatchObject({
      failure: { kind: 'refused', during: 'IsValidPath' },
    });
    expect(await valueOf(pool, isValidPath(absent))).toBe(false);
  });
});

describe('BuildDerivation', () => {
  it('builds what is no derivation in the store', async () => {
    const settings = privateStore();
    const pool = realPool(settings);
    const derivation = shellDerivation('echo one; echo two >&2; echo done > $out');
    const { result, said } = await build(pool, derivation);
    const drv = derivation.drv;
    expect(said).toEqual([
      { kind: 'started', drvPath: drv },
      { kind: 'log-line', drvPath: drv, text: 'one' },
      { kind: 'log-line', drvPath: drv, text: 'two' },
      { kind: 'stopped', drvPath: drv },
    ]);
    const out = result.ok ? result.outputs.get('out') : undefined;
    expect(result).toEqual({ ok: true, status: 'built', outputs: new Map([['out', out]]) });
    expect(readFileSync(join(settings.store ?? '', out ?? ''), 'utf8')).toBe('done\n');
    expect(await valueOf(pool, isValidPath(drv))).toBe(false);

    expect(await build(pool, derivation)).toEqual({
      result: { ok: true, status: 'already-valid', outputs: new Map([['out', out]]) },
      said: [],
    });
  });

  it('says how a build failed, each time', async () => {
    const pool = realPool(privateStore());
    const derivation = shellDerivation('echo error: no; exit 3');
    for (let i = 0; i < 2; i++) {
      const { result, said } = await build(pool, derivation);
      expect(result).toMatchObject({ ok: false, status: 'permanent-failure' });
      expect(!result.ok && result.message).toContain('failed with exit code 3');
      expect(said.map(({ kind }) => kind)).toEqual(['started', 'log-line', 'stopped']);
    }
  });

  it('fails for an input that is not there', async () => {
    const { result, said } = await build(
      realPool(privateStore()),
      shellDerivation(': > $out', { inputSrcs: [absent] }),
    );
    expect(result).toMatchObject({ ok: false, status: 'misc-failure' });
    expect(!result.ok && result.message).toContain(`dependency '${absent}'`);
    expect(said).toEqual([]);
  });

  it('builds what is addressed by its inputs, for who is trusted', async () => {
    const pool = realPool(privateStore());
    expect(await pool.warm()).toMatchObject({ ok: true, value: { trust: 'trusted' } });
    const { derivation, out } = inputAddressed('echo here > $out');
    const { result } = await build(pool, derivation);
    expect(result).toEqual({ ok: true, status: 'built', outputs: new Map([['out', out]]) });
  });

  it('builds for who is not trusted what is addressed by its contents, and says which options are not for them', async () => {
    const settings = privateStore();
    const said: DaemonMessage[] = [];
    const untrusting = ['--extra-experimental-features', 'daemon-trust-override', '--force-untrusted'];
    const pool = realPool(settings, {
      endpoints: daemonEndpoints(settings, {}).map((endpoint) =>
        endpoint.kind === 'process' ? { ...endpoint, args: [...endpoint.args, ...untrusting] } : endpoint,
      ),
      options: { overrides: new Map([['sandbox', 'false'], ['build-poll-interval', '1']]) }, // prettier-ignore
      observe: (message) => said.push(message),
    });
    expect(await pool.warm()).toMatchObject({ ok: true, value: { trust: 'untrusted' } });
    const texts = said.map((message) => (message.kind === 'text' ? message.text : ''));
    expect(texts.filter((text) => text.includes("'sandbox'"))).toHaveLength(1);
    expect(texts.filter((text) => text.includes("'build-poll-interval'"))).toHaveLength(0);
    expect((await build(pool, shellDerivation(': > $out'))).result).toMatchObject({ ok: true, status: 'built' });
    const { derivation } = inputAddressed(': > $out');
    expect(await pool.perform(buildDerivation(derivation.drv, derivation))).toMatchObject({
      failure: { kind: 'refused', message: expect.stringContaining('not privileged') as string },
    });
  });
});

function inputAddressed(script: string) {
  const at = (path: string) => {
    const derivation = shellDerivation(script);
    return shellDerivation(script, {
      outputs: new Map([['out', { path, hashAlgorithm: '', hash: '' }]]),
      env: new Map([...derivation.env, ['out', path]]),
    });
  };
  const hash = createHash('sha256')
    .update(printDerivation(at('')))
    .digest('hex');
  const out = makeStorePath('output:out', contentHash(hash), 'test');
  return { derivation: at(out), out };
}

describe('BuildPathsWithResults', () => {
  it('builds derivations of the store, and what they need', async () => {
    const pool = realPool(privateStore());
    const below = shellDerivation('echo below > $out');
    const above = (of: ShellDerivation) =>
      shellDerivation(`read x < ${upstreamPlaceholder(of.drv)}; echo $x; echo above > $out`, {
        inputDrvs: new Map([[of.drv, ['out']]]),
      });
    const top = above(below);
    for (const each of [below, top]) expect((await addDerivation(pool, each)).path).toBe(each.drv);
    expect(await valueOf(pool, queryDerivationOutputMap(top.drv))).toEqual(new Map([['out', undefined]]));

    const said: BuildActivity[] = [];
    const built = await pool.perform(buildPathsWithResults([{ drv: top.drv, outputs: ['out'] }]), {
      observe: followBuilds((activity) => said.push(activity)),
    });
    const result = built.ok ? built.value[0]?.result : undefined;
    expect(result).toMatchObject({ ok: true, status: 'built' });
    const resolved = said.find((activity) => activity.kind === 'resolved')?.to;
    expect(said.map((activity) => (activity.kind === 'resolved' ? activity.from : activity.drvPath))).toEqual([
      ...[below.drv, below.drv],
      ...[top.drv, resolved, resolved, resolved],
    ]);
    const out = result?.ok === true ? result.outputs.get('out') : undefined;
    expect(await valueOf(pool, queryDerivationOutputMap(top.drv))).toEqual(new Map([['out', out]]));

    const [again, same] = [top, above(shellDerivation('echo below > $out # in other words'))];
    await addDerivation(pool, shellDerivation('echo below > $out # in other words'));
    await addDerivation(pool, same);
    const targets = [again, same].map(({ drv }) => ({ drv, outputs: ['out'] }));
    expect((await valueOf(pool, buildPathsWithResults(targets))).map((each) => each.result)).toEqual([
      { ok: true, status: 'already-valid', outputs: new Map([['out', out]]) },
      { ok: true, status: 'resolves-to-already-valid', outputs: new Map([['out', out]]) },
    ]);
  });

  it('goes on where one fails', async () => {
    const pool = realPool(privateStore());
    const bad = shellDerivation('exit 1');
    const good = shellDerivation('echo good > $out');
    const above = shellDerivation(`: ${upstreamPlaceholder(bad.drv)} > $out`, {
      inputDrvs: new Map([[bad.drv, ['out']]]),
    });
    for (const each of [bad, good, above]) await addDerivation(pool, each);
    const targets = [above, good, bad].map(({ drv }) => ({ drv, outputs: ['out'] }));
    const results = await valueOf(pool, buildPathsWithResults(targets));
    expect(results.map(({ result }) => result.status)).toEqual(['dependency-failed', 'built', 'permanent-failure']);
  });

  it('knows what the client resolved and built by itself', async () => {
    const pool = realPool(privateStore());
    const below = shellDerivation('echo below > $out');
    const { result } = await build(pool, below);
    const path = result.ok ? result.outputs.get('out')! : absent;
    const script = (input: string) => `read x < ${input}; echo above $x > $out`;
    const resolved = shellDerivation(script(path), { inputSrcs: [path] });
    const built = await build(pool, resolved);
    const top = shellDerivation(script(upstreamPlaceholder(below.drv)), { inputDrvs: new Map([[below.drv, ['out']]]) });
    for (const each of [below, top]) await addDerivation(pool, each);
    const [target] = await valueOf(pool, buildPathsWithResults([{ drv: top.drv, outputs: ['out'] }]));
    expect(target?.result).toEqual({ ...built.result, status: 'resolves-to-already-valid' });
  });

  it('says of a derivation that is not there that it is not', async () => {
    const pool = realPool(privateStore());
    const drv = drvPath(`${absent}.drv`);
    const [target] = await valueOf(pool, buildPathsWithResults([{ drv, outputs: ['out'] }]));
    // One Nix says it this way, another that.
    expect(target?.result.status).toMatch(/^(misc-failure|dependency-failed)$/);
    expect(await pool.perform(queryDerivationOutputMap(drv))).toMatchObject({ failure: { kind: 'refused' } });
  });
});

it('a daemon may be behind a socket', async () => {
  const settings = privateStore();
  // There is a store already: two daemons that make one at the same time can be in each other's way.
  await realPool(settings).warm();
  const path = join(temporaryDirectory(), 'socket');
  expect(await realPool(settings, { endpoints: [{ kind: 'socket', path }] }).warm()).toMatchObject({
    failure: { kind: 'unreachable', problem: `no Nix daemon at ${path}` },
  });
  const daemon = spawn(settings.program, ['daemon', ...commonArguments(settings)], {
    env: { ...process.env, NIX_DAEMON_SOCKET_PATH: path },
    stdio: 'ignore',
  });
  onTestFinished(async () => {
    daemon.kill();
    await once(daemon, 'close');
  });
  const endpoints = daemonEndpoints({ ...settings, store: 'daemon' }, { NIX_DAEMON_SOCKET_PATH: path });
  const pool = realPool(settings, { endpoints });
  // Nothing says when it listens.
  await vi.waitFor(async () => expect(await pool.warm()).toMatchObject({ ok: true }), { timeout: 60_000 });
  expect((await build(pool, shellDerivation('echo here > $out'))).result).toMatchObject({ ok: true, status: 'built' });
  await pool.close();
});
