import { createHash } from 'node:crypto';
import { contentHash, storePath, type DrvPath, type StorePath } from '../../model/ids.ts';
import { bytewise } from '../../model/order.ts';
import { makeStorePath } from '../store-path.ts';
import type { Operation } from './operation.ts';
import { createWireWriter, type WireReader } from './wire.ts';

/** What a store knows of a path. Source, in nix: `UnkeyedValidPathInfo` in src/libstore/worker-protocol.cc. */
export interface PathInfo {
  readonly path: StorePath;
  readonly deriver: string | undefined;
  /** SHA-256 of the NAR, in hex. */
  readonly narHash: string;
  readonly narSize: number;
  readonly references: readonly StorePath[];
  /** `fixed:r:sha256:…`, `text:sha256:…`; empty for what is addressed by its inputs. */
  readonly contentAddress: string;
}

export interface AddToStoreRequest {
  /** The name part of the path. */
  readonly name: string;
  /** `nar`: a source, `contents` being its NAR. `text`: a derivation or the like, `contents` being the file's. */
  readonly method: 'nar' | 'text';
  readonly contents: Uint8Array;
  readonly references?: Iterable<StorePath | DrvPath>;
  /** Writes it anew where the store has it but not as it should be. */
  readonly repair?: boolean;
}

/** Slow disks, and garbage collectors that are just deleting the path, have to be waited for. */
const addingLimitMs = 120_000;

/** What is added is a temporary root until the connection ends. */
export const addToStore = (request: AddToStoreRequest): Operation<PathInfo> => ({
  name: 'AddToStore',
  number: 7,
  limitMs: addingLimitMs,
  request(writer) {
    writer
      .string(request.name)
      .string(request.method === 'nar' ? 'fixed:r:sha256' : 'text:sha256')
      .strings(sortedPaths(request.references ?? []))
      .boolean(request.repair ?? false)
      .framed(request.contents);
  },
  answer: async (reader) => readInfo(reader, storePath(await reader.string())),
});

export interface SourceToAdd {
  readonly name: string;
  readonly nar: Uint8Array;
}

/**
 * Many sources in one request, in half the time that one request each takes. Source of the format of each, in nix:
 * `ValidPathInfo` in src/libstore/worker-protocol.cc, as of 1.16 whatever both sides speak.
 */
export const addMultipleToStore = (sources: readonly SourceToAdd[]): Operation<void> => ({
  name: 'AddMultipleToStore',
  number: 44,
  limitMs: addingLimitMs,
  request(writer) {
    const parts = [createWireWriter().number(sources.length).bytes()];
    for (const { name, nar } of sources) {
      const hash = createHash('sha256').update(nar).digest('hex');
      const info = createWireWriter()
        .string(makeStorePath('source', contentHash(hash), name))
        .string('') // no deriver
        .string(hash)
        .strings([]) // no references
        .number(0) // registered now
        .number(nar.length)
        .boolean(false) // not built here
        .strings([]) // no signatures, which what is addressed by its contents does not need
        .string(`fixed:r:sha256:${hash}`);
      parts.push(info.bytes(), nar);
    }
    writer
      .boolean(false) // no repair
      .boolean(false) // check signatures: only who is trusted may say no
      .framed(Buffer.concat(parts));
  },
  answer: async () => undefined,
});

export const isValidPath = (path: StorePath | DrvPath): Operation<boolean> => ({
  name: 'IsValidPath',
  number: 1,
  request: (writer) => void writer.string(path),
  answer: (reader) => reader.boolean(),
});

/** Those that are there; with `substitute`, those too that a substituter has, which are fetched first. */
export const queryValidPaths = (
  paths: Iterable<StorePath | DrvPath>,
  { substitute = false }: { readonly substitute?: boolean } = {},
): Operation<ReadonlySet<string>> => ({
  name: 'QueryValidPaths',
  number: 31,
  ...(substitute ? { limitMs: Infinity } : {}),
  request: (writer) => void writer.strings(sortedPaths(paths)).boolean(substitute),
  answer: async (reader) => new Set(await reader.strings()),
});

/** Undefined where it is not there. */
export const queryPathInfo = (path: StorePath | DrvPath): Operation<PathInfo | undefined> => ({
  name: 'QueryPathInfo',
  number: 26,
  request: (writer) => void writer.string(path),
  answer: async (reader) => ((await reader.boolean()) ? readInfo(reader, storePath(path)) : undefined),
});

/** The outputs of a derivation that is in the store, with their paths as far as these are known. */
export const queryDerivationOutputMap = (drv: DrvPath): Operation<ReadonlyMap<string, StorePath | undefined>> => ({
  name: 'QueryDerivationOutputMap',
  number: 41,
  request: (writer) => void writer.string(drv),
  answer: (reader) =>
    reader.map(async () => {
      const path = await reader.string();
      return path === '' ? undefined : storePath(path);
    }),
});

/** Keeps a path, there or not, from the garbage collector until the connection ends. */
export const addTempRoot = (path: StorePath | DrvPath): Operation<void> => acknowledged('AddTempRoot', 11, path);

/** Tells the garbage collector of a symbolic link (its absolute path) into the store. Only local stores have that. */
export const addIndirectRoot = (link: string): Operation<void> => acknowledged('AddIndirectRoot', 12, link);

const acknowledged = (name: string, number: number, argument: string): Operation<void> => ({
  name,
  number,
  request: (writer) => void writer.string(argument),
  async answer(reader) {
    await reader.number();
  },
});

const sortedPaths = (paths: Iterable<string>): readonly string[] => [...new Set(paths)].sort(bytewise);

async function readInfo(reader: WireReader, path: StorePath): Promise<PathInfo> {
  const deriver = await reader.string();
  const narHash = await reader.string();
  const references = (await reader.strings()).map(storePath);
  await reader.number(); // when it was registered
  const narSize = await reader.number();
  await reader.boolean(); // whether it was built here
  await reader.strings(); // signatures
  const contentAddress = await reader.string();
  return { path, deriver: deriver === '' ? undefined : deriver, narHash, narSize, references, contentAddress };
}
