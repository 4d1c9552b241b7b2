import { describe, expect, it } from 'vitest';
import { mapLinkPaths, printLinkWords } from './link-words.ts';
import { parseLinkerCommand } from './linker-command.ts';
import type { LinkerCommand } from './linker-command.ts';

const none = (): string => '';

describe('a command of ld', () => {
  it.each<readonly [line: string, expected: Partial<LinkerCommand>, words: string]>([
    ['ld -r -o x.o a.o b.o', { output: 'x.o', form: 'object', inputs: ['a.o', 'b.o'] }, '-r a.o b.o'],
    [
      'ld -r -b binary -o data.o file.txt',
      { output: 'data.o', form: 'object', inputs: ['file.txt'] },
      '-r -b binary file.txt',
    ],
    [
      'ld --relocatable --format=binary a.bin --output=a.o',
      { output: 'a.o', form: 'object', inputs: ['a.bin'] },
      '--relocatable --format=binary a.bin',
    ],
    ['ld.bfd -m elf_x86_64 -T link.ld -ofoo a.o', { output: 'foo', inputs: ['a.o'] }, '-m elf_x86_64 -T link.ld a.o'],
    [
      'ld -shared -soname x.so -o x.so.1 a.o -lz',
      { output: 'x.so.1', form: 'shared-library', soname: 'x.so', inputs: ['a.o'] },
      '-shared -soname x.so a.o -lz',
    ],
    [
      'ld -Bshareable --soname=x a.o',
      { form: 'shared-library', soname: 'x', inputs: ['a.o'] },
      '-Bshareable --soname=x a.o',
    ],
    ['ld -hx a.o --hash-style gnu -help-me', { soname: 'x', inputs: ['a.o'] }, '-hx a.o --hash-style gnu -help-me'],
    ['ld -omagic a.o --omagic', { output: 'magic', inputs: ['a.o'] }, 'a.o --omagic'],
    [
      'ld --whole-archive x.a --no-whole-archive -( y.a z.a -)',
      { inputs: ['x.a', 'y.a', 'z.a'] },
      '--whole-archive x.a --no-whole-archive -( y.a z.a -)',
    ],
    ['ld --version', { action: 'inspect' }, '--version'],
    ['ld -v', { action: 'inspect' }, '-v'],
    ['ld a.o -o', { inputs: ['a.o'] }, 'a.o -o'],
    ['ld', { action: 'inspect' }, ''],
  ])('%s', (line, expected, words) => {
    const command = parseLinkerCommand(line.split(' '));
    const blank = { action: 'link', inputs: [], output: undefined, soname: undefined, form: 'executable' };
    expect({ ...command, words: undefined }).toEqual({ ...blank, ...expected, words: undefined });
    expect(printLinkWords(command.words, none).join(' ')).toBe(words);
  });

  it('has its paths rewritten', () => {
    const { words } = parseLinkerCommand(
      'ld -T a -Lb -R c --version-script=d -rpath e:f -Map g h.o -e main'.split(' '),
    );
    expect(
      printLinkWords(
        mapLinkPaths(words, (path) => path.toUpperCase()),
        none,
      ).join(' '),
    ).toBe('-T A -LB -R C --version-script=D -rpath E -rpath F -Map G H.O -e main');
  });
});
