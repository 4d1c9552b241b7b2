/**
 * Compiles src/ to dist/, as far as it is not compiled yet.
 *
 *     npm run build
 */
import { main } from './lib/main.mjs';
import { checkNode, compile, installPackages } from './lib/prepare.mjs';

const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);

await main(async (signal) => {
  checkNode();
  await installPackages({ signal, say });
  await compile({ signal, say });
  return 0;
});
