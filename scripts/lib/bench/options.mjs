import { parseArgs } from 'node:util';
import { SetupError } from '../main.mjs';
import { suites } from './suites.mjs';

/**
 * @param {string[]} args
 * @returns {{ rounds: number, only: readonly string[], full: boolean, json: string | undefined }}
 */
export function readOptions(args) {
  const { rounds, only = [], full, json } = parse(args);
  const count = Number(rounds);
  if (!Number.isInteger(count) || count < 1)
    throw new SetupError('failed', `--rounds ${rounds}: a number above 0 is needed`);
  const known = suites.flatMap(({ name, scenarios }) => [name, ...scenarios.map((each) => `${name}/${each.name}`)]);
  const unknown = only.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new SetupError('failed', `--only ${unknown}: it can be\n  ${known.join('\n  ')}`);
  return { rounds: count, only, full, json };
}

/** @param {string[]} args */
function parse(args) {
  const options = /** @type {const} */ ({
    rounds: { type: 'string', default: '7' },
    only: { type: 'string', multiple: true },
    full: { type: 'boolean', default: false },
    json: { type: 'string' },
  });
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw error instanceof TypeError ? new SetupError('failed', error.message) : error;
  }
}
