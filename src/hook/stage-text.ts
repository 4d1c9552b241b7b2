import type { Failure } from '../model/failure.ts';
import type { ProjectPath } from '../model/ids.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { ProjectFiles } from '../host/ports.ts';
import type { Git } from './git.ts';

/**
 * Stages `text` as the contents of a file of the project, and writes it to the working tree too. Refuses where the file
 * there is neither what is staged nor what is to be: somebody is at work on it. Nothing else is staged, ever.
 */
export async function stageText(
  git: Git,
  files: ProjectFiles,
  path: ProjectPath,
  text: string,
): Promise<Result<void, Failure>> {
  if (git.committing === 'paths') return fail({ kind: 'partial-commit', path });
  const full = `${git.prefix}${path}`;
  const staged = await git.run(['ls-files', '--stage', '-z', '--full-name', '--', `:(top,literal)${full}`]);
  if (!staged.ok) return staged;
  const [, mode = '100644', object] = /^(\d+) ([0-9a-f]+) /.exec(staged.value) ?? [];
  const current = files.read(path)?.toString('utf8');
  if (current !== undefined && current !== text) {
    const known = object === undefined ? ok(undefined) : await git.run(['cat-file', 'blob', object]);
    if (!known.ok) return known;
    if (current !== known.value) return fail({ kind: 'partly-staged', path });
  }
  const written = await git.run(['hash-object', '-w', '--stdin'], { input: text });
  if (!written.ok) return written;
  const entry = `${mode},${written.value.trim()},${full}`;
  const updated = await git.run(['update-index', '--add', '--cacheinfo', entry]);
  if (!updated.ok) return updated;
  if (current !== text) files.write(path, text);
  return ok(undefined);
}
