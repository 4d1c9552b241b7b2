import { describe, expect, it } from 'vitest';
import { printLinkWords } from './link-words.ts';
import { parseObjcopyCommand, parseStripCommand } from './object-tool-command.ts';
import type { ObjectToolCommand } from './object-tool-command.ts';

const summary = ({ action, inputs, output, flags }: ObjectToolCommand) => ({
  action,
  inputs,
  output,
  flags: printLinkWords(flags, () => '').join(' '),
  files: flags.flatMap((word) => (word.kind === 'file' ? [`${word.isWritten ? '>' : ''}${word.path}`] : [])),
});

const blank = { action: 'rewrite', inputs: [], output: undefined, flags: '', files: [] };

describe('a command of strip', () => {
  it.each<readonly [line: string, expected: object]>([
    ['strip prog', { inputs: ['prog'] }],
    ['strip -g --strip-unneeded a b', { inputs: ['a', 'b'], flags: '-g --strip-unneeded' }],
    ['strip -o out -R .comment -K main in', { inputs: ['in'], output: 'out', flags: '-R .comment -K main' }],
    ['strip in -oout -R.note --keep-symbol=x', { inputs: ['in'], output: 'out', flags: '-R.note --keep-symbol=x' }],
    ['strip -xR .comment --remove-section .x in', { inputs: ['in'], flags: '-xR .comment --remove-section .x' }],
    ['strip -- -in', { inputs: ['-in'] }],
    ['strip --version', { action: 'inspect', flags: '--version' }],
    ['strip -V in', { action: 'inspect', inputs: ['in'], flags: '-V' }],
  ])('%s', (line, expected) => {
    expect(summary(parseStripCommand(line.split(' ')))).toEqual({ ...blank, ...expected });
  });
});

describe('a command of objcopy', () => {
  it.each<readonly [line: string, expected: object]>([
    ['objcopy a.o', { inputs: ['a.o'] }],
    ['objcopy -S a.o b.o', { inputs: ['a.o'], output: 'b.o', flags: '-S' }],
    [
      'objcopy -I binary -O elf64-x86-64 -B i386 a.txt a.o',
      { inputs: ['a.txt'], output: 'a.o', flags: '-I binary -O elf64-x86-64 -B i386' },
    ],
    [
      'objcopy -j .text -R .x -K k -N n -L l -G g -W w a b',
      { inputs: ['a'], output: 'b', flags: '-j .text -R .x -K k -N n -L l -G g -W w' },
    ],
    ['objcopy --add-section .x=data a', { inputs: ['a'], flags: '--add-section .x=data', files: ['data'] }],
    [
      'objcopy --add-section=.x=data --dump-section .y=out a',
      { inputs: ['a'], flags: '--add-section=.x=data --dump-section .y=out', files: ['data', '>out'] },
    ],
    [
      'objcopy --redefine-syms=syms --keep-symbols keep a b',
      { inputs: ['a'], output: 'b', flags: '--redefine-syms=syms --keep-symbols keep', files: ['syms', 'keep'] },
    ],
    [
      'objcopy --add-gnu-debuglink=a.debug a',
      { inputs: ['a'], flags: '--add-gnu-debuglink=a.debug', files: ['a.debug'] },
    ],
    [
      'objcopy --only-keep-debug --compress-debug-sections a a.debug',
      { inputs: ['a'], output: 'a.debug', flags: '--only-keep-debug --compress-debug-sections' },
    ],
    [
      'objcopy --rename-section .data=.rodata,alloc --redefine-sym a=b --set-section-flags .x=code a',
      { inputs: ['a'], flags: '--rename-section .data=.rodata,alloc --redefine-sym a=b --set-section-flags .x=code' },
    ],
    ['objcopy -b 0 -i 2 a b', { inputs: ['a'], output: 'b', flags: '-b 0 -i 2' }],
    ['objcopy --info', { action: 'inspect', flags: '--info' }],
    ['objcopy', { action: 'inspect' }],
  ])('%s', (line, expected) => {
    expect(summary(parseObjcopyCommand(line.split(' ')))).toEqual({ ...blank, ...expected });
  });
});
