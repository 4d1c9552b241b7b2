import { drvPath, storePath, type DrvPath, type StorePath } from '../model/ids.ts';
import { bytewise, sortedEntries, sortedUnique } from '../model/order.ts';
import { fail, ok, type Result } from '../model/result.ts';

/**
 * What evaluation leaves in the store as a `.drv` file, without its name. The file is bytes and this is text: a string
 * that is not UTF-8 cannot be said in it.
 */
export interface StoreDerivation {
  /** By name, `out` as a rule. */
  readonly outputs: ReadonlyMap<string, DerivationOutput>;
  /** Which outputs (names, at least one) of which derivations it reads. */
  readonly inputDrvs: ReadonlyMap<DrvPath, readonly string[]>;
  readonly inputSrcs: readonly StorePath[];
  /** `x86_64-linux` */
  readonly system: string;
  readonly builder: string;
  readonly args: readonly string[];
  readonly env: ReadonlyMap<string, string>;
}

/**
 * Addressed by its inputs: `path` alone. Fixed: all three, `hash` in hex. Content-addressed and not yet known:
 * `hashAlgorithm` alone, `r:sha256`. Input-addressed below one of those: nothing.
 */
interface DerivationOutput {
  readonly path: string;
  readonly hashAlgorithm: string;
  readonly hash: string;
}

/** `offset` is in UTF-16 code units of the text. */
interface ParseProblem {
  readonly offset: number;
  readonly problem: string;
}

/**
 * `Derive(OUTPUTS,INPUT DRVS,INPUT SRCS,SYSTEM,BUILDER,ARGS,ENV)`, an ATerm, on one line (nix: `Derivation::unparse` in
 * src/libstore/derivations.cc). All but `args` are sets there, so here they are sorted bytewise, whatever order they
 * are given in: a derivation has one text, of which Nix makes its store path.
 */
export function printDerivation(derivation: StoreDerivation): string {
  const { outputs, inputDrvs, inputSrcs, system, builder, args, env } = derivation;
  return `Derive(${[
    printMap(outputs, ({ path, hashAlgorithm, hash }) => [path, hashAlgorithm, hash].map(quoted).join(',')),
    printMap(inputDrvs, (names) => (isOut(names) ? '["out"]' : printList(sortedUnique(names).map(quoted)))),
    printList(sortedUnique(inputSrcs).map(quoted)),
    quoted(system),
    quoted(builder),
    printList(args.map(quoted)),
    printMap(env, quoted),
  ].join(',')})`;
}

/** As nearly all have it. */
const isOut = (names: readonly string[]): boolean => names.length === 1 && names[0] === 'out';

const printList = (items: readonly string[]): string => `[${items.join(',')}]`;

function printMap<V>(map: ReadonlyMap<string, V>, print: (value: V) => string): string {
  return printList(sortedEntries(map).map(([key, value]) => `(${quoted(key)},${print(value)})`));
}

/** JSON has the same escapes and more of them, and an engine of its own, for the long lists of inputs that steps have. */
function quoted(text: string): string {
  if (!/["\\\n\r\t]/.test(text)) return `"${text}"`;
  if (!unlikeJson.test(text)) return JSON.stringify(text);
  return `"${text.replace(/["\\\n\r\t]/g, (c) => `\\${letters[c] ?? c}`)}"`;
}

/** Further control characters, and halves of surrogate pairs. */
// eslint-disable-next-line no-control-regex
const unlikeJson = /[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]/;

const letters: Readonly<Record<string, string>> = { '\n': 'n', '\r': 'r', '\t': 't' };

/**
 * Takes exactly what `printDerivation` writes, so that printing again gives the same text. Nix itself takes more
 * (anything escaped, any order, doubled entries, text behind the end), which no Nix writes.
 */
export function parseDerivation(text: string): Result<StoreDerivation, ParseProblem> {
  if (text.startsWith('DrvWithVersion(')) {
    return fail({ offset: 0, problem: 'DrvWithVersion, the form of dynamic derivations, is not supported' });
  }
  /** From the first problem on, reading stays where it is, and what it returns means nothing. */
  let failure: ParseProblem | undefined;
  let at = 0;
  const refuse = (problem: string, offset = at): void => {
    failure ??= { offset, problem };
  };
  const skip = (token: string): boolean => {
    const isThere = failure === undefined && text.startsWith(token, at);
    if (isThere) at += token.length;
    return isThere;
  };
  const expect = (token: string): void => {
    if (!skip(token)) refuse(`expected ${token}`);
  };
  const after = <T>(token: string, read: () => T): T => {
    expect(token);
    return read();
  };
  /** What ends a run of characters that stand for themselves. A class of its own finds it without backtracking. */
  const special = /["\\\n\r\t]/g;
  const string = (): string => {
    expect('"');
    let value = '';
    while (failure === undefined) {
      special.lastIndex = at;
      const end = special.test(text) ? special.lastIndex - 1 : text.length;
      value += text.slice(at, end);
      at = end;
      if (skip('"')) break;
      const character = text[at] === '\\' ? characters[text[at + 1] ?? ''] : undefined;
      if (character === undefined) refuse(at === text.length ? 'expected "' : 'expected an escape');
      else at += 2;
      value += character ?? '';
    }
    return value;
  };
  const list = <T>(item: () => T): readonly T[] => {
    const items: T[] = [];
    expect('[');
    if (skip(']')) return items;
    do items.push(item());
    while (skip(','));
    expect(']');
    return items;
  };
  const stringLike = (shape: RegExp): string => {
    const start = at;
    const value = string();
    if (!shape.test(value)) refuse('expected a store path', start);
    return value;
  };
  /** An item for `list`: each has to sort after the one before it. */
  const ascending = <K extends string>(key: () => K): (() => K) => {
    let last: K | undefined;
    return () => {
      const start = at;
      const next = key();
      if (last !== undefined && bytewise(last, next) >= 0) refuse('expected entries in order, none twice', start);
      return (last = next);
    };
  };
  const map = <K extends string, V>(key: () => K, value: () => V): ReadonlyMap<K, V> => {
    const next = ascending(key);
    const entry = (): readonly [K, V] => {
      const pair = [after('(', next), after(',', value)] as const;
      expect(')');
      return pair;
    };
    return new Map(list(entry));
  };
  const output = (): DerivationOutput => {
    const [path, hashAlgorithm, hash] = [string(), after(',', string), after(',', string)];
    return { path, hashAlgorithm, hash };
  };
  const input = (): DrvPath => drvPath(stringLike(drvPathShape));
  const source = (): StorePath => storePath(stringLike(storePathShape));

  // Properties are evaluated in the order in which they stand.
  const derivation: StoreDerivation = {
    outputs: after('Derive(', () => map(string, output)),
    inputDrvs: after(',', () => map(input, () => list(ascending(string)))),
    inputSrcs: after(',', () => list(ascending(source))),
    system: after(',', string),
    builder: after(',', string),
    args: after(',', () => list(string)),
    env: after(',', () => map(string, string)),
  };
  expect(')');
  if (at < text.length) refuse('expected the end');
  return failure === undefined ? ok(derivation) : fail(failure);
}

/** nix: src/libstore/path.cc; the hash part is 32 digits of `nix32`. */
const storePathShape = /^\/nix\/store\/[0-9a-df-np-sv-z]{32}-[0-9A-Za-z+._?=-]+$/;
const drvPathShape = /^\/nix\/store\/[0-9a-df-np-sv-z]{32}-[0-9A-Za-z+._?=-]+\.drv$/;

const characters: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', n: '\n', r: '\r', t: '\t' };
