import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printRecordedPlan, readRecordedPlan } from './recorded-plan.ts';
import type { RecordedPlan, RecordedProduct } from './recorded-schema.ts';

const plan: RecordedPlan = {
  version: 1,
  command: ['make', '-j2'],
  options: { src: { language: 'c', directory: 'src', flags: ['-O2', '-DTEXT="a b"'] } },
  objects: {
    'src/a.o': { source: 'src/a.c', options: 'src' },
    'src/b.o': { source: 'src/b.c', options: 'src', files: ['src/blob.bin'] },
  },
  products: [
    { name: 'lib.a', path: 'lib.a', form: 'static-library', target: false, inputs: ['src/b.o'] },
    {
      name: 'prog',
      path: 'out/prog',
      form: 'executable',
      target: true,
      tool: 'cc',
      directory: 'src',
      inputs: ['src/a.o', 'lib.a'],
      arguments: ['a.o', '../copy.a'],
      aliases: { 'copy.a': 'lib.a' },
    },
  ],
  definition: { Makefile: 'a'.repeat(64) },
  generators: [{ inputs: { 'v.in': 'b'.repeat(64) }, products: ['prog'], outputs: ['src/v.h'] }],
  notUnderstood: [{ problem: 'something', command: ['x'], targets: ['prog'] }],
};

const changed = (change: (draft: RecordedPlan) => void): string => {
  const draft = structuredClone(plan);
  change(draft);
  return printRecordedPlan(draft);
};

/** What is said of a text, with its place. */
function refusal(text: string): string {
  const read = readRecordedPlan('makenix.plan.json', text);
  if (read.ok) return 'taken';
  const { line, column, problem } = read.failure;
  return `${String(line)}:${String(column)} ${problem}`;
}

describe('printing', () => {
  it('has one thing a line', () => {
    expect(printRecordedPlan(plan)).toMatchInlineSnapshot(`
      "{
        "version": 1,
        "command": ["make", "-j2"],
        "options": {
          "src": { "language": "c", "directory": "src", "flags": ["-O2", "-DTEXT=\\"a b\\""] }
        },
        "objects": {
          "src/a.o": { "source": "src/a.c", "options": "src" },
          "src/b.o": { "source": "src/b.c", "options": "src", "files": ["src/blob.bin"] }
        },
        "products": [
          { "name": "lib.a", "path": "lib.a", "form": "static-library", "target": false, "inputs": ["src/b.o"] },
          {
            "name": "prog",
            "path": "out/prog",
            "form": "executable",
            "target": true,
            "tool": "cc",
            "directory": "src",
            "inputs": ["src/a.o", "lib.a"],
            "arguments": ["a.o", "../copy.a"],
            "aliases": { "copy.a": "lib.a" }
          }
        ],
        "definition": {
          "Makefile": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        },
        "generators": [
          {
            "inputs": { "v.in": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" },
            "products": ["prog"],
            "outputs": ["src/v.h"]
          }
        ],
        "notUnderstood": [
          { "problem": "something", "command": ["x"], "targets": ["prog"] }
        ]
      }
      "
    `);
  });

  it('has long lists one entry a line', () => {
    const inputs = Array.from({ length: 20 }, (_, i) => `object-number-${String(i)}.o`);
    const text = changed(({ products }) => void products[0]?.inputs.push(...inputs));
    expect(text).toContain('\n        "object-number-7.o",\n');
    expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(120);
  });

  it('is JSON that reads back as what was printed, whatever text is in it', () => {
    const texts = fc.array(fc.string({ unit: 'binary' }), { maxLength: 6 });
    fc.assert(
      fc.property(texts, texts, fc.dictionary(fc.string({ minLength: 1 }), fc.constant('x')), (words, flags, names) => {
        const printed: RecordedPlan = {
          ...plan,
          command: words,
          options: {
            ...Object.fromEntries(Object.keys(names).map((name) => [name, { language: 'c++' as const, flags }])),
            src: { language: 'c', flags },
          },
        };
        const text = printRecordedPlan(printed);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(printed)));
        const read = readRecordedPlan('makenix.plan.json', text);
        const isPlain = [...words, ...flags].every((word) => !word.includes('\0'));
        const isKey = Object.keys(printed.options).every((key) => !/^(?:__proto__|constructor|prototype)$/.test(key));
        if (isPlain && isKey) expect(read).toEqual({ ok: true, value: printed });
      }),
      { numRuns: 60 },
    );
  });
});

describe('reading', () => {
  it('takes what was printed', () => {
    expect(readRecordedPlan('makenix.plan.json', printRecordedPlan(plan))).toEqual({ ok: true, value: plan });
  });

  const set =
    (change: Partial<RecordedProduct>) =>
    (draft: RecordedPlan): void =>
      void Object.assign(draft.products[1] ?? {}, change);

  it.each<[string, (draft: RecordedPlan) => void]>([
    ['a source above the project', ({ objects }) => void (objects['src/a.o'] = { source: '../a.c', options: 'src' })],
    ['an absolute source', ({ objects }) => void (objects['src/a.o'] = { source: '/etc/passwd', options: 'src' })],
    ['a source with a detour', ({ objects }) => void (objects['src/a.o'] = { source: 'x/../a.c', options: 'src' })],
    [
      'a file above the project',
      ({ objects }) => void (objects['src/a.o'] = { source: 'a.c', options: 'src', files: ['../x'] }),
    ],
    ['an object above the project', ({ objects }) => void (objects['../a.o'] = { source: 'a.c', options: 'src' })],
    ['options that are not there', ({ objects }) => void (objects['src/a.o'] = { source: 'a.c', options: 'toString' })],
    [
      'a directory above the project',
      ({ options }) => void (options['src'] = { language: 'c', directory: '..', flags: [] }),
    ],
    ['a NUL in a flag', ({ options }) => void (options['src'] = { language: 'c', flags: ['a\0'] })],
    ['an unknown input', set({ inputs: ['src/a.o', 'src/none.o'], aliases: {} })],
    ['itself as an input', set({ inputs: ['prog'], aliases: {} })],
    ['an alias of no input', set({ aliases: { x: 'src/b.o' } })],
    ['an alias above the project', set({ aliases: { '../x': 'lib.a' } })],
    ['a file of a product above the project', set({ files: ['a', '../../x'] })],
    ['a name with a slash', set({ names: ['../lib.so'] })],
    ['a name of two lines', set({ names: ['a\nb'] })],
    ['a product of another name', set({ name: 'lib.a' })],
    ['a name that is no target', set({ name: '-o' })],
    ['no tool', (draft) => void Reflect.deleteProperty(draft.products[1] ?? {}, 'tool')],
    ['an object as a target', set({ form: 'object' })],
    ['a product before what it is made from', ({ products }) => void products.reverse()],
    ['another version', (draft) => void Object.assign(draft, { version: 2 })],
    ['a key that nobody knows', (draft) => void Object.assign(draft, { shell: 'rm' })],
  ])('refuses %s, and says where', (_, change) => {
    expect(refusal(changed(change))).toMatch(/^[1-9]\d*:[1-9]\d* \S/);
  });

  it('says what is wrong at the very place', () => {
    const text = changed(set({ inputs: ['src/a.o', 'src/none.o'], aliases: {} }));
    const [line = '', column = ''] = /^(\d+):(\d+)/.exec(refusal(text))?.slice(1) ?? [];
    expect(text.split('\n')[Number(line) - 1]?.slice(Number(column) - 1)).toMatch(/^"src\/none\.o"/);
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(readRecordedPlan('makenix.plan.json', text).ok).toBe(false);
      }),
    );
  });

  it('never throws and takes no path out of the project, whatever was done to a good plan', () => {
    const text = printRecordedPlan(plan);
    const hostile = fc.constantFrom(
      '..',
      '/',
      '../x',
      '',
      '.',
      'a/../b',
      '__proto__',
      'x'.repeat(5000),
      null,
      1,
      [],
      {},
    );
    const places = [...text.matchAll(/"[^"\\]*"/g)];
    fc.assert(
      fc.property(fc.nat(places.length - 1), hostile, (which, value) => {
        const place = places[which];
        if (place === undefined) return;
        const edited = text.slice(0, place.index) + JSON.stringify(value) + text.slice(place.index + place[0].length);
        const read = readRecordedPlan('makenix.plan.json', edited);
        if (!read.ok) return;
        const { objects, products, options } = read.value;
        const paths = [
          ...Object.entries(objects).flatMap(([path, { source, files = [] }]) => [path, source, ...files]),
          ...Object.values(options).map(({ directory = 'x' }) => directory),
          ...products.flatMap(({ path, directory = 'x', files = [], aliases = {} }) => [
            ...[path, directory, ...files],
            ...Object.keys(aliases),
          ]),
        ];
        for (const path of paths) expect(path).not.toMatch(/^\/|(?:^|\/)\.{0,2}(?:\/|$)/);
      }),
      { numRuns: 400 },
    );
  });
});
