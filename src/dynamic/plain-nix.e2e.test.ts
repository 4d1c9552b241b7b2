import { expect, it } from 'vitest';
import { run } from '../testing/execute.ts';
import { describeDynamic, dynamicProject, filesBelow, linkedProgram, nixOptions } from '../testing/dynamic.ts';
import { inputsOf } from '../testing/nix.ts';
import { copyFixture, projectOf } from '../testing/project.ts';

/** What an edit of one source costs before anything is compiled: its part, and the target. */
const rederived = ['makenix-projection', 'object', 'main.drv'];
const rescanned = [...rederived, 'makenix-plan', 'makenix-scan'];

describeDynamic('nix build -f default.nix, without makenix', () => {
  it('builds the program, and leaves nothing in the tree', async () => {
    const project = await dynamicProject(copyFixture('hello'));
    const before = filesBelow(project.root);
    const { built, results, stderr } = await project.nixBuild();
    expect(built, stderr).toEqual(
      [
        ...['main', 'main.drv', 'makenix-plan', 'makenix-present', 'makenix-projection', 'makenix-projection'],
        ...['makenix-scan', 'makenix-stage', 'object', 'object-src-hello.o', 'object-src-main.o'],
        ...['object-src-world.o', 'result'],
      ].sort(),
    );
    expect(await run(linkedProgram(results[0]!), [], project.root)).toBe('Hello, World!\n');
    // As a person does it: the link that `nix build` makes is the program.
    expect(await run(results[0]!, [], project.root)).toBe('Hello, World!\n');
    expect(filesBelow(project.root)).toEqual(before);
    expect((await project.nixBuild()).built).toEqual([]);
  });

  it('rebuilds an edited source and links', async () => {
    const project = await dynamicProject(copyFixture('hello'));
    await project.nixBuild();
    project.edit('src/hello.c', 'Hello', 'Goodbye');
    const { built, results } = await project.nixBuild();
    expect(built).toEqual([...rederived, 'object-src-hello.o', 'main', 'result'].sort());
    expect(await run(results[0]!, [], project.root)).toBe('Goodbye, World!\n');
  });

  it('cuts the link off after an edit of a comment', async () => {
    const project = await dynamicProject(copyFixture('hello'));
    const { results } = await project.nixBuild();
    project.append('src/hello.c', '/* Nothing but a comment. */\n');
    const after = await project.nixBuild();
    expect(after.built).toEqual([...rederived, 'object-src-hello.o'].sort());
    expect(after.results).toEqual(results);
  });

  it('rebuilds the dependents of an edited header, without a scan', async () => {
    const project = await dynamicProject(copyFixture('hello'));
    await project.nixBuild();
    project.edit('src/hello.h', '#endif', 'static const int twice __attribute__((used)) = 2;\n\n#endif');
    const { built } = await project.nixBuild();
    expect(built).toEqual([...rederived, 'object-src-hello.o', 'object-src-main.o', 'main', 'result'].sort());
  });

  it('scans, compiles and links a new source', async () => {
    const project = await dynamicProject(copyFixture('hello'));
    await project.nixBuild();
    project.write('src/extra.c', '#include "world.h"\nint extra;\n');
    const { built } = await project.nixBuild();
    expect(built).toEqual([...rescanned, 'object-src-extra.o', 'main', 'result'].sort());
    project.remove('src/extra.c');
    expect((await project.nixBuild()).built).toEqual([]);
  });

  it('scans for a new include of a header that is there', async () => {
    const project = await dynamicProject(copyFixture('hello'));
    await project.nixBuild();
    project.edit('src/hello.c', '#include "hello.h"\n', '#include "hello.h"\n#include "world.h"\n');
    expect((await project.nixBuild()).built).toEqual([...rescanned, 'object-src-hello.o', 'main', 'result'].sort());
    // It is an input from now on.
    project.edit('src/world.h', '#endif', 'static const int twice __attribute__((used)) = 2;\n\n#endif');
    expect((await project.nixBuild()).built).toContain('object-src-hello.o');
  });

  it('lists the objects as inputs of the target', async () => {
    const project = await dynamicProject(copyFixture('hello'));
    await project.nixBuild();
    const { stdout } = await project.nix('derivation show', 'main');
    const [, drv = ''] = /"([^"]*-main\.drv)"/.exec(stdout) ?? [];
    const inputs = inputsOf(stdout, drv).map((path) => path.replace(/^.*?[0-9a-z]{32}-/, ''));
    expect(inputs.sort()).toEqual([
      'makenix-stage.drv',
      'object-src-hello.o.drv',
      'object-src-main.o.drv',
      'object-src-world.o.drv',
    ]);
  });

  it('builds one target of several by name, or all at their places', async () => {
    const project = await dynamicProject(copyFixture('mixed'));
    const one = await project.nixBuild('targets.shout');
    expect(one.built).not.toContain('area');
    expect(await run(`${one.results[0]}/bin/shout`, [], project.root)).toBe('HELLO HELLO\n');
    const all = await project.nixBuild();
    expect(filesBelow(all.results[0]!)).toEqual(['bin/area', 'bin/shout', 'lib/libgeometry.so', 'lib/libtext.a']);
    expect(await run(`${all.results[0]}/bin/area`, ['4'], project.root)).toBe('circle 3.142, polygon 2.000\ndone\n');
  });

  it('says of a mistake in makenix.json where it is', async () => {
    const project = await dynamicProject(copyFixture('hello'));
    project.edit('makenix.json', '"sources"', '"cflag": [], "sources"');
    const { exitCode, stderr } = await project.nixBuild();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('makenix.json:5:7: unknown key \\"cflag\\"');
  });

  it('fails in the object of what is wrong, at its place', async () => {
    const project = await dynamicProject(copyFixture('hello'));
    project.edit('src/hello.c', '#include "hello.h"', '#include "nowhere.h"');
    project.edit('src/world.c', '#include "world.h"', '#include "world.h"\n#error not here');
    const { exitCode, built } = await project.nixBuild();
    expect(exitCode).toBe(1);
    expect(built).not.toContain('main');
    const { stderr: log } = await project.nix('build', '--no-link', '--keep-going', '-L', 'main');
    expect(log).toMatch(/src\/hello\.c:\d+:10: fatal error: nowhere\.h: No such file or directory/);
    expect(log).toMatch(/src\/world\.c:\d+:2: error: #error not here/);
  });

  it('must be told of a source with an object that others include, and says how', async () => {
    // So many that they are in several parts: within one, all sources are at hand.
    const names = Array.from({ length: 40 }, (_, i) => `src/part${i}.c`);
    const project = await dynamicProject(
      projectOf({
        'makenix.json': '{ "targets": { "main": { "sources": ["src/*.c"] } } }',
        'src/main.c': '#include "part0.c"\n#include "part1.c"\n#include "part2.c"\nint main(void) { return 0; }\n',
        ...Object.fromEntries(
          names.map((name, i) => [name, `static const int number = ${i};\n`.replace('number', `n${i}`)]),
        ),
      }),
    );
    const refused = await project.nix('build', '--no-link', '-L');
    const [, path = ''] = /(\S+) is a source of its own and is included by another/.exec(refused.stderr) ?? [];
    expect(['src/part0.c', 'src/part1.c', 'src/part2.c']).toContain(path);
    expect(refused.stderr).toContain(`add it to "included" in makenix.json: "included": ["${path}"]`);
    const included = ['src/part0.c', 'src/part1.c', 'src/part2.c'];
    project.write('makenix.json', JSON.stringify({ included, targets: { main: { sources: ['src/*.c'] } } }));
    expect((await project.nixBuild()).exitCode).toBe(0);
    for (const [i, part] of included.entries()) {
      project.append(part, 'extern int more;\n');
      expect((await project.nixBuild()).built).toEqual(
        expect.arrayContaining(['object-src-main.o', `object-src-part${i}.o`]),
      );
    }
  });

  it('compiles nothing anew for another version of makenix', async () => {
    const project = await dynamicProject(copyFixture('hello'));
    const { results } = await project.nixBuild();
    project.append('nix/makenix/makenix.cjs', '// Another version, which makes the same derivations.\n');
    const { built, results: same } = await project.nixBuild();
    expect(built).toEqual([
      'main.drv',
      'makenix-plan',
      'makenix-projection',
      'makenix-projection',
      'makenix-scan',
      'object',
    ]);
    expect(same).toEqual(results);
  });

  it('is a package of a flake', async () => {
    const project = await dynamicProject(copyFixture('mixed'), '--flake');
    const nixpkgs = projectOf({
      'flake.nix': `{
        outputs = _: {
          lib.genAttrs = names: value: builtins.listToAttrs (map (name: { inherit name; value = value name; }) names);
          legacyPackages = builtins.mapAttrs (_: system: {
            stdenv = { hostPlatform.system = system; cc = { outPath = "/usr"; bintools.outPath = "/usr"; }; };
            nodejs.outPath = "${process.execPath.replace(/\/bin\/[^/]*$/, '')}";
          }) { x86_64-linux = "x86_64-linux"; aarch64-linux = "aarch64-linux"; };
        };
      }`,
    });
    const options = [...nixOptions(project), '--extra-experimental-features', 'flakes'];
    const inputs = ['--override-input', 'nixpkgs', `path:${nixpkgs.root}`, '--no-write-lock-file'];
    const flake = `path:${project.root}`;
    const built = await run('nix', ['build', ...options, ...inputs, '--no-link', '--print-out-paths', flake], '/');
    expect(await run(`${project.store}${built.trim()}/bin/shout`, [], '/')).toBe('HELLO HELLO\n');
  });
});
