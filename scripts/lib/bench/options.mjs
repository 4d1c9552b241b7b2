import { parseArgs } from 'node:util';
import { SetupError } from '../main.mjs';
import { suites } from './suites.mjs';

/**
 * @typedef {object} Options
 * @property {number} rounds
 * @property {readonly string[]} only
 * @property {boolean} full
 * @property {boolean} write
 * @property {string | undefined} json
 * @property {boolean} help
 */

/**
 * @param {string[]} args
 * @returns {Options}
 */
export function readOptions(args) {
  const { rounds, only = [], ...others } = parse(args);
  const count = Number(rounds);
  if (!Number.isInteger(count) || count < 1)
    throw new SetupError('failed', `--rounds ${rounds}: a number above 0 is needed`);
  const unknown = only.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new SetupError('failed', `--only ${unknown}: it can be\n  ${known.join('\n  ')}`);
  return { rounds: count, only, json: undefined, ...others };
}

const known = suites.flatMap(({ name, scenarios }) => [name, ...scenarios.map((each) => `${name}/${each.name}`)]);

/** @param {string[]} args */
function parse(args) {
  const options = /** @type {const} */ ({
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', multiple: true },
    full: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  });
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw error instanceof TypeError ? new SetupError('failed', error.message) : error;
  }
}

/** @param {{ name: string, scenarios: readonly import('./scenario.mjs').Scenario[] }} suite */
const suiteLine = ({ name, scenarios }) =>
  `  ${name.padEnd(13)}${scenarios.map((each) => (each.isLong === true ? `(${each.name})` : each.name)).join(' ')}`;

export const help = `usage: npm run bench [-- option…]

  --rounds N   how often each is measured (5); what takes most of a minute, less often
  --only NAME  a suite, or SUITE/SCENARIO; may be given again
  --full       what takes minutes, too
  --write      puts the results into docs/, where what was not measured stays as it is
  --json FILE  puts every single figure of this run into FILE
  --help

suites, and their scenarios; only with --full, or by name, those in brackets:
${suites.map(suiteLine).join('\n')}
`;
