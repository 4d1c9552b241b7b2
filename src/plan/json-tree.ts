import { createScanner, getNodePath, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import { fail, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';

/** Something wrong at a place in a document. Only the first is ever shown, so what takes time is worked out when asked. */
export interface Trouble {
  /** In UTF-16 units, from 0 to the length of the text. */
  readonly offset: number;
  readonly problem: string;
  /** As in `ConfigFailure`, like `problem`. */
  readonly at: () => string;
  readonly suggestion: () => string | undefined;
}

/** The trouble with a value, or with a key where `node` is one. */
export const trouble = (node: Node, problem: string, suggestion: Trouble['suggestion'] = none): Trouble => ({
  offset: node.offset,
  problem,
  at: () => showPath(getNodePath(node)),
  suggestion,
});

/** The trouble with the text itself. */
const textTrouble = (offset: number, problem: string): Trouble => ({ offset, problem, at: () => '', suggestion: none });

const none = (): undefined => undefined;

/**
 * Reads JSON with comments and trailing commas into a tree that knows its positions. Never throws.
 * The tree of a text with errors is a guess, so the first error is all that comes back.
 */
export function parseDocument(text: string): Result<Node, Trouble> {
  const nul = text.indexOf('\0');
  if (nul !== -1) return fail(textTrouble(nul, 'a NUL character'));
  const tooDeep = firstTooDeep(text);
  if (tooDeep !== undefined) return fail(textTrouble(tooDeep, 'nested too deeply'));
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const first = errors.reduce<ParseError | undefined>(
    (a, b) => (a === undefined || b.offset < a.offset ? b : a),
    undefined,
  );
  if (first !== undefined) return fail(syntaxTrouble(text, first));
  if (root === undefined) return fail(textTrouble(0, 'expected a value'));
  return ok(root);
}

/** The parser is recursive and would exhaust the stack; no configuration is nested more than 6 deep. */
const DEEPEST = 64;

function firstTooDeep(text: string): number | undefined {
  const scanner = createScanner(text, true);
  let depth = 0;
  let position = -1;
  // The scanner stands still at the end of the text only.
  while (scanner.getPosition() !== position) {
    position = scanner.getPosition();
    scanner.scan();
    const token = text[scanner.getTokenOffset()];
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    if (depth > DEEPEST) return scanner.getTokenOffset();
  }
  return undefined;
}

function syntaxTrouble(text: string, error: ParseError): Trouble {
  const name = printParseErrorCode(error.error);
  const token = text.slice(error.offset, error.offset + Math.min(error.length, 40));
  const problem = name === 'InvalidSymbol' ? `unexpected ${JSON.stringify(token)}` : (syntaxProblems[name] ?? name);
  return textTrouble(Math.min(error.offset, text.length), problem);
}

const syntaxProblems: Readonly<Record<string, string>> = {
  InvalidNumberFormat: 'not a number',
  PropertyNameExpected: 'expected a key in double quotes',
  ValueExpected: 'expected a value',
  ColonExpected: 'expected ":"',
  CommaExpected: 'expected ","',
  CloseBraceExpected: 'expected "}"',
  CloseBracketExpected: 'expected "]"',
  EndOfFileExpected: 'expected the end of the file',
  InvalidCommentToken: 'not a comment',
  UnexpectedEndOfComment: 'a comment that is not closed',
  UnexpectedEndOfString: 'a string that is not closed',
  UnexpectedEndOfNumber: 'a number that is not complete',
  InvalidUnicode: '"\\u" needs four hexadecimal digits',
  InvalidEscapeCharacter: 'an escape that JSON does not have',
  InvalidCharacter: 'a control character in a string: write it as an escape',
};

export interface Member {
  readonly key: string;
  readonly keyNode: Node;
  readonly value: Node;
}

/** The members of an object in the order of the text, doubled keys included; none of anything else. */
export function members(node: Node | undefined): readonly Member[] {
  if (node?.type !== 'object') return [];
  return (node.children ?? []).flatMap(({ children: [keyNode, value] = [] }) =>
    keyNode === undefined || value === undefined ? [] : [{ key: String(keyNode.value), keyNode, value }],
  );
}

export const member = (node: Node | undefined, key: string): Node | undefined =>
  members(node).find((each) => each.key === key)?.value;

/** The elements of an array; none of anything else. */
export const elements = (node: Node | undefined): readonly Node[] =>
  node?.type === 'array' ? (node.children ?? []) : [];

/** The elements of an array that are strings, with their text. */
export const strings = (node: Node | undefined): readonly { readonly node: Node; readonly text: string }[] =>
  elements(node).flatMap((element) =>
    element.type === 'string' ? [{ node: element, text: String(element.value) }] : [],
  );

/** `targets.lua.sources[1]`; a key that could be misread is quoted: `targets["a.b"]`. */
function showPath(path: readonly (string | number)[]): string {
  return path.reduce<string>((shown, part) => {
    if (typeof part === 'number') return `${shown}[${part}]`;
    if (!/^[\w$+?=-]+$/.test(part)) return `${shown}[${JSON.stringify(part)}]`;
    return shown === '' ? part : `${shown}.${part}`;
  }, '');
}
