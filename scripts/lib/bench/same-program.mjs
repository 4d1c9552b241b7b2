import { createHash } from 'node:crypto';
import { SetupError } from '../main.mjs';

/**
 * Holds programs against each other that should be the same, byte for byte.
 *
 * @returns {(builder: Pick<import('./builder.mjs').Builder, 'name' | 'program'>, what: string) => void} to be called for
 *   every builder; `what` tells apart the programs that differ
 */
export function sameProgram() {
  const known = /** @type {Map<string, { name: string, digest: string }>} */ (new Map());
  return ({ name, program }, what) => {
    const digest = createHash('sha256').update(program()).digest('hex');
    const other = known.get(what);
    if (other !== undefined && other.digest !== digest) {
      throw new SetupError('failed', `${name} and ${other.name} made different programs of the same sources`);
    }
    known.set(what, { name, digest });
  };
}
