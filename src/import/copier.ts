import { posix } from 'node:path';

/** Programs whose output is what they read last. */
export function isCopier([name = '', ...args]: readonly string[]): boolean {
  const base = posix.basename(name);
  if (base === 'cmake') return args[0] === '-E' && /^(?:copy|rename)/.test(args[1] ?? '');
  return /^g?(?:cp|mv|install|ln)$/.test(base);
}
