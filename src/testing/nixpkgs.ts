import { dirname } from 'node:path';
import { projectOf, type TestProject } from './project.ts';

const system = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux`;

/**
 * A nixpkgs of a few packages, which are derivations as in the real one (whose place no test can take: it needs a
 * network). Their compiler is the machine's, behind links.
 */
const nixpkgs = `{ ... }:
let
  make = name: script: derivation {
    inherit name;
    system = "${system}";
    builder = "/bin/sh";
    PATH = "/usr/bin";
    args = [ "-c" "\${script}; :" ];
  };
  links = tools: "mkdir -p $out/bin; for tool in \${tools}; do ln -s /usr/bin/$tool $out/bin/$tool; done";
in
{
  stdenv.hostPlatform.system = "${system}";
  stdenv.cc = make "compiler" (links "cc c++") // { bintools = make "bintools" (links "ar ld as"); };
  nodejs = make "node" "mkdir -p $out/bin; ln -s ${process.execPath} $out/bin/node";
  answer = make "answer" "mkdir -p $out/include $out/lib; echo '#define ANSWER 42' > $out/include/answer.h";
}
`;

/** A directory for NIX_PATH to name. */
export const smallNixpkgs = (): TestProject => projectOf({ 'default.nix': nixpkgs });

/** The environment in which `<nixpkgs>` is that, and its packages can be built. */
export const withNixpkgs = ({ root }: TestProject): Readonly<Record<string, string>> => ({
  NIX_PATH: `nixpkgs=${root}`,
  // Nobody else has these packages.
  NIX_CONFIG: `substituters =\nextra-sandbox-paths = /usr /lib? /lib64? /etc/alternatives? ${dirname(process.execPath)}`,
});

/** A project that needs a compiler, an archiver and a package of it. */
export const projectWithPackage = (): TestProject =>
  projectOf({
    'makenix.json': JSON.stringify({
      targets: {
        main: { sources: ['src/main.c'], libs: ['util'], packages: ['answer'] },
        util: { kind: 'static-library', sources: ['src/util.c'] },
      },
    }),
    'src/main.c': '#include <answer.h>\nint util(void);\nint main(void) { return ANSWER - util(); }\n',
    'src/util.c': 'int util(void) { return 42; }\n',
  });
