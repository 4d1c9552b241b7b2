import { expect, it } from 'vitest';
import { run } from '../testing/execute.ts';
import { bothPrint, goodBuild, importBuild, outputOf, problemsOf } from '../testing/imported.ts';
import { projectOf } from '../testing/project.ts';

/** Whether a program has symbols. */
const symbolsOf = async (file: string): Promise<boolean> => (await run('nm', [file], '/')).includes(' main');

const returning = (name: string, value: string): string => `int ${name}(void) { return ${value}; }\n`;

it('makes objects as assembler, linker, objcopy and strip have made them', async () => {
  const project = projectOf({
    'build.sh': [
      'set -e',
      'mkdir -p out',
      'cc -c plain.s -o out/plain.o',
      'cc -c -Iinc upper.S -o out/upper.o',
      'as -I data --defsym VALUE=3 -o out/hand.o hand.s',
      'ld -r -b binary -o out/text.o data/text.txt',
      'objcopy -I binary -O elf64-x86-64 -B i386:x86-64 data/more.txt out/more.o',
      'cc -c one.c -o out/one.o; cc -c two.c -o out/two.o; cc -c -g three.c -o out/three.o',
      'ld -r -o out/both.o out/one.o out/two.o',
      'cc -r -nostdlib -o out/all.o out/both.o out/three.o',
      'objcopy --redefine-sym three=drei out/all.o',
      'objcopy --redefine-syms=names.txt out/all.o out/named.o',
      // An object before and after objcopy, in one archive.
      'cc -c four.c -o out/four.o; ar cr out/lib.a out/four.o',
      'objcopy --prefix-symbols=p_ out/four.o; ar q out/lib.a out/four.o out/more.o',
      'cc -g -o prog main.c out/plain.o out/upper.o out/hand.o out/text.o out/named.o out/lib.a -Wl,-z,noexecstack',
      'strip -o prog-stripped prog',
      'cp prog whole; strip whole',
      'mkdir -p dest && install -s prog dest/installed',
      'objcopy --only-keep-debug prog prog.debug && cp prog linked && strip linked && objcopy --add-gnu-debuglink=prog.debug linked',
      '',
    ].join('\n'),
    'plain.s': '.globl plain\nplain: mov $11, %eax\n ret\n.section .note.GNU-stack,"",@progbits\n',
    'upper.S':
      '#include "value.h"\n.globl upper\nupper: mov $VALUE, %eax\n ret\n.globl blob\nblob: .incbin "data/blob.bin"\n',
    'inc/value.h': '#define VALUE 12\n',
    'hand.s': '.include "part.inc"\n.globl hand\nhand: mov $VALUE, %eax\n add $TEN, %eax\n ret\n',
    'data/part.inc': 'TEN = 10\n',
    'data/blob.bin': 'BLOB\n',
    'data/text.txt': 'text\n',
    'data/more.txt': 'more\n',
    'names.txt': 'one eins\n',
    'one.c': returning('one', '1'),
    'two.c': returning('two', '2'),
    'three.c': returning('three', '3'),
    'four.c': returning('four', '4'),
    'main.c':
      '#include <stdio.h>\nint plain(void), upper(void), hand(void), eins(void), two(void), drei(void), four(void), p_four(void);\n' +
      'extern char blob[], _binary_data_text_txt_start[], _binary_data_more_txt_start[];\n' +
      'int main(void) { printf("%d %d %d %d %d %d %d %d %.4s %.4s %.4s\\n", plain(), upper(), hand(), eins(), two(), drei(), four(), p_four(),' +
      ' blob, _binary_data_text_txt_start, _binary_data_more_txt_start); return 0; }\n',
  });
  const plan = await importBuild(project, ['sh', 'build.sh']);
  expect(problemsOf(plan)).toEqual([]);
  const first = await goodBuild(project);
  const said = '11 12 13 1 2 3 4 4 BLOB text more\n0';
  for (const [target, own] of [
    ['prog', 'prog'],
    ['prog-stripped', 'prog-stripped'],
    ['whole', 'whole'],
    ['installed', 'dest/installed'],
    ['linked', 'linked'],
  ] as const) {
    expect(await bothPrint(project, first, target, own)).toEqual([said, said]);
    // Stripped where the build's own is.
    const files = [`${outputOf(first, target)}/${target}`, own].map((file) => project.path(file));
    const [ours, theirs] = await Promise.all(files.map((file) => symbolsOf(file)));
    expect(ours).toEqual(theirs);
  }
  project.edit('data/blob.bin', 'BLOB', 'BULB');
  const blob = await goodBuild(project);
  expect(blob.rebuilt).toContain('out/upper.o');
  expect(blob.rebuilt).not.toContain('out/plain.o');
  project.edit('data/more.txt', 'more', 'less');
  project.edit('data/part.inc', '10', '20');
  project.edit('two.c', '2', '22');
  const edited = await goodBuild(project);
  expect(edited.rebuilt).toEqual(
    expect.arrayContaining(['out/hand.o', 'out/two.o', 'both', 'out-all', 'named', 'more']),
  );
  expect(edited.rebuilt).not.toContain('text');
  expect(await project.run(`${outputOf(edited, 'whole')}/whole`)).toBe('11 12 23 1 22 3 4 4 BULB text less\n');
});
