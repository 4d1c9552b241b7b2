import fc from 'fast-check';
import { stepName, trustedProjectPath, type ProjectPath, type StepName } from '../model/ids.ts';
import { bytewise, sortedUnique } from '../model/order.ts';
import type { ArchiveStep, BuildPlan, CompileStep, LinkStep, Package, ProductStep } from '../model/plan.ts';

/*
 * Plans as no project has them, but might: all kinds of steps, over files of all kinds, and what edits make of them.
 */

/** A file of a project, which may be behind a link. */
export interface ModelFile {
  readonly text: string;
  readonly isExecutable: boolean;
  readonly isLinked: boolean;
  /** Steps read it, and it is not there. */
  readonly isAbsent: boolean;
}

/** One moment of a project. */
export interface Moment {
  readonly files: ReadonlyMap<ProjectPath, ModelFile>;
  readonly plan: BuildPlan;
  readonly headers: ReadonlyMap<StepName, readonly ProjectPath[]>;
  readonly fingerprints: ReadonlyMap<StepName, string>;
}

const names = [
  ...['a.c', 'b.h', 'two words.h', "quo'te", '"', '${x}', "''${y}", '$', '\\', 'a\tb', 'new\nline', '\u0001', '\r'],
  ...[
    '-dash',
    '--',
    '@at',
    '=sys',
    '#',
    '~',
    '*',
    '[x]',
    '{y}',
    '%25',
    'a:b',
    ';',
    '&',
    '`id`',
    'a=b',
    '.hidden',
    '..c',
  ],
  ...[
    'a.drv',
    'x.drv.h',
    'ü',
    '日本',
    '\u{1F600}',
    '\uE000',
    'x'.repeat(180),
    'x'.repeat(181),
    'ü'.repeat(100),
    '+_?=-',
  ],
  ...['__proto__', 'constructor', 'toString', 'out', 'a--b', '0'],
];
const name = fc.constantFrom(...names);
const directory = fc.constantFrom('', 'src', 'src/-d', 'a-b', 'ä ö', 'src/deep/er');
const anyPath = fc
  .tuple(directory, name)
  .map(([above, below]) => trustedProjectPath(above === '' ? below : `${above}/${below}`));
const file: fc.Arbitrary<ModelFile> = fc.record({
  text: fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom('', '12345678', 'x'.repeat(5000))),
  isExecutable: fc.boolean(),
  isLinked: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  isAbsent: fc.oneof({ weight: 40, arbitrary: fc.constant(false) }, fc.constant(true)),
});
const flag = fc.constantFrom(
  ...[
    '-O2',
    '-g',
    '-DX="${y}"',
    "-DY=''${z}''",
    '-DZ=a\\b',
    '-DN=1\n2',
    '-DT=\t\r',
    '-Iinc',
    '',
    '-DÜ=\u{1F600}',
    '$ORIGIN',
    "''",
    "-DC='\\0'",
    '$${x}',
    '\\',
    '\u0001\u007f',
    '@response',
    '/nix/store',
  ],
);
const flags = fc.array(flag, { maxLength: 4 });
const anyPackage = fc
  .constantFrom('zlib', 'xorg.libX11', 'or.in', 'plain', 'named')
  .map((attribute): Package => ({ attribute, pkgConfig: attribute }));
const packages = fc.uniqueArray(anyPackage, { selector: ({ attribute }) => attribute, maxLength: 3 });
const runDirectory = fc.option(fc.constantFrom('src', 'src/-d', 'ä ö', 'a-b').map(trustedProjectPath), {
  nil: undefined,
});
const picks = fc.array(fc.nat(), { maxLength: 6 });

const unit = fc.record({
  source: fc.nat(),
  headers: picks,
  isCxx: fc.boolean(),
  style: fc.nat(),
  digest: fc.option(fc.constantFrom('d1', 'd2'), { nil: undefined }),
});
const style = fc.record({ flags, packages, directory: runDirectory });
const product = fc.record({
  kind: fc.constantFrom('archive', 'executable', 'shared', 'object', 'recorded' as const),
  inputs: picks,
  files: picks,
  tool: fc.constantFrom('cc', 'c++', 'ld', 'objcopy', 'strip' as const),
  form: fc.constantFrom('executable', 'shared-library', 'object' as const),
  flags,
  packages,
  systemLibraries: fc.constantFrom([], ['-lm'], ['-lm', '-lpthread']),
  directory: runDirectory,
  aliases: fc.array(fc.tuple(fc.nat(), fc.option(fc.nat(), { nil: undefined })), { maxLength: 2 }),
  names: fc.uniqueArray(fc.constantFrom('libx.so.1', 'libx.so.2', 'ü'), { maxLength: 2 }),
});
const blueprint = fc.record({
  files: fc.dictionary(anyPath, file, { minKeys: 4, maxKeys: 16 }).map((files) => Object.entries(files)),
  styles: fc.array(style, { minLength: 1, maxLength: 3 }),
  units: fc.array(unit, { minLength: 1, maxLength: 7 }),
  products: fc.array(product, { minLength: 1, maxLength: 6 }),
});
type Blueprint = typeof blueprint extends fc.Arbitrary<infer B> ? B : never;

/** The plan that a blueprint stands for, in which names tell nothing of what is behind them. */
function momentOf({ files, styles, units, products }: Blueprint): Moment {
  const paths = files.map(([path]) => path as ProjectPath);
  const contents = new Map(
    files.flatMap(([path, model]) => (model.isAbsent ? [] : [[path as ProjectPath, model] as const])),
  );
  const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;
  const headers = new Map<StepName, readonly ProjectPath[]>();
  const fingerprints = new Map<StepName, string>();
  const compiles = units.map((each, i): CompileStep => {
    const source = at(paths, each.source);
    const own = at(styles, each.style);
    const step = stepName(`${source}.${i === 0 ? '' : `${i}.`}o`);
    headers.set(step, sortedUnique(each.headers.map((pick) => at(paths, pick)).filter((path) => path !== source)));
    if (each.digest !== undefined) fingerprints.set(step, each.digest);
    const language = each.isCxx ? 'c++' : 'c';
    return {
      ...{ kind: 'compile', name: step, source, language, flags: own.flags, packages: own.packages, target: 't' },
      ...(own.directory === undefined ? {} : { directory: own.directory }),
      options: `${language} ${each.style % styles.length} "\${x}"`,
    };
  });
  const made: ProductStep[] = [];
  for (const [i, each] of products.entries()) {
    const known = [...compiles.map((step) => step.name), ...made.map((step) => step.name)];
    const inputs = [...new Set(each.inputs.map((pick) => at(known, pick)))];
    const read = sortedUnique(each.files.map((pick) => at(paths, pick)));
    const target = stepName(['main', 'a=b', 'or', '9?', 'x'.repeat(100), 'lib-x'][i] ?? `t${i}`);
    if (each.kind === 'archive') {
      const archive: ArchiveStep = { kind: 'archive', name: target, path: `lib${i}.a`, inputs };
      made.push(read.length === 0 ? archive : { ...archive, path: `-d/lib${i}.a`, files: read });
      continue;
    }
    const isRecorded = each.kind === 'recorded';
    const form = { shared: 'shared-library', object: 'object', executable: 'executable', recorded: each.form } as const;
    const link: LinkStep = {
      ...{ kind: 'link', name: target, inputs, flags: each.flags, packages: each.packages },
      path: isRecorded ? `src/-p${i}` : `=p${i}.so`,
      form: form[each.kind],
      tool: isRecorded ? each.tool : each.tool.startsWith('c') ? each.tool : 'cc',
      systemLibraries: each.systemLibraries,
    };
    const aliases = new Map(
      each.aliases.map(([step, over]) => [
        over === undefined || inputs.length === 0 ? `alias ${step % 3}` : pathOf(at(inputs, over), made),
        at(known, step),
      ]),
    );
    const recorded = {
      ...(each.directory === undefined ? {} : { directory: each.directory }),
      files: read,
      aliases: [...aliases]
        .map(([path, step]) => ({ path: trustedProjectPath(path), step }))
        .sort((a, b) => bytewise(a.path, b.path)),
      names: [...each.names].sort(bytewise),
    };
    made.push(isRecorded ? { ...link, recorded } : link);
  }
  const plan = {
    project: 'p',
    targets: [],
    compiles: [...compiles].sort((a, b) => bytewise(a.name, b.name)),
    products: made,
  };
  return { files: contents, plan, headers, fingerprints };
}

const pathOf = (step: StepName, products: readonly ProductStep[]): string =>
  products.find(({ name: each }) => each === step)?.path ?? step;

/** What says the same is the same object, as a session has it. */
export function keeping(before: Moment, { files, plan, headers, fingerprints }: Moment): Moment {
  const old = new Map([...before.plan.compiles, ...before.plan.products].map((step) => [step.name, step]));
  const keep = <S extends { readonly name: StepName }>(step: S): S => {
    const known = old.get(step.name);
    return JSON.stringify(known) === JSON.stringify(step) ? (known as unknown as S) : step;
  };
  const lists = new Map(
    [...headers].map(([step, read]) => {
      const known = before.headers.get(step);
      return [step, known !== undefined && JSON.stringify(known) === JSON.stringify(read) ? known : read] as const;
    }),
  );
  const same = { ...plan, compiles: plan.compiles.map(keep), products: plan.products.map(keep) };
  return { files, plan: same, headers: lists, fingerprints };
}

type Edit = (before: Blueprint) => Blueprint;
const replaced = <T>(list: readonly T[], index: number, change: (item: T) => T): T[] =>
  list.map((item, i) => (i === index % list.length ? change(item) : item));
const without = <T>(list: readonly T[], index: number): T[] =>
  list.length === 1 ? [...list] : list.filter((_, i) => i !== index % list.length);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fc.nat(), file).map(([pick, model]): Edit => (before) => ({
      ...before,
      files: replaced(before.files, pick, ([path]) => [path, model]),
    })),
  },
  {
    weight: 2,
    arbitrary: fc.nat().map((pick): Edit => (before) => ({
      ...before,
      files: replaced(before.files, pick, ([path, model]) => [path, { ...model, isExecutable: !model.isExecutable }]),
    })),
  },
  fc
    .tuple(fc.nat(), unit)
    .map(([pick, other]): Edit => (before) => ({ ...before, units: replaced(before.units, pick, () => other) })),
  unit.map((other): Edit => (before) => ({ ...before, units: [...before.units, other] })),
  fc
    .tuple(fc.nat(), style)
    .map(([pick, other]): Edit => (before) => ({ ...before, styles: replaced(before.styles, pick, () => other) })),
  fc
    .tuple(fc.nat(), product)
    .map(([pick, other]): Edit => (before) => ({ ...before, products: replaced(before.products, pick, () => other) })),
  {
    weight: 2,
    arbitrary: fc.nat().map((pick): Edit => (before) => ({
      ...before,
      files: replaced(before.files, pick, ([path, model]) => [path, { ...model, isAbsent: !model.isAbsent }]),
    })),
  },
  fc.nat().map((pick): Edit => (before) => ({ ...before, units: without(before.units, pick) })),
  product.map((other): Edit => (before) => ({ ...before, products: [...before.products.slice(0, 5), other] })),
  fc.nat().map((pick): Edit => (before) => ({ ...before, products: without(before.products, pick) })),
  fc.constant<Edit>((before) => before),
);
/** A project's first moment and three after it, each an edit of the one before. */
export const history = fc.tuple(blueprint, fc.array(edit, { minLength: 3, maxLength: 3 })).map(([first, edits]) => {
  const blueprints = [first];
  for (const change of edits) blueprints.push(change(blueprints.at(-1) ?? first));
  return blueprints.map(momentOf);
});
