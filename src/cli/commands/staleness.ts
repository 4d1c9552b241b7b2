import { relative } from 'node:path';
import type { Checked } from '../../build/expression-front-end.ts';
import { diffExpressions, type StanzaDiff } from '../../nix/expression-diff.ts';
import { printable } from '../../report/printable.ts';
import type { CommonOptions } from '../options.ts';
import { shellWord } from '../shell-word.ts';

export type Verdict = 'fresh' | 'stale' | 'unknown';

/**
 * `unknown`: the files differ, and a unit could not be scanned, so that it may be for want of a header that others have
 * (a package that is not installed here). Where they agree, it is no matter.
 */
export function compareExpressions({ prepared, current }: Checked): Verdict {
  if (current === prepared.expression.text) return 'fresh';
  return prepared.blocked.size > 0 ? 'unknown' : 'stale';
}

/** More stanzas than this are counted. */
const mostStanzas = 20;

export interface StaleOptions {
  readonly options: CommonOptions;
  /** Of what is staged is spoken, and not of the files. */
  readonly isStaged: boolean;
  /** The command that mends it, without `-C`. */
  readonly mend: string;
}

/** Says what is stale about a generated file and how to mend it, on standard error. */
export async function sayStale(
  output: string,
  { prepared, current }: Checked,
  verdict: Verdict,
  { options, isStaged, mend }: StaleOptions,
): Promise<void> {
  const lines: string[] = [];
  const subject = isStaged ? `${printable(output)}, as staged,` : printable(output);
  const below = relative(process.cwd(), options.directory);
  const directory = below.startsWith('..') ? options.directory : below;
  const command = directory === '' ? mend : `${mend} -C ${shellWord(directory)}`;
  if (verdict === 'unknown') lines.push(`cannot tell whether ${subject} is up to date, see above`);
  else if (current === undefined) lines.push(`${subject} is missing: run \`${printable(command)}\``);
  else lines.push(`${subject} is stale: run \`${printable(command)}\``);
  if (current !== undefined) {
    const differences = diffExpressions(current, prepared.expression.text);
    const shown = differences.slice(0, options.verbose ? Infinity : mostStanzas);
    lines.push(...shown.map((each) => `  ${printable(inWords(each))}`));
    if (shown.length < differences.length) lines.push(`  and ${String(differences.length - shown.length)} more`);
    if (options.verbose) {
      const { createTwoFilesPatch } = await import('diff');
      const patch = createTwoFilesPatch(`a/${output}`, `b/${output}`, current, prepared.expression.text, '', '', {
        context: 3,
      });
      lines.push(...patch.split('\n').map(printable));
    }
  }
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** `src/main.o: + src/util.h, - src/old.h`. */
function inWords({ name, change, added, removed }: StanzaDiff): string {
  if (change === 'added') return `+ ${name}`;
  if (change === 'removed') return `- ${name}`;
  if (name === 'prelude') return 'prelude: of another version of makenix';
  const lines = [...added.map((line) => `+ ${line}`), ...removed.map((line) => `- ${line}`)];
  return `${name}: ${lines.length === 0 ? 'in another order' : lines.join(', ')}`;
}
