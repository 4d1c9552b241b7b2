import type { CommandRunner } from '../host/ports.ts';
import type { RecordedPlan } from '../plan/recorded-schema.ts';
import type { Replayed } from './replay.ts';

type Gaps = RecordedPlan['notUnderstood'];

/**
 * What the plan will compile with other than the build did: makenix has one compiler, the machine's `cc` or nixpkgs' own.
 * Compilers are told apart by how they introduce themselves, which leaves their names and places out.
 */
export async function foreignCompilers(compilers: Replayed['compilers'], commands: CommandRunner): Promise<Gaps> {
  const [cc] = commands.which('cc');
  if (cc === undefined) return [];
  const own = await introduction(cc, commands);
  const gaps: Gaps[number][] = [];
  for (const [executable, { argv }] of compilers) {
    const other = await introduction(executable, commands);
    if (other === undefined || own === undefined || other === own) continue;
    gaps.push({ problem: `compiled by ${executable} (${other}); steps have ${own}`, command: [...argv], targets: [] });
  }
  return gaps;
}

/** `gcc (Debian 12.2.0-14) 12.2.0` without the name it was called by. */
async function introduction(executable: string, commands: CommandRunner): Promise<string | undefined> {
  const { exitCode, stdout } = await commands.run({ file: executable, args: ['--version'] });
  const [first = ''] = stdout.split('\n');
  return exitCode === 0 && first !== '' ? first.replace(/^[^(\s]*(?=\s\()\s/, '') : undefined;
}
