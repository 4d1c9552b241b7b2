import { createHash } from 'node:crypto';
import { contentHash, type ContentHash } from '../model/ids.ts';

/*
 * The archive that Nix makes of a regular file, of which it makes the file's hash (nix: src/libutil/archive.cc). Its only
 * metadata is whether the owner may execute the file.
 */

/** Every string has its length before it, as 64 bits of which the lowest come first, and zeroes after it to a multiple of eight bytes. */
const unit = 8;

/** What stands around the contents of a file: all but the contents themselves, their length included. */
function frame(length: number, isExecutable: boolean): { readonly head: Buffer; readonly tail: Buffer } {
  const marks = isExecutable ? ['executable', ''] : [];
  const lead = ['nix-archive-1', '(', 'type', 'regular', ...marks, 'contents'];
  return {
    head: Buffer.concat([...lead.map(archived), lengthOf(length)]),
    tail: Buffer.concat([padding(length), archived(')')]),
  };
}

/** The archive itself. */
export function narOf(contents: Uint8Array, isExecutable: boolean): Buffer {
  const { head, tail } = frame(contents.length, isExecutable);
  return Buffer.concat([head, contents, tail]);
}

/** The hash of the archive, without making it. */
export function narHash(contents: Uint8Array, isExecutable: boolean): ContentHash {
  const { head, tail } = frame(contents.length, isExecutable);
  return contentHash(createHash('sha256').update(head).update(contents).update(tail).digest('hex'));
}

const archived = (text: string): Buffer =>
  Buffer.concat([lengthOf(text.length), Buffer.from(text), padding(text.length)]);

function lengthOf(length: number): Buffer {
  const bytes = Buffer.alloc(unit);
  bytes.writeBigUInt64LE(BigInt(length));
  return bytes;
}

const padding = (length: number): Buffer => Buffer.alloc((unit - (length % unit)) % unit);
