import { describe, expect, it } from 'vitest';
import { parseCompilerCommand } from './compiler-command.ts';
import { mapLinkPaths, printLinkWords } from './link-words.ts';
import type { LinkWord } from './link-words.ts';

const parse = (line: string) => parseCompilerCommand(line.split(' '));

describe('a link names', () => {
  const named = (line: string) =>
    parse(line).linkWords.flatMap((word: LinkWord) => {
      if (word.kind === 'library') return [`library ${word.name}`];
      if (word.kind === 'input') return [`input ${word.path}`];
      if (word.kind === 'directory') return [`${word.flag} ${word.path}`];
      return word.kind === 'file' ? [`${word.isWritten ? 'written' : 'file'} ${word.flag} ${word.path}`] : [];
    });

  it.each<readonly [words: string, ...names: string[]]>([
    ['x.o', 'input x.o'],
    ['-Wl,--version-script=zlib.map', 'file version-script zlib.map'],
    ['-Wl,--version-script,zlib.map', 'file version-script zlib.map'],
    ['-Wl,--whole-archive,libx.a,liby.a,--no-whole-archive', 'input libx.a', 'input liby.a'],
    ['-Xlinker libx.a', 'input libx.a'],
    ['-T script.ld', 'file T script.ld'],
    ['-Tscript.ld', 'file T script.ld'],
    ['-Wl,-T,script.ld', 'file T script.ld'],
    ['-Wl,-Tscript.ld', 'file T script.ld'],
    ['-Tdata 0x1 -Tbss=0x2 -Wl,-Ttext=0x3 -Wl,-Ttext-segment,0x4'],
    ['-Wl,--dynamic-list=x', 'file dynamic-list x'],
    ['-Wl,--retain-symbols-file=x', 'file retain-symbols-file x'],
    ['-Wl,-rpath,/a:/b::', 'rpath /a', 'rpath /b'],
    ['-Wl,-rpath=/a', 'rpath /a'],
    ['-Wl,-rpath -Wl,/a', 'rpath /a'],
    ['-Wl,-rpath-link,/a:/b', 'rpath-link /a', 'rpath-link /b'],
    ['-Xlinker -rpath -Xlinker /a', 'rpath /a'],
    [
      '-L a -Lb --library-directory=c -Wl,-L,d -Wl,-Le -L=f',
      'search a',
      'search b',
      'search c',
      'search d',
      'search e',
    ],
    ['-lz -l m -l:libq.a -Wl,-lw', 'library z', 'library m', 'library :libq.a', 'library w'],
    [
      '-Wl,-Map,a.map -Wl,-Map=b.map -Wl,--out-implib,c.a',
      'written Map a.map',
      'written Map b.map',
      'written out-implib c.a',
    ],
    ['-Wl,--dependency-file,a.d'],
    ['-specs=a.specs -fplugin=p.so', 'file -specs= a.specs', 'file -fplugin= p.so'],
    ['-B a -Bb/ --sysroot=/s --sysroot /t', 'prefix a', 'prefix b/', 'sysroot /s', 'sysroot /t'],
    ['-Wl,@words', 'file @ words'],
    ['-u main -z now -e start -Wl,-z,relro -Wl,-u,x -Wl,--defsym,a=b -Wl,--wrap=x -Wl,-e,y -Wl,-z -Wl,now'],
    ['-rdynamic -Wl,-export-dynamic -Wl,-check-sections -Wl,-hash-style=gnu -Wl,--build-id -Wl,-O1 -Wl,-(,-)'],
  ])('%s', (words, ...names) => {
    expect(named(`gcc ${words} main.o`).slice(0, -1)).toEqual(names);
  });

  it('and each can be rewritten', () => {
    const { linkWords } = parse('gcc a.o b.c -Wl,--whole-archive,c.a -L d -Wl,-T,e -Wl,-rpath,f:g: -lz');
    const mapped = mapLinkPaths(linkWords, (path, { kind }) => `${kind}/${path}`);
    expect(printLinkWords(mapped, (i) => `object${i}`).join(' ')).toBe(
      'input/a.o object1 -Wl,--whole-archive -Wl,input/c.a -L directory/d -Wl,-T,file/e ' +
        '-Wl,-rpath,directory/f -Wl,-rpath,directory/g: -lz',
    );
  });
});
