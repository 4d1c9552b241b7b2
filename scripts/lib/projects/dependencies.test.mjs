import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { chooseEdits, dependenciesOf } from './dependencies.mjs';

it('asks the compiler, and chooses what was fetched and counts', async () => {
  const tree = realpathSync(mkdtempSync(join(tmpdir(), 'makenix-dependencies-')));
  try {
    const files = {
      'a.c': '#include "common.h"\n#include "generated.h"\n',
      'b.c': '#include "common.h"\n#include "generated.h"\n#include "template.c"\n',
      'c.c': '#include "generated.h"\n#include <stdio.h>\n',
      'template.c': '',
      'common.h': '',
    };
    const write = (/** @type {[string, string][]} */ entries) => {
      for (const [name, text] of entries) writeFileSync(join(tree, name), text);
    };
    write(Object.entries(files));
    const units = ['a', 'b', 'c', 'template'].map((name) => ({
      source: `${name}.c`,
      object: `${name}.o`,
      command: {
        program: 'gcc',
        directory: tree,
        args: ['-MD', '-MF', `${name}.d`, '-c', '-o', `${name}.o`, `${name}.c`],
      },
    }));
    write([['generated.h', '']]);
    const { signal } = new AbortController();
    const dependencies = await dependenciesOf({ tree, units, env: process.env, signal });
    expect(dependencies.get('c.o')).toEqual(['c.c', 'generated.h']);
    rmSync(join(tree, 'generated.h'));

    const build = { units, products: [], nameOf: (/** @type {string} */ path) => path };
    const isMain = (/** @type {readonly string[]} */ objects) => !objects.includes('c.o');
    expect(chooseEdits({ source: tree, build, dependencies, isMain })).toEqual({
      leaf: { file: 'b.c', objects: ['b.o'] },
      header: { file: 'common.h', objects: ['a.o', 'b.o'] },
    });
  } finally {
    rmSync(tree, { recursive: true });
  }
});
