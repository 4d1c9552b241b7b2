import { exitCode } from '../../report/describe.ts';
import { openProject } from '../compose.ts';
import type { CommonOptions } from '../options.ts';
import { listenForSignals } from '../signals.ts';
import { noSuchDirectory } from '../usage.ts';

/**
 * `makenix generate`: writes `derivation.nix`, or with `--check` says whether it is what the tree gives. Needs a
 * compiler and no Nix.
 */
export async function generate(options: CommonOptions, { check }: { readonly check: boolean }): Promise<number> {
  const project = openProject(options, { targets: [], watch: false });
  if (project === undefined) return noSuchDirectory(options.directory);
  const { builder, events, frontEnd } = project;
  const interrupts = listenForSignals();
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const code = await (async (): Promise<number> => {
    const prepared = check
      ? await frontEnd.check(interrupts.signal)
      : await frontEnd.generate('everything', interrupts.signal);
    if (!prepared.ok) {
      events.emit({ kind: 'failure', failure: prepared.failure });
      return check ? 2 : exitCode(prepared.failure);
    }
    if (prepared.value === undefined) return interrupts.exitCode() ?? 1;
    const { expression, blocked } = 'prepared' in prepared.value ? prepared.value.prepared : prepared.value;
    const output = frontEnd.tree.output;
    if ('current' in prepared.value && prepared.value.current !== expression.text) {
      say(`${output} is ${prepared.value.current === undefined ? 'missing' : 'stale'}: run \`makenix generate\``);
      return 1;
    }
    builder.save();
    say(`${output} ${check ? 'is up to date' : `describes ${String(expression.stanzas.size)} steps`}`);
    return blocked.size > 0 ? 1 : 0;
  })();
  project.close();
  interrupts.release();
  return interrupts.exitCode() ?? code;
}
