import type { ProjectPath } from '../model/ids.ts';
import { fail } from '../model/result.ts';
import { fromDirectory } from '../plan/from-directory.ts';
import { rulesBySource, runCompiler, type Batch, type CompilerPorts } from './compiler-run.ts';
import type { KnownFiles } from './known-files.ts';
import { noRule, scanFailed, type UnitAnswer, type UnitReader } from './unit-reader.ts';

export interface Scan {
  readonly ports: CompilerPorts;
  readonly known: KnownFiles;
  readonly reader: UnitReader;
}

/**
 * What units are taken to read that the compiler cannot preprocess. `-MG` goes on past headers that are missing. What it
 * finds is what the generated expression gives the object: a function of the tree, like everything in it, and the compile in
 * the sandbox fails at the same place. Of several units, has no answer for those that are to be asked about alone.
 * `words`: what the compiler said of each.
 */
export async function failedScans(
  batch: Batch,
  words: ReadonlyMap<ProjectPath, string>,
  { ports, known, reader }: Scan,
): Promise<readonly UnitAnswer[]> {
  const lenient = await runCompiler(batch, ['-M', '-MG', '-w'], ports);
  const rules = rulesBySource(lenient.stdout, batch.directory);
  const answers: UnitAnswer[] = [];
  for (const step of batch.steps) {
    const rule = rules.get(step.source);
    if (rule === undefined && batch.steps.length > 1) continue;
    const { inputs } = await reader.read({ ...batch, steps: [step] }, step, rule ?? noRule, true);
    const headers = inputs.headers.filter((header) => known.files.stat(header) !== undefined);
    answers.push({
      step,
      inputs: { ...inputs, headers },
      result: fail(scanFailed(step, words.get(step.source) ?? '')),
    });
  }
  return answers;
}

/** How gcc ends what it says of a source that it gives up. */
const end = 'compilation terminated.\n';
const behindEnd = new RegExp(`(?<=^${end})`, 'm');
/** How it begins: by the files that include the one that it is about, the source last. */
const including = /^In file included from [^\n]*(?:\n +from [^\n]*)*\n/;

/**
 * Tells apart what gcc says of several sources, one after the other, of which these fail. Undefined unless it gives up each
 * of them, and says nothing else: another compiler, or an `#error`, after which it goes on.
 */
export function wordsBySource({ directory, steps }: Batch, said: string): ReadonlyMap<ProjectPath, string> | undefined {
  const texts = said.split(behindEnd);
  if (texts.length !== steps.length) return undefined;
  const words = new Map<ProjectPath, string>();
  for (const [index, { source }] of steps.entries()) {
    const text = texts[index] ?? '';
    const name = fromDirectory(directory, source);
    const [includers] = including.exec(text) ?? [];
    const isNamed = includers === undefined ? text.startsWith(`${name}:`) : lastIncluder(includers) === name;
    if (!text.endsWith(end) || !isNamed) return undefined;
    words.set(source, text);
  }
  return words;
}

const lastIncluder = (includers: string): string | undefined => / from ([^\n]*):\d+[,:]\n$/.exec(includers)?.[1];
