import { expect, it } from 'vitest';
import { createManualClock } from '../testing/fakes/manual-clock.ts';
import { createMemoryFiles, paths } from '../testing/fakes/memory-files.ts';
import { AskingPlaces } from './asking-places.ts';

it('finds where files ask for more than they include, and reads each once', () => {
  const files = createMemoryFiles(createManualClock(), {
    'a.c': 'int x;\n#if __has_include("b.h")\n#endif\n__asm__(".incbin \\"blob\\"");\n',
    'a.h': '#  pragma GCC dependency "x"\n#embed <y>\nconst char *t = __TIMESTAMP__;\n',
    'b.h': 'int has_include, incbin;\n#include "c.h"\n',
  });
  const places = new AskingPlaces(files);
  expect(
    places.of(paths('a.c', 'a.h', 'b.h', 'gone.h')).map(({ file, line, what }) => `${file}:${line}: ${what}`),
  ).toEqual([
    'a.c:2: __has_include',
    'a.c:4: .incbin',
    'a.h:1: #  pragma GCC dependency',
    'a.h:2: #embed',
    'a.h:3: __TIMESTAMP__',
  ]);
  const reads = files.reads.length;
  places.of(paths('a.h', 'a.c'));
  expect(files.reads).toHaveLength(reads);
});
