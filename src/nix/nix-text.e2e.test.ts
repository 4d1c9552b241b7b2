import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { run } from '../testing/execute.ts';
import { canaryNames, hostileNames } from '../testing/hostile-names.ts';
import { storeParent, temporaryDirectory } from '../testing/temporary.ts';
import { nixAttribute, nixPath, nixString, nixStrings } from './nix-text.ts';

/** A string of the project: whatever is no NUL and has a UTF-8 form. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '$',
        '${',
        '$$',
        '\\',
        '"',
        "''",
        '{',
        '}',
        '\n',
        '\r',
        '\r\n',
        '\t',
        ' ',
        'a',
        '\\n',
        '#',
        '/*',
        'or',
      ),
      fc.string({ unit: 'grapheme', maxLength: 3 }).map((any) => any.replaceAll('\0', '')),
      fc.string({ unit: 'binary', maxLength: 2 }).map((any) => any.replace(/\0|\p{Surrogate}/gu, '')),
    ),
    { maxLength: 10 },
  )
  .map((parts) => parts.join(''));

/** One process for all of them: a law over a thousand strings would be a minute of starting Nix. */
it('is read by Nix itself as what was printed: strings, lists, names of attributes, paths', async () => {
  const samples = [...new Set([...hostileNames, ...canaryNames, ...fc.sample(text, 2000)])];
  const segments = samples.map((each) => each.replaceAll('/', '')).filter((each) => !['', '.', '..'].includes(each));
  const expression = join(temporaryDirectory(), 'expression.nix');
  writeFileSync(
    expression,
    `{
  strings = [
${samples.map((each) => `    ${nixString(each)}\n`).join('')}  ];
  list = ${nixStrings(samples)};
  names = builtins.attrNames {
${samples.map((each) => `    ${nixAttribute(each)} = 1;\n`).join('')}  };
  paths = map toString [
${segments.map((each) => `    ${nixPath(`/nowhere/${each}/x`)}\n`).join('')}  ];
}
`,
  );
  const options = [
    '--extra-experimental-features',
    'nix-command',
    '--store',
    join(temporaryDirectory(storeParent()), 'store'),
  ];
  const printed = await run('nix', ['eval', '--json', ...options, '--file', expression], '/');
  const read = JSON.parse(printed) as Readonly<Record<'strings' | 'list' | 'names' | 'paths', readonly string[]>>;
  expect(read.strings).toEqual(samples);
  expect(read.list).toEqual(samples);
  expect([...read.names].sort()).toEqual([...samples].sort());
  expect(read.paths).toEqual(segments.map((each) => `/nowhere/${each}/x`));
});
