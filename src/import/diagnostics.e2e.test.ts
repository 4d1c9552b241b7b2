import { expect, it } from 'vitest';
import { eventsOf } from '../testing/event-log.ts';
import { goodBuild, importBuild } from '../testing/imported.ts';
import { build } from '../testing/makenix.ts';
import { projectOf } from '../testing/project.ts';

it('names files from the project, wherever the compiler of the build runs', async () => {
  const project = projectOf({
    Makefile: 'all: ; $(MAKE) -C src\n',
    'src/Makefile': 'CFLAGS = -Wall -I../include\nprog: main.o\n\tcc -o $@ main.o\n',
    'include/odd.h': 'static int odd(void) { int unused; return 3; }\n',
    'src/main.c': '#include "odd.h"\nint main(void) { return odd() - 3; }\n',
  });
  await importBuild(project, ['make']);
  const said = "include/odd.h:1:28: warning: unused variable 'unused' [-Wunused-variable]";
  const note = 'In file included';
  const first = await goodBuild(project);
  expect(first.diagnostics).toEqual([said]);
  expect(eventsOf(first.events, 'log-line').map(({ text }) => text)[0]).toContain(note);
  expect((await goodBuild(project)).diagnostics).toEqual([`(replayed) ${said}`]);

  project.remove('include/odd.h');
  const broken = await build(project);
  expect(broken.failed).toEqual(['src/main.o']);
  expect(eventsOf(broken.events, 'failure').map(({ failure }) => failure)).toMatchObject([
    { kind: 'scan-failed', source: 'src/main.c', diagnostics: [{ file: 'src/main.c', line: 1, column: 10 }] },
  ]);
});
