import { describe, expect, it } from 'vitest';
import { daemonBytes } from '../../testing/fakes/daemon-bytes.ts';
import { createScriptedStream } from '../../testing/fakes/scripted-stream.ts';
import { drvPath, storePath } from '../../model/ids.ts';
import type { BasicDerivation } from '../resolve.ts';
import { buildDerivation, buildPathsWithResults } from './build-operations.ts';
import { WireError } from './failure.ts';
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
import { createWireReader, createWireWriter, type WireWriter } from './wire.ts';

const hash = 'z3n6ml62lc6l9glpaz6fq7fvi2rks9vq';
const path = storePath(`/nix/store/${hash}-a.txt`);
const other = storePath(`/nix/store/${hash}-b.txt`);
const drv = drvPath(`/nix/store/${hash}-a.drv`);

const request = <T>({ request }: Operation<T>): Uint8Array => {
  const writer = createWireWriter();
  request(writer);
  return writer.bytes();
};
const written = (write: (writer: WireWriter) => WireWriter): Uint8Array => write(createWireWriter()).bytes();
const answer = async <T>(operation: Operation<T>, ...bytes: readonly Uint8Array[]): Promise<T> => {
  const reader = createWireReader(createScriptedStream(bytes));
  const value = await operation.answer(reader, { major: 1, minor: 38 });
  await expect(reader.number(), 'it reads all').rejects.toThrow();
  return value;
};
const info = (w: WireWriter): WireWriter =>
  w
    .string('')
    .string('ab')
    .strings([other])
    .number(1)
    .number(120)
    .boolean(true)
    .strings(['key:sig'])
    .string('text:sha256:x');

describe('what is asked for and what is answered', () => {
  it('AddToStore', async () => {
    const contents = narOf(Buffer.from('hello'), false);
    const operation = addToStore({ name: 'a.txt', method: 'nar', contents });
    expect(operation.number).toBe(7);
    expect(request(operation)).toEqual(
      written((w) => w.string('a.txt').string('fixed:r:sha256').strings([]).boolean(false).framed(contents)),
    );
    expect(
      request(addToStore({ name: 'x', method: 'text', contents, references: [other, drv, other], repair: true })),
    ).toEqual(written((w) => w.string('x').string('text:sha256').strings([drv, other]).boolean(true).framed(contents)));
    expect(
      await answer(
        operation,
        written((w) => info(w.string(path))),
      ),
    ).toEqual({
      path,
      deriver: undefined,
      narHash: 'ab',
      narSize: 120,
      references: [other],
      contentAddress: 'text:sha256:x',
    });
  });

  it('AddMultipleToStore', async () => {
    const nar = narOf(Buffer.from('hello\n'), false);
    const operation = addMultipleToStore([{ name: 'a.txt', nar }]);
    expect(operation.number).toBe(44);
    const reader = createWireReader(createScriptedStream([request(operation)]));
    expect([await reader.boolean(), await reader.boolean()]).toEqual([false, false]);
    const framed = Buffer.from(await reader.framed());
    expect(framed.readBigUInt64LE()).toBe(1n);
    expect(framed.toString('latin1')).toContain(path);
    expect(framed.subarray(-nar.length)).toEqual(nar);
    await answer(operation);
  });

  it('IsValidPath, QueryValidPaths', async () => {
    expect([isValidPath(path).number, request(isValidPath(path))]).toEqual([1, written((w) => w.string(path))]);
    expect(
      await answer(
        isValidPath(path),
        written((w) => w.boolean(false)),
      ),
    ).toBe(false);
    const operation = queryValidPaths([other, path]);
    expect([operation.number, request(operation)]).toEqual([
      31,
      written((w) => w.strings([path, other]).boolean(false)),
    ]);
    expect(request(queryValidPaths([], { substitute: true }))).toEqual(written((w) => w.strings([]).boolean(true)));
    expect(
      await answer(
        operation,
        written((w) => w.strings([path])),
      ),
    ).toEqual(new Set([path]));
  });

  it('QueryPathInfo', async () => {
    expect([queryPathInfo(path).number, request(queryPathInfo(path))]).toEqual([26, written((w) => w.string(path))]);
    expect(
      await answer(
        queryPathInfo(path),
        written((w) => w.boolean(false)),
      ),
    ).toBe(undefined);
    expect(
      await answer(
        queryPathInfo(path),
        written((w) => info(w.boolean(true))),
      ),
    ).toMatchObject({ path, narSize: 120 });
  });

  it('QueryDerivationOutputMap', async () => {
    const operation = queryDerivationOutputMap(drv);
    expect([operation.number, request(operation)]).toEqual([41, written((w) => w.string(drv))]);
    const map = written((w) => w.map(new Map([['dev', ''], ['out', path]]))); // prettier-ignore
    expect(await answer(operation, map)).toEqual(new Map([['dev', undefined], ['out', path]])); // prettier-ignore
  });

  it('AddTempRoot, AddIndirectRoot', async () => {
    expect([addTempRoot(path).number, request(addTempRoot(path))]).toEqual([11, written((w) => w.string(path))]);
    expect([addIndirectRoot('/r').number, request(addIndirectRoot('/r'))]).toEqual([
      12,
      written((w) => w.string('/r')),
    ]);
    await answer(
      addTempRoot(path),
      written((w) => w.number(1)),
    );
    await answer(
      addIndirectRoot('/r'),
      written((w) => w.number(1)),
    );
  });

  it('BuildDerivation', async () => {
    const derivation: BasicDerivation = {
      outputs: new Map([['out', { path: '', hashAlgorithm: 'r:sha256', hash: '' }]]),
      inputSrcs: [other, path],
      system: 'x86_64-linux',
      builder: '/bin/sh',
      args: ['-c', ':'],
      env: new Map([['out', '/x'], ['a', 'b']]), // prettier-ignore
    };
    const operation = buildDerivation(drv, derivation);
    expect(operation.number).toBe(36);
    expect(request(operation)).toEqual(
      Buffer.concat([
        written((w) => w.string(drv).number(1).string('out').string('').string('r:sha256').string('')),
        written((w) => w.strings([path, other]).string('x86_64-linux').string('/bin/sh').strings(['-c', ':'])),
        written((w) => w.number(2).string('a').string('b').string('out').string('/x').number(0)),
      ]),
    );
  });

  it('BuildPathsWithResults', async () => {
    const second = { drv: drvPath(`/nix/store/${hash}-b.drv`), outputs: ['out', 'dev'] };
    const operation = buildPathsWithResults([{ drv, outputs: ['out'] }, second]);
    expect([operation.number, request(operation)]).toEqual([
      46,
      written((w) => w.strings([`${drv}!out`, `${second.drv}!dev,out`]).number(0)),
    ]);
    const one = (text: string, status: number) =>
      Buffer.concat([written((w) => w.string(text)), daemonBytes.buildResult(status, '')]);
    const results = await answer(
      operation,
      written((w) => w.number(2)),
      one(`${second.drv}!dev,out`, 10),
      one(`${drv}!out`, 0),
    );
    expect(results.map(({ target, result }) => [target.drv, result.status])).toEqual([
      [drv, 'built'],
      [second.drv, 'dependency-failed'],
    ]);
    const none = await answer(
      operation,
      written((w) => w.number(0)),
    );
    expect(none.map(({ result }) => result.status)).toEqual(['unknown', 'unknown']);
  });
});

describe('the result of a build', () => {
  const read = (bytes: Uint8Array, minor = 38) =>
    buildDerivation(drv, {} as BasicDerivation).answer(createWireReader(createScriptedStream([bytes])), {
      major: 1,
      minor,
    });

  it.each([
    [0, 'built'],
    [1, 'substituted'],
    [2, 'already-valid'],
    [13, 'resolves-to-already-valid'],
  ])('%i is good: %s', async (number, status) => {
    expect(await read(daemonBytes.buildResult(number, '', { out: `${hash}-a.txt`, dev: other }))).toEqual({
      ok: true,
      status,
      outputs: new Map([['out', path], ['dev', other]]), // prettier-ignore
    });
  });

  it.each([
    [3, 'permanent-failure'],
    [4, 'input-rejected'],
    [5, 'output-rejected'],
    [6, 'transient-failure'],
    [7, 'cached-failure'],
    [8, 'timed-out'],
    [9, 'misc-failure'],
    [10, 'dependency-failed'],
    [11, 'log-limit-exceeded'],
    [12, 'not-deterministic'],
    [14, 'no-substituters'],
    [15, 'unknown'],
  ])('%i is bad: %s', async (number, status) => {
    expect(await read(daemonBytes.buildResult(number, '\u001b[31mno\u001b[0m'))).toEqual({
      ok: false,
      status,
      message: 'no',
    });
  });

  it('has no times of builders before 1.37', async () => {
    const bytes = written((w) => w.number(2).string('').number(0).number(0).number(0).number(0).map(new Map()));
    expect(await read(bytes, 36)).toEqual({ ok: true, status: 'already-valid', outputs: new Map() });
  });

  it.each([['{}'], ['nonsense'], ['null'], ['{"outPath":1}']])(
    'has no output that is called %s',
    async (realisation) => {
      const bytes = written((w) =>
        w
          .number(0)
          .string('')
          .number(0)
          .number(0)
          .number(0)
          .number(0)
          .map(new Map([['sha256:0!out', realisation]])),
      );
      await expect(read(bytes, 36)).rejects.toThrow(WireError);
    },
  );
});

it('an executable file has another archive', () => {
  expect(Buffer.from(narOf(Buffer.from('x'), false)).toString('latin1')).not.toContain('executable');
  expect(Buffer.from(narOf(Buffer.from('x'), true)).toString('latin1')).toContain('executable');
});
