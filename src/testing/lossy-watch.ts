import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from './temporary.ts';

/** A makenix whose file system does not tell it everything. What watches is the real thing; only the kernel is not. */
export interface LossyWatch {
  /** For makenix. */
  readonly env: Readonly<Record<string, string>>;
  /** From now on, no events about files and directories of this name. */
  lose(name: string): void;
  /** From now on, watching anything more fails as it does where the system has no more watches to give. */
  refuse(code: 'ENOSPC' | 'EMFILE'): void;
  /** From now on all is well. */
  restore(): void;
}

export function makeLossyWatch(): LossyWatch {
  const directory = temporaryDirectory();
  const [preload, orders] = [join(directory, 'preload.mjs'), join(directory, 'orders')];
  const restore = (): void => rmSync(orders, { force: true });
  writeFileSync(preload, preloadOf(orders));
  return {
    env: { NODE_OPTIONS: `--import=${preload}` },
    lose: (name) => writeFileSync(orders, `lose ${name}`),
    refuse: (code) => writeFileSync(orders, `refuse ${code}`),
    restore,
  };
}

const preloadOf = (orders: string): string => `
import fs from 'node:fs';
import { basename } from 'node:path';
import { syncBuiltinESMExports } from 'node:module';
const orderOf = (verb) => {
  try {
    const [first, rest] = fs.readFileSync(${JSON.stringify(orders)}, 'utf8').split(' ');
    return first === verb ? rest : undefined;
  } catch {
    return undefined;
  }
};
const { watch } = fs;
fs.watch = (path, options, listener) => {
  const code = orderOf('refuse');
  if (code !== undefined) throw Object.assign(new Error(code + ': no more watches'), { code });
  return watch(path, options, (event, name) => {
    const lost = orderOf('lose');
    if (lost === undefined || (basename(path) !== lost && name !== lost)) listener(event, name);
  });
};
syncBuiltinESMExports();
`;
