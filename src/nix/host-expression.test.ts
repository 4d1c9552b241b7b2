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

  expect(printHostExpression(toolchain, { addressing: 'content', fingerprints })).toBe(`\
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
    printHostExpression(
      { ...toolchain, packages },
      { addressing: 'input', fingerprints: new Map(names.map((name) => [stepName(name), 'f'])) },
    );
  const reversed = new Map([...toolchain.packages].reverse());
  expect(print(['b.o', 'a.o', 'B.o'], reversed)).toBe(print(['a.o', 'B.o', 'b.o'], toolchain.packages));
});

it('says input-addressed where the store takes nothing else', () => {
  expect(printHostExpression(toolchain, { addressing: 'input', fingerprints: new Map() })).toContain(
    '{ contentAddressed ? false }:',
  );
});

it('has what the generator of dynamic mode runs with, where that is asked for', () => {
  const generator = { nodePrefix: '/usr/local', systemHeaders: 'abcd' };
  const printed = printHostExpression(toolchain, { addressing: 'content', fingerprints: new Map(), generator });
  expect(printed).toContain('      systemHeaders = "abcd";\n    };\n');
  expect(printed).toContain('  nodejs.outPath = "/usr/local";\n');
});
