import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { cycleOf } from '../testing/cycle.ts';
import { describeDynamic } from '../testing/dynamic.ts';
import { makenix } from '../testing/makenix.ts';
import { projectOf, type TestProject } from '../testing/project.ts';

const system = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux`;

/**
 * A nixpkgs of three packages, which are derivations as in the real one (whose place no test can take: it needs a
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

describeDynamic('with the nixpkgs toolchain', () => {
  it('makes the derivations that the other mode makes, compiler and packages being derivations', async () => {
    const packages = projectOf({ 'default.nix': nixpkgs });
    const project = projectOf({
      'makenix.json': JSON.stringify({
        targets: {
          main: { sources: ['src/main.c'], libs: ['util'], packages: ['answer'] },
          util: { kind: 'static-library', sources: ['src/util.c'] },
        },
      }),
      'src/main.c': '#include <answer.h>\nint util(void);\nint main(void) { return ANSWER - util(); }\n',
      'src/util.c': 'int util(void) { return 42; }\n',
    });
    const first = await build(project, packages, '--dynamic');
    expect(first).toMatchObject({ outcome: 'built', rebuilt: ['main', 'src/main.o', 'src/util.o', 'util'] });
    expect(await build(project, packages)).toMatchObject({ rebuilt: [], failed: [], outputs: first.outputs });

    project.append('src/util.c', 'int more;\n');
    const second = await build(project, packages);
    expect(second.rebuilt).toEqual(['main', 'src/util.o', 'util']);
    expect(await build(project, packages, '--dynamic')).toMatchObject({ rebuilt: [], outputs: second.outputs });
  });
});

async function build({ root, store }: TestProject, packages: TestProject, ...more: readonly string[]) {
  const env = {
    NIX_PATH: `nixpkgs=${packages.root}`,
    // Nobody else has these packages.
    NIX_CONFIG: `substituters =\nextra-sandbox-paths = /usr /lib? /lib64? /etc/alternatives? ${dirname(process.execPath)}`,
  };
  const options = ['-C', root, '--store', store, '--toolchain', 'nixpkgs', ...more];
  const { events, stderr } = await makenix(['build', '--json', ...options], { env });
  if (events.length === 0) throw new Error(stderr);
  return cycleOf(events);
}
