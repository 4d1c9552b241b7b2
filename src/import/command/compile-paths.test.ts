import { describe, expect, it } from 'vitest';
import { mapCompilePaths, pathsOf } from './compile-paths.ts';

describe('paths among compile flags', () => {
  it.each<readonly [flags: string, mapped: string]>([
    [
      '-I inc -Iinc -iquote q -iquoteq -isystem s -isystems -idirafter d',
      '-I search<inc> -Isearch<inc> -iquote search<q> -iquotesearch<q> -isystem search<s> -isystemsearch<s> -idirafter search<d>',
    ],
    ['-include a.h -imacros m.h --include=b.h', '-include include<a.h> -imacros include<m.h> --include=include<b.h>'],
    ['-B b -Bb/ -iprefix p', '-B prefix<b> -Bprefix<b/> -iprefix prefix<p>'],
    ['-iwithprefixbefore w -iwithprefix w', '-iwithprefixbefore search<w> -iwithprefix search<w>'],
    ['--sysroot=/s --sysroot /s -isysroot /s', '--sysroot=sysroot</s> --sysroot sysroot</s> -isysroot sysroot</s>'],
    ['-specs=a -fplugin=p.so -fplugin-arg-p-x=/y', '-specs=specs<a> -fplugin=plugin<p.so> -fplugin-arg-p-x=/y'],
    ['-fprofile-use=p -fprofile-use', '-fprofile-use=profile<p> -fprofile-use'],
    [
      '-ffile-prefix-map=/a=/b -fmacro-prefix-map=./=',
      '-ffile-prefix-map=prefix-map</a>=/b -fmacro-prefix-map=prefix-map<./>=',
    ],
    [
      '-Wp,-Ia,-DX -Xpreprocessor -I -Xpreprocessor b',
      '-Wp,-Isearch<a>,-DX -Xpreprocessor -I -Xpreprocessor search<b>',
    ],
    ['-Wa,-I,a -Wa,-x', '-Wa,-I,search<a> -Wa,-x'],
    ['-Xclang -include-pch -Xclang p.pch', '-Xclang -include-pch -Xclang file<p.pch>'],
    ['-I=/usr/include -I$SYSROOT/x -I-', '-I=/usr/include -I$SYSROOT/x -I-'],
    ['-DX=/a -O2 -std=c99 -Wno-x --param a=/b -D -Ix', '-DX=/a -O2 -std=c99 -Wno-x --param a=/b -D -Ix'],
    ['-I', '-I'],
  ])('%s', (flags, mapped) => {
    expect(mapCompilePaths(flags.split(' '), (path, role) => `${role}<${path}>`).join(' ')).toBe(mapped);
  });

  it('are listed in order', () => {
    expect(pathsOf(['-O2', '-Iinc', '-include', 'a b.h'])).toEqual([
      { path: 'inc', role: 'search' },
      { path: 'a b.h', role: 'include' },
    ]);
  });
});
