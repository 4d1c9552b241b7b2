import { expect, it } from 'vitest';
import { stepName } from '../model/ids.ts';
import { printHostExpression, type HostToolchain } from './host-expression.ts';

const toolchain: HostToolchain = {
  system: 'x86_64-linux',
  compilerPrefix: '/usr',
  bintoolsPrefix: '/opt/binutils',
  fingerprint: '0123abcd',
  packages: new Map([
    ['zlib', { version: '1.3', cflags: [], ldflags: ['-lz'] }],
    ['xorg.libX11', { version: '1.8', cflags: ['-I/usr/include/X 11'], ldflags: ['-L/usr/lib', '-lX11'] }],
  ]),
};

it('writes the toolchain in the shape of nixpkgs', () => {
  const fingerprints = new Map([
    [stepName('src/b.o'), 'bb'],
    [stepName('src/a "x".o'), 'aa'],
  ]);

  expect(printHostExpression(toolchain, fingerprints, 'content')).toBe(`\
# This machine's own toolchain in the shape of nixpkgs. Written by makenix for this machine; not for committing.
{ contentAddressed ? true }:
let
  fingerprint = "0123abcd";
  fingerprints = {
    "src/a \\"x\\".o" = "aa";
    "src/b.o" = "bb";
  };
in
{
  stdenv = {
    hostPlatform.system = "x86_64-linux";
    cc = {
      outPath = "/usr";
      bintools.outPath = "/opt/binutils";
      inherit fingerprint fingerprints;
    };
  };
  config.contentAddressedByDefault = contentAddressed;
  xorg.libX11.makenix = {
    version = "1.8";
    cflags = [ "-I/usr/include/X 11" ];
    ldflags = [ "-L/usr/lib" "-lX11" ];
  };
  zlib.makenix = {
    version = "1.3";
    cflags = [ ];
    ldflags = [ "-lz" ];
  };
}
`);
});

it('is the same text in whatever order the parts come', () => {
  const print = (names: readonly string[], packages: HostToolchain['packages']): string =>
    printHostExpression({ ...toolchain, packages }, new Map(names.map((name) => [stepName(name), 'f'])), 'input');
  const reversed = new Map([...toolchain.packages].reverse());
  expect(print(['b.o', 'a.o', 'B.o'], reversed)).toBe(print(['a.o', 'B.o', 'b.o'], toolchain.packages));
});

it('says input-addressed where the store takes nothing else', () => {
  expect(printHostExpression(toolchain, new Map(), 'input')).toContain('{ contentAddressed ? false }:');
});
