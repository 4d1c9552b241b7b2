import type { Node } from 'jsonc-parser';
import { projectPath } from '../model/ids.ts';
import { compilerFlagProblems, linkerFlagProblems } from './flag-rules.ts';
import type { FlagProblem } from './flag-rules.ts';
import { elements, member, members, strings, trouble } from './json-tree.ts';
import type { Trouble } from './json-tree.ts';
import { languageOf } from './language.ts';
import { nearest } from './nearest.ts';
import { readPattern } from './pattern.ts';
import { leavesProject } from './project-bounds.ts';

/**
 * What no schema can say, read off the tree so that each finding has its place; values of the wrong shape are passed
 * over, being trouble already. `text` is the document itself. In no order.
 */
export function ruleTroubles(root: Node, text: string): readonly Trouble[] {
  const targets = members(member(root, 'targets'));
  const names = new Set(targets.map(({ key }) => key));
  return [
    ...textTroubles(root),
    ...outputTroubles(member(root, 'output')),
    ...outputTroubles(member(root, 'compileCommands')),
    ...strings(member(root, 'ignore')).flatMap(ignoreTroubles),
    ...settingTroubles(root, text),
    ...targets.flatMap(({ value }) => [
      ...settingTroubles(value, text),
      ...strings(member(value, 'sources')).flatMap(sourceTroubles),
      ...strings(member(value, 'libs')).flatMap((entry) => libraryTroubles(entry, names)),
      ...kindTroubles(value),
    ]),
  ];
}

interface Entry {
  readonly node: Node;
  readonly text: string;
}

/** Doubled keys, of which only one could be meant, and text that neither an argument nor a file name can hold. */
function textTroubles(root: Node): readonly Trouble[] {
  const found: Trouble[] = [];
  // Not by spreading what is below: of hundreds of thousands, a call takes no arguments.
  const visit = (node: Node): void => {
    const seen = new Set<string>();
    for (const { key, keyNode, value } of members(node)) {
      if (seen.has(key)) found.push(trouble(keyNode, `duplicate key ${JSON.stringify(key)}`));
      seen.add(key);
      found.push(...characterTroubles(keyNode));
      visit(value);
    }
    for (const element of elements(node)) visit(element);
    if (node.type === 'string') found.push(...characterTroubles(node));
  };
  visit(root);
  return found;
}

function characterTroubles(node: Node): readonly Trouble[] {
  const text = String(node.value);
  if (text.includes('\0')) return [trouble(node, 'a NUL character')];
  // Half a surrogate pair has no UTF-8 form: it would come out as another character than it went in.
  if (/\p{Surrogate}/u.test(text)) return [trouble(node, 'half a surrogate pair, which is no character')];
  return [];
}

function outputTroubles(node: Node | undefined): readonly Trouble[] {
  if (node?.type !== 'string' || node.value === '') return [];
  const text = String(node.value);
  const path = projectPath(text);
  if (path === undefined) return [trouble(node, `${JSON.stringify(text)} is not a file inside the project`)];
  const owner = path.split('/').find((part) => /^\.(?:git|hg|svn|jj|makenix)$/i.test(part));
  return owner === undefined
    ? []
    : [trouble(node, `${JSON.stringify(text)} lies in ${owner}, which is no place for it`)];
}

function settingTroubles(owner: Node, document: string): readonly Trouble[] {
  return [
    ...strings(member(owner, 'include')).flatMap(includeTroubles),
    ...members(member(owner, 'defines')).flatMap(({ key, value }) => numberTroubles(key, value, document)),
    ...flagTroubles(member(owner, 'cflags'), compilerFlagProblems),
    ...flagTroubles(member(owner, 'cxxflags'), compilerFlagProblems),
    ...flagTroubles(member(owner, 'ldflags'), linkerFlagProblems),
  ];
}

function flagTroubles(
  list: Node | undefined,
  problemsOf: (flags: readonly string[]) => readonly FlagProblem[],
): readonly Trouble[] {
  const flags = strings(list);
  return problemsOf(flags.map(({ text }) => text)).flatMap(({ index, problem }) => {
    const node = flags[index]?.node;
    return node === undefined ? [] : [trouble(node, problem)];
  });
}

function includeTroubles({ node, text }: Entry): readonly Trouble[] {
  const shown = JSON.stringify(text);
  if (text.startsWith('/')) {
    return [
      trouble(
        node,
        `${shown} is absolute: "include" names project directories; for one of the system use "-I${text}" in "cflags"`,
      ),
    ];
  }
  return leavesProject(text) ? [trouble(node, `${shown} is not inside the project`)] : [];
}

/**
 * A number reaches the compiler as JavaScript prints it. `1.0` would come out as `1` and `12345678901234567890` as
 * another number, both without a word; so only what prints as it was written is taken.
 */
function numberTroubles(name: string, node: Node, document: string): readonly Trouble[] {
  if (node.type !== 'number') return [];
  const written = document.slice(node.offset, node.offset + node.length);
  const printed = String(node.value);
  if (written === printed) return [];
  return [
    trouble(
      node,
      `the value of ${JSON.stringify(name)} would reach the compiler as ${printed}: write it as a string`,
      () => JSON.stringify(written),
    ),
  ];
}

function sourceTroubles({ node, text }: Entry): readonly Trouble[] {
  if (text === '') return [];
  const pattern = readPattern(text);
  if (!pattern.ok) return [trouble(node, pattern.failure)];
  const { value } = pattern;
  if (value.kind === 'glob' || value.exclude || languageOf(value.path) !== undefined) return [];
  return [trouble(node, `${JSON.stringify(text)} is not a C or C++ source`)];
}

function ignoreTroubles({ node, text }: Entry): readonly Trouble[] {
  if (text === '') return [];
  const pattern = readPattern(text);
  if (!pattern.ok) return [trouble(node, pattern.failure)];
  return pattern.value.exclude ? [trouble(node, `${JSON.stringify(text)}: "ignore" has no "!"`)] : [];
}

function libraryTroubles({ node, text }: Entry, targets: ReadonlySet<string>): readonly Trouble[] {
  if (text === '' || /^-l[^\s]/.test(text) || targets.has(text)) return [];
  const shown = JSON.stringify(text);
  if (text.startsWith('-')) {
    return [trouble(node, `${shown} is neither a target nor "-l…": other linker flags belong in "ldflags"`)];
  }
  return [
    trouble(node, `no target is called ${shown}; a library of the system is given as "-l…"`, () =>
      nearest(text, targets),
    ),
  ];
}

/** Dropping them would be silent: an archive is not linked, and whoever links it has its own. */
function kindTroubles(target: Node): readonly Trouble[] {
  if (member(target, 'kind')?.value !== 'static-library') return [];
  return members(target)
    .filter(({ key }) => key === 'ldflags')
    .map(({ keyNode }) => trouble(keyNode, 'a static library is not linked: give "ldflags" to what links it'));
}
