import { join } from 'node:path';
import { expect, it } from 'vitest';
import { execute } from '../testing/execute.ts';
import { repository } from '../testing/project.ts';

/** A short one; scripts/chaos.mjs says what is compared, and `npm run chaos -- --edits 10000` is the long one. */
it('says after random edits what a fresh run says', async () => {
  const args = [join(repository, 'scripts/chaos.mjs'), '--edits', '36', '--seed', '1'];
  const { exitCode, stdout, stderr } = await execute(process.execPath, args, repository);
  expect(`${exitCode}\n${stderr}`).toMatch(/^0\n/);
  expect(stdout).toMatch(/"edits": 24,[^]*no difference\n$/);
});
