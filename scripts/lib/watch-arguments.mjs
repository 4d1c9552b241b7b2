import { relative, resolve } from 'node:path';

/**
 * The arguments of makenix from those of `npm start -- [DIR] [option…] [-- command…]`.
 *
 * @param {readonly string[]} args
 * @param {{ current: string, invoked: string, example: string }} directories absolute: where makenix will run, where
 *   the user is, and what to watch where nothing is said
 * @returns {string[]}
 */
export function watchArguments(args, { current, invoked, example }) {
  const [first] = args;
  const named = first !== undefined && !first.startsWith('-');
  const options = named ? args.slice(1) : args;
  const end = options.indexOf('--');
  const own = end === -1 ? options : options.slice(0, end);
  const has = (/** @type {string} */ name) => own.some((option) => option === name || option.startsWith(`${name}=`));
  const defaults = [];
  if (named || !has('-C')) defaults.push('-C', relative(current, named ? resolve(invoked, first) : example) || '.');
  if (!has('--toolchain')) defaults.push('--toolchain', 'host');
  if (!has('--store')) defaults.push('--store', 'private');
  return ['watch', ...defaults, ...options];
}
