/**
 * Puts the source of a Debian package into a directory: lua5.4, zlib, redis, …
 *
 *     node scripts/fetch-source.mjs [--patches] NAME DEST
 *
 * Upstream's own tree; `--patches`: as Debian builds it.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fetchSource } from './lib/debian-source.mjs';
import { main, SetupError } from './lib/main.mjs';

await main(async (signal) => {
  const options = /** @type {const} */ ({ patches: { type: 'boolean', default: false } });
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [name, destination] = positionals;
  if (name === undefined || destination === undefined) {
    throw new SetupError('failed', 'usage: node scripts/fetch-source.mjs [--patches] NAME DEST');
  }
  const say = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);
  await fetchSource({ name, destination: resolve(destination), patches: values.patches, signal, say });
  return 0;
});
