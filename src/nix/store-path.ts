import { createHash } from 'node:crypto';
import { contentHash, drvPath, storePath, type ContentHash, type DrvPath, type StorePath } from '../model/ids.ts';
import { sortedUnique } from '../model/order.ts';
import { printDerivation, type StoreDerivation } from './aterm.ts';

/**
 * How Nix names what is in a store, or will be. Source, in nix: src/libstore/store-dir-config.cc,
 * src/libstore/downstream-placeholder.cc, `hashPlaceholder` in src/libstore/derivations.cc, src/libutil/hash.cc.
 *
 * Names are as `storeName` makes them; nothing here checks one.
 */

/** Part of what is hashed, so a store elsewhere (`--store DIR`) has the same names. */
const storeDirectory = '/nix/store';

/**
 * `/nix/store/<hash>-<name>`. `type` says what the hash is of and may hold references: `text:REF:REF`, `source`,
 * `output:out`.
 */
export function makeStorePath(type: string, hash: ContentHash, name: string): StorePath {
  const digest = sha256(`${type}:sha256:${hash}:${storeDirectory}:${name}`);
  return storePath(`${storeDirectory}/${nix32(fold(digest))}-${name}`);
}

/** A file that evaluation itself puts into the store: `builtins.toFile`, and each derivation. */
export function textPath(name: string, contents: string, references: Iterable<StorePath | DrvPath>): StorePath {
  const type = ['text', ...sortedUnique<string>(references)].join(':');
  return makeStorePath(type, contentHash(sha256(contents).toString('hex')), name);
}

/** `name` is without `.drv`. The outputs are no references, since they need not be there. */
export function derivationPath(name: string, derivation: StoreDerivation): DrvPath {
  const references = [...derivation.inputSrcs, ...derivation.inputDrvs.keys()];
  return drvPath(textPath(`${name}.drv`, printDerivation(derivation), references));
}

/** What a derivation calls an output of its own while the path is not known: `builtins.placeholder`. */
export const outputPlaceholder = (output = 'out'): string => placeholder(`nix-output:${output}`);

/** What a derivation calls the output of an input that is content-addressed, so that its path is not known either. */
export function upstreamPlaceholder(drv: DrvPath, output = 'out'): string {
  const base = drv.slice(storeDirectory.length + 1, -'.drv'.length);
  const [hash, name] = [base.slice(0, hashLength), base.slice(hashLength + 1)];
  return placeholder(`nix-upstream-output:${hash}:${output === 'out' ? name : `${name}-${output}`}`);
}

const placeholder = (clearText: string): string => `/${nix32(sha256(clearText))}`;

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Bytes of a digest that a store path keeps. */
const foldedLength = 20;

/** Digits of those. */
const hashLength = 32;

/** nix: `compressHash`. */
function fold(digest: Uint8Array): Uint8Array {
  const folded = new Uint8Array(foldedLength);
  digest.forEach((byte, i) => (folded[i % foldedLength] = (folded[i % foldedLength] ?? 0) ^ byte));
  return folded;
}

/** Base 32 as Nix writes it: the bytes are a little-endian number, the digits begin with the highest. */
export function nix32(bytes: Uint8Array): string {
  const last = Math.ceil((bytes.length * 8) / 5) - 1;
  // A string that grew digit by digit would be kept as the tree of its parts, by the thousand.
  const digits = Buffer.allocUnsafe(last + 1);
  for (let n = last; n >= 0; n--) {
    const [i, shift] = [(n * 5) >> 3, (n * 5) & 7];
    const pair = (bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8);
    digits[last - n] = alphabet.charCodeAt((pair >> shift) & 31);
  }
  return digits.toString('latin1');
}

/** Without e, o, t, u, so that no hash is a word. */
const alphabet = '0123456789abcdfghijklmnpqrsvwxyz';
