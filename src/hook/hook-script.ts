/** A project that a hook looks after. */
export interface HookedProject {
  /** Relative to the top of the working tree; `.` for that itself. */
  readonly directory: string;
  readonly mode: 'check' | 'fix';
}

/** What makenix is run with where it is not on the PATH, as in graphical clients; absolute paths. */
export interface Program {
  readonly node: string;
  readonly script: string;
}

const marker =
  '# Keeps generated expressions true. Written by `makenix hook install`; `makenix hook uninstall` takes it back.';
const projectsLine = /^# projects: (.*)$/m;

/** Where a hook that was there before is kept, beside ours. */
export const chainedHook = 'pre-commit.before-makenix';

/**
 * A `pre-commit` hook for POSIX shells. Git starts it at the top of the working tree. It runs the hook that was there
 * before, and then makenix for each project; a project's own makenix goes before the one on the PATH.
 */
export const printHook = (projects: readonly HookedProject[], { node, script }: Program): string => `#!/bin/sh
${marker}
# projects: ${JSON.stringify(projects)}
before="$(dirname -- "$0")/${chainedHook}"
if [ -x "$before" ]; then
  "$before" "$@" || exit $?
fi

# These replay commits that were made before, each with the expression it had.
state=$(git rev-parse --git-dir) || exit 2
for replay in rebase-merge rebase-apply CHERRY_PICK_HEAD REVERT_HEAD; do
  if [ -e "$state/$replay" ]; then
    echo "makenix: not checked, since commits are being replayed" >&2
    exit 0
  fi
done

node=$(command -v node) || node=${quoted(node)}
run() {
  own="$directory/node_modules/makenix/bin/makenix.js"
  if [ -e "$own" ]; then
    "$node" "$own" "$@"
  elif command -v makenix >/dev/null 2>&1; then
    makenix "$@"
  elif [ -x ${quoted(node)} ] && [ -e ${quoted(script)} ]; then
    ${quoted(node)} ${quoted(script)} "$@"
  else
    echo "error: the pre-commit hook does not find makenix" >&2
    echo "  hint: run \\\`makenix hook install\\\` again, or commit without a check: git commit --no-verify" >&2
    return 2
  fi
}
status=0
check() {
  directory=$1
  run generate --staged "$2" -C "$1" || status=$?
}
${projects.map(({ directory, mode }) => `check ${quoted(directory)} --${mode}\n`).join('')}exit "$status"
`;

/** The projects of a hook of ours; undefined for any other. */
export function projectsOf(hook: string): readonly HookedProject[] | undefined {
  const [, list] = projectsLine.exec(hook) ?? [];
  if (list === undefined || !hook.includes(`\n${marker}\n`)) return undefined;
  try {
    return JSON.parse(list) as readonly HookedProject[];
  } catch {
    return undefined;
  }
}

/** A word of the shell, whatever is in it. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
