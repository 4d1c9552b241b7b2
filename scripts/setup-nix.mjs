/**
 * Provides a Nix and says which and where.
 *
 *     node scripts/setup-nix.mjs [--version 2.34|2.26] [--env]
 *
 * Without `--version`: the one on PATH if it will do. `--env`: shell commands that put it into the environment, for
 * `eval "$(node scripts/setup-nix.mjs --env)"`.
 */
import { parseArgs } from 'node:util';
import { main, SetupError } from './lib/main.mjs';
import { ensureNix } from './lib/nix-prefix.mjs';

await main(async (signal) => {
  const options = /** @type {const} */ ({
    version: { type: 'string', default: 'any' },
    env: { type: 'boolean', default: false },
  });
  const { version, env } = parseArgs({ options }).values;
  if (version !== 'any' && version !== '2.34' && version !== '2.26') {
    throw new SetupError('failed', `--version ${version}: it can be 2.34 or 2.26`);
  }
  const nix = await ensureNix({ version, signal, say: (line) => process.stderr.write(`${line}\n`) });
  if (env) {
    for (const [name, value] of Object.entries(nix.env)) {
      process.stdout.write(`export ${name}='${value.replaceAll("'", `'\\''`)}'\n`);
    }
  } else process.stdout.write(`Nix ${nix.version} ${nix.prefix === undefined ? 'from PATH' : `in ${nix.prefix}`}\n`);
  return 0;
});
