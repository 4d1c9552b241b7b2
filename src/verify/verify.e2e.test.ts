import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventsOf } from '../testing/event-log.ts';
import { makeGate } from '../testing/gate.ts';
import { importBuild } from '../testing/imported.ts';
import { makenix, projectOptions, startMakenix, type RunOptions } from '../testing/makenix.ts';
import { projectWithPackage, smallNixpkgs, withNixpkgs } from '../testing/nixpkgs.ts';
import { copyFixture, projectOf, type TestProject } from '../testing/project.ts';
import { temporaryDirectory } from '../testing/temporary.ts';

/** `makenix verify --json` to its end, with what it says of each object. */
async function verify(project: TestProject, args: readonly string[] = [], options: RunOptions = {}) {
  const { exitCode, events, stderr } = await makenix(
    ['verify', '--json', ...projectOptions(project), ...args],
    options,
  );
  return {
    exitCode,
    events,
    stderr,
    verdicts: new Map(eventsOf(events, 'object-verified').map((event) => [event.name, event])),
    finished: eventsOf(events, 'verification-finished')[0],
  };
}

const main = 'int main(void) { return 0; }\n';

it('finds that objects of C and C++ are what a compile in the tree makes, and leaves nothing behind', async () => {
  const project = copyFixture('mixed');
  const scratch = temporaryDirectory();
  const before = readdirSync(project.root);
  const { exitCode, verdicts, finished, events } = await verify(project, [], { env: { TMPDIR: scratch } });
  expect(exitCode).toBe(0);
  const objects = eventsOf(events, 'cycle-finished')[0]?.rebuilt.filter((name) => name.endsWith('.o'));
  expect([...verdicts.keys()].sort()).toEqual(objects);
  expect(finished).toMatchObject({ outcome: 'verified', differing: [], failed: [] });
  expect((finished?.same ?? 0) + (finished?.mapped ?? 0)).toBe(objects?.length);
  const added = readdirSync(project.root).filter((name) => !before.includes(name));
  expect(added.filter((name) => !name.startsWith('result')).sort()).toEqual(['.makenix', 'derivation.nix']);
  expect(readdirSync(scratch)).toEqual([]);

  // And again, where there is nothing to build.
  const again = await verify(project);
  expect(eventsOf(again.events, 'cycle-finished')).toMatchObject([{ outcome: 'up-to-date' }]);
  expect(again.finished).toEqual({
    ...finished,
    seq: again.finished?.seq,
    at: again.finished?.at,
    ms: again.finished?.ms,
  });
});

it('names the object that is not, and where it differs, of the targets asked for', async () => {
  const project = projectOf({
    'makenix.json': JSON.stringify({
      targets: { one: { sources: ['one.c', 'two.c'] }, other: { sources: ['other.c'] } },
    }),
    'one.c': main,
    'two.c': 'const char said[] = "what was compiled";\n',
    'other.c': main,
  });
  expect((await verify(project)).exitCode).toBe(0);
  // What no sandbox would do, and no tree says: a store that was tampered with.
  const inStore = join(project.store, 'nix/store');
  const [object = ''] = readdirSync(inStore).filter((name) => name.endsWith('-object-two.o'));
  const bytes = readFileSync(join(inStore, object), 'latin1');
  expect(bytes).toContain('what was compiled');
  chmodSync(join(inStore, object), 0o644);
  writeFileSync(join(inStore, object), bytes.replace('what was compiled', 'what was imagined'), 'latin1');

  const { exitCode, verdicts, finished } = await verify(project, ['one']);
  expect(exitCode).toBe(1);
  expect([...verdicts.keys()].sort()).toEqual(['one.o', 'two.o']);
  expect(verdicts.get('two.o')).toMatchObject({
    ...{ outcome: 'differs', sections: ['.rodata'], files: [], places: [], isRepeatable: true },
  });
  expect(finished).toMatchObject({ outcome: 'differs', same: 1, differing: ['two.o'], failed: [] });
  const people = await makenix(['verify', ...projectOptions(project)]);
  expect(people.stderr).toContain('error: two.o is not what a compile in the tree makes (in .rodata)\n');
  expect(people.stderr).toMatch(/verified: of 3 objects, 1 differs, 2 are the same as compiled in the tree/);
  expect((await verify(project, ['other'])).exitCode).toBe(0);
});

it('says in the words of the compiler what cannot be compiled in the tree', async () => {
  const gate = makeGate();
  const project = projectOf({ 'src/main.c': main, 'src/gated.c': gate.line });
  const running = startMakenix(['verify', '--json', ...projectOptions(project)], { env: gate.env });
  await running.log.next('derivation-started', ({ name }) => name === 'src/gated.o');
  await gate.reached();
  await gate.open();
  const { exitCode, events } = await running.ended;
  expect(exitCode).toBe(1);
  const [failed] = eventsOf(events, 'object-verified').filter(({ name }) => name === 'src/gated.o');
  expect(failed).toMatchObject({ outcome: 'failed', messages: [expect.any(String), expect.stringContaining('/gate')] });
  expect(eventsOf(events, 'verification-finished')).toMatchObject([{ mapped: 1, failed: ['src/gated.o'] }]);
});

it('knows what a sandbox has otherwise: directories, times of files, and what gcc draws by chance', async () => {
  const project = projectOf({
    'makenix.json': JSON.stringify({
      targets: {
        plain: { kind: 'static-library', sources: ['dates.c', 'times.c', 'name.c'] },
        debug: { kind: 'static-library', sources: ['debug.cc'], cflags: ['-g'] },
        kept: { kind: 'static-library', sources: ['kept.c'], cflags: ['-O1', '-g', '-flto'] },
        counted: { kind: 'static-library', sources: ['counted.c'], cflags: ['--coverage', '-frandom-seed=counted'] },
        split: { kind: 'static-library', sources: ['split.c'], cflags: ['-g', '-gsplit-dwarf'] },
        random: { kind: 'static-library', sources: ['random.c'], cflags: ['--coverage'] },
      },
    }),
    'dates.c': 'const char *date = __DATE__, *now = __TIME__;\n',
    'times.c': 'const char *saved = __TIMESTAMP__;\n',
    'name.c': 'const char *file = __FILE__, *base = __BASE_FILE__;\n',
    'debug.cc': '#include <vector>\nnamespace { struct A { A(); std::vector<int> all; } a; A::A() {} }\n',
    'kept.c': 'int twice(int x) { return 2 * x; }\n',
    'counted.c': 'int counted(int x) { return x; }\n',
    'split.c': 'int split(int x) { return x; }\n',
    'random.c': 'int random_(int x) { return x; }\n',
  });
  const { exitCode, verdicts } = await verify(project);
  const outcomes = [...verdicts.values()].map((each) => [
    each.name,
    each.outcome === 'mapped' ? each.mapped.join(' ') : each.outcome,
  ]);
  expect(Object.fromEntries(outcomes)).toEqual({
    ...{ 'dates.o': 'same', 'name.o': 'same', 'counted.o': 'same', 'times.o': 'file-times' },
    ...{ 'debug.o': 'debug-information', 'split.o': 'debug-information' },
    'kept.o': 'debug-information link-time-optimization',
    'random.o': 'differs',
  });
  expect(verdicts.get('random.o')).toMatchObject({ isRepeatable: false });
  expect(exitCode).toBe(1);
  expect((await verify(project, ['plain', 'debug', 'kept', 'counted', 'split'])).exitCode).toBe(0);

  const [objects, names] = [join(project.store, 'nix/store'), ['-object-dates.o', '-object-times.o']];
  const [dates, times] = names.map((end) =>
    readFileSync(join(objects, readdirSync(objects).find((name) => name.endsWith(end)) ?? ''), 'latin1'),
  );
  expect(dates).toMatch(/Jan {2}1 1970\0|00:00:01\0/);
  expect(times).toContain('Thu Jan  1 00:00:01 1970\0');
});

it('compiles by the compiler of nixpkgs and with its packages, where that is the toolchain', async () => {
  const [project, nixpkgs] = [projectWithPackage(), smallNixpkgs()];
  project.edit('makenix.json', '"targets"', '"cflags":["-g"],"targets"');
  // Here the store is not at /nix/store, where the sandbox has it.
  nixpkgs.edit(
    'default.nix',
    '> $out/include/answer.h',
    "> $out/include/answer.h; echo 'static inline const char *place(void) { return __FILE__; }' >> $out/include/answer.h",
  );
  project.append('src/main.c', 'const char *where(void) { return place(); }\n');
  const { exitCode, verdicts, events } = await verify(project, ['--toolchain', 'nixpkgs'], {
    env: withNixpkgs(nixpkgs),
  });
  expect(eventsOf(events, 'daemon-started')).toMatchObject([{ toolchain: 'nixpkgs' }]);
  expect(verdicts.get('src/main.o')).toMatchObject({ outcome: 'mapped', mapped: ['debug-information', 'file-macros'] });
  expect(verdicts.get('src/util.o')).toMatchObject({ outcome: 'mapped', mapped: ['debug-information'] });
  expect(exitCode).toBe(0);
});

it('compiles units of an imported build where that did, with the files that it generates', async () => {
  const project = projectOf({
    Makefile: [
      'all: out/prog',
      'out/version.h: version.txt; mkdir -p out && sed \'s/.*/#define VERSION "&"/\' $< > $@',
      'out/table.c: version.txt; mkdir -p out && sed \'s/.*/int table = sizeof "&";/\' $< > $@',
      'out/prog: out/version.h out/table.c main.c; cd out && cc -g -I. -c ../main.c -o main.o && cc -g -c table.c && cc -o prog main.o table.o',
      '',
    ].join('\n'),
    'version.txt': '1.2\n',
    'main.c':
      '#include "version.h"\n#include <assert.h>\nextern int table;\nint main(void) { assert(table); return VERSION[0] == 0; }\n',
  });
  await importBuild(project, ['make']);
  const { exitCode, verdicts } = await verify(project);
  expect([...verdicts.values()].map(({ name, outcome }) => `${name} ${outcome}`).sort()).toEqual([
    'out/main.o mapped',
    'out/table.o mapped',
  ]);
  expect(exitCode).toBe(0);
});

it('compares nothing where the build failed, and says so', async () => {
  const project = projectOf({ 'src/main.c': 'int main(void) { return no; }\n' });
  const { exitCode, events } = await verify(project);
  expect(exitCode).toBe(1);
  expect(eventsOf(events, 'cycle-finished')).toMatchObject([{ outcome: 'failed' }]);
  expect(eventsOf(events, 'verification-started')).toEqual([]);
});

it('refuses what it does not know, and dynamic mode', async () => {
  const project = projectOf({ 'src/main.c': main });
  expect((await verify(project, ['nothing'])).exitCode).toBe(2);
  const dynamic = await verify(project, ['--dynamic']);
  expect(dynamic.exitCode).toBe(2);
  expect(dynamic.stderr).toContain('both modes have the same derivations of objects');
});
