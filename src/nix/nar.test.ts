import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { narHash, narOf } from './nar.ts';

describe('an archive of a file', () => {
  it('has every string with its length, filled up to eight bytes', () => {
    // Lengths are control characters here.
    const readable = (isExecutable: boolean): string =>
      Array.from(narOf(Buffer.from('hello\n'), isExecutable), (byte) =>
        byte < 0x20 ? '.' : String.fromCharCode(byte),
      ).join('');
    const start = '........nix-archive-1...........(...............type............regular.';
    const end = '........contents........hello...........).......';
    expect(readable(false)).toBe(start + end);
    expect(readable(true)).toBe(`${start}........executable..............${end}`);
  });

  it('has the hash that nix hash gives', () => {
    // `printf 'hello\n' >f; nix hash path --base16 f`, and after `chmod +x f`
    const contents = Buffer.from('hello\n');
    expect(narHash(contents, false)).toBe('1c37d01af40be2e80691de3cc3df44377a699afbb17c68f080964b2fd071fc13');
    expect(narHash(contents, true)).toBe('65436039d3f93ca19a8dbf1c60b15739ed58f53f14b8d372acc1b351533010fa');
  });

  it('has the hash that is made without it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.boolean(), (contents, isExecutable) => {
        const archive = narOf(contents, isExecutable);
        expect(archive.length % 8).toBe(0);
        expect(narHash(contents, isExecutable)).toBe(createHash('sha256').update(archive).digest('hex'));
      }),
    );
  });
});
