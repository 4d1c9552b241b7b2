import { expect, it } from 'vitest';
import { run } from '../testing/execute.ts';
import { bothPrint, goodBuild, importBuild, outputOf, problemsOf } from '../testing/imported.ts';
import { projectOf } from '../testing/project.ts';

it('builds files of any name with flags of any text', async () => {
  const project = projectOf({
    'build.sh': [
      'set -e',
      `cc -c 'a dir/it'"'"'s "x" $y #z.c' -o 'a dir/ü.o' -Ia\\ dir/inc -include conf.h '-DTEXT="a b $HOME \\\\ , %"' '-DLIST(a,b)=a+b' -DEMPTY= -MMD -MF 'a dir/ü.d'`,
      `ar cr 'a dir/lib $s.a' 'a dir/ü.o'`,
      `cc -c main.c -o 'main$.o' && cc -o 'a dir/the prog' 'main$.o' 'a dir/lib $s.a'`,
      // Same name, other place, other flags.
      'mkdir -p one two && cc -DN=1 -o one/tool tool.c && cc -DN=2 -o two/tool tool.c',
      './wrap.sh cc -DN=3 -c tool.c -o -dash.o && env LC_ALL=C nice cc -o three ./-dash.o',
      '',
    ].join('\n'),
    'wrap.sh': '#!/bin/sh\nexec "$@"\n',
    'a dir/it\'s "x" $y #z.c':
      '#include "../other dir/read.h"\n#include "../other dir/../up.h"\nint LIST(va, lue);\nconst char *text(void) { return TEXT CONF UP; }\n'.replace(
        'int LIST(va, lue);\n',
        'int list(void) { return LIST(1, 2); }\n',
      ),
    'other dir/read.h': '',
    'up.h': '#define UP "up"\n',
    'a dir/inc/conf.h': '#define CONF "conf"\n',
    'main.c':
      '#include <stdio.h>\nconst char *text(void); int list(void);\nint main(void) { printf("%s %d\\n", text(), list()); return 0; }\n',
    'tool.c': '#include <stdio.h>\nint main(void) { printf("%d\\n", N); return 0; }\n',
  });
  await run('chmod', ['+x', 'wrap.sh'], project.root);
  const plan = await importBuild(project, ['sh', './build.sh']);
  expect(problemsOf(plan)).toEqual([]);
  const cycle = await goodBuild(project);
  for (const { name, path } of plan.products.filter(({ target }) => target)) {
    const [ours, theirs] = await bothPrint(project, cycle, name, path);
    expect([name, ours]).toEqual([name, theirs]);
  }
  expect(plan.products.map(({ name }) => name)).toEqual(['lib-s.a', 'the-prog', 'one-tool', 'two-tool', 'three']);
  project.edit('a dir/inc/conf.h', '"conf"', '"CONF"');
  const edited = await goodBuild(project);
  expect(edited.rebuilt).toEqual(['a dir/ü.o', 'lib-s.a', 'the-prog']);
  expect(await project.run(`${outputOf(edited, 'the-prog')}/the prog`)).toContain('CONFup 3');
});
