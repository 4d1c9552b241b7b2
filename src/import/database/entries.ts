import { findNodeAtLocation, type Node } from 'jsonc-parser';
import type { ConfigFailure } from '../../model/failure.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { located } from '../../plan/config.ts';
import { parseDocument, trouble } from '../../plan/json-tree.ts';

/** One compile of a compilation database, as it stands there. */
export interface DatabaseEntry {
  readonly directory: string;
  /** What is compiled; the command has it among its words. */
  readonly file: string;
  readonly output: string | undefined;
  /** `arguments`, or the `command` in which they are yet to be told apart. */
  readonly command: readonly string[] | string;
}

/**
 * Reads compile_commands.json (https://clang.llvm.org/docs/JSONCompilationDatabase.html). `file` is only for the failure,
 * which is the first trouble. Keys that the format does not have are passed over, as tools add some. Never throws.
 */
export function readDatabase(file: string, text: string): Result<readonly DatabaseEntry[], ConfigFailure> {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  // Large and written by a program: that it is right is the rule, and found out without a tree that knows its positions.
  const plain = parsed(body);
  const first = plain === undefined ? undefined : problemOf(plain);
  if (plain !== undefined && first === undefined) return ok((plain as readonly RawEntry[]).map(entryOf));
  const document = parseDocument(body);
  if (!document.ok) return fail(located(file, body, document.failure));
  const { path, problem } = first ?? { path: [], problem: 'not what JSON allows' };
  const node: Node = findNodeAtLocation(document.value, [...path]) ?? document.value;
  return fail(located(file, body, trouble(node, problem)));
}

type RawEntry = Readonly<Record<'directory' | 'file', string>> & {
  readonly output?: string;
  readonly command?: string;
  readonly arguments?: readonly string[];
};

/** `arguments` go before: they need no reading. */
const entryOf = ({ directory, file, output, command = '', arguments: words }: RawEntry): DatabaseEntry => ({
  directory,
  file,
  output,
  command: words ?? command,
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

interface Problem {
  readonly path: readonly (string | number)[];
  readonly problem: string;
}

function problemOf(document: unknown): Problem | undefined {
  if (!Array.isArray(document))
    return { path: [], problem: `expected an array of compile commands, found ${noun(document)}` };
  for (const [i, entry] of (document as readonly unknown[]).entries()) {
    const problem = entryProblem(entry);
    if (problem !== undefined) return { path: [i, ...problem.path], problem: problem.problem };
  }
  return undefined;
}

function entryProblem(entry: unknown): Problem | undefined {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    return { path: [], problem: `expected an object, found ${noun(entry)}` };
  }
  const keys = new Map<string, unknown>(Object.entries(entry));
  for (const key of ['directory', 'file', 'output', 'command']) {
    const value = keys.get(key);
    if (value === undefined && (key === 'output' || key === 'command')) continue;
    if (value === undefined) return { path: [], problem: `missing key ${JSON.stringify(key)}` };
    if (typeof value !== 'string') return { path: [key], problem: `expected a string, found ${noun(value)}` };
    if (value.includes('\0')) return { path: [key], problem: 'a NUL character' };
    if (value === '' && key !== 'command') return { path: [key], problem: 'an empty string' };
  }
  const words = keys.get('arguments');
  if (words === undefined) {
    return keys.has('command') ? undefined : { path: [], problem: 'missing key "command" or "arguments"' };
  }
  if (!Array.isArray(words))
    return { path: ['arguments'], problem: `expected an array of strings, found ${noun(words)}` };
  for (const [i, word] of (words as readonly unknown[]).entries()) {
    if (typeof word !== 'string') return { path: ['arguments', i], problem: `expected a string, found ${noun(word)}` };
    if (word.includes('\0')) return { path: ['arguments', i], problem: 'a NUL character' };
  }
  return undefined;
}

function noun(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
