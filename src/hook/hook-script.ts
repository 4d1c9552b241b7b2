import { createHash } from 'node:crypto';

/** A project that a hook looks after. */
export interface HookedProject {
  /** Relative to the top of the working tree; `.` for that itself. */
  readonly directory: string;
  readonly mode: 'check' | 'fix';
  /** Git's own directory, absolute, where other repositories have the same hook. */
  readonly repository?: string;
}

/** What makenix is run with where it is not on the PATH, as in graphical clients; absolute paths. */
export interface Program {
  readonly node: string;
  readonly script: string;
}

const marker =
  '# Keeps generated expressions true. Written by `makenix hook install`; `makenix hook uninstall` takes it back.';

/** Where a hook that was there before is kept, beside ours. */
export const chainedHook = 'pre-commit.before-makenix';

/**
 * A `pre-commit` hook for POSIX shells. Git starts it at the top of the working tree. It runs the hook that was there
 * before, and then makenix for each project; a project's own makenix goes before the one on the PATH.
 */
export function printHook(projects: readonly HookedProject[], program: Program): string {
  const body = bodyOf(projects, program);
  return `#!/bin/sh\n${marker}\n# checksum: ${checksum(body)}\n${body}`;
}

/** The projects of a hook of ours, `edited` where somebody has changed it since; undefined for any other. */
export function projectsOf(hook: string): readonly HookedProject[] | 'edited' | undefined {
  if (!hook.includes(`\n${marker}\n`)) return undefined;
  const [, sum, body = ''] = /^#!.*\n#.*\n# checksum: (\w+)\n([^]*)$/.exec(hook) ?? [];
  const [, list] = /^# projects: (.*)\n/.exec(body) ?? [];
  return sum !== checksum(body) || list === undefined ? 'edited' : (JSON.parse(list) as readonly HookedProject[]);
}

const checksum = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

const bodyOf = (
  projects: readonly HookedProject[],
  { node, script }: Program,
): string => `# projects: ${JSON.stringify(projects)}
before=\${0%/*}/${chainedHook}
if [ -x "$before" ]; then
  "$before" "$@" || exit
fi

# These replay commits that were made before, each with the expression it had.
state=$(git rev-parse --git-dir) || exit 2
for replay in rebase-merge rebase-apply CHERRY_PICK_HEAD REVERT_HEAD; do
  if [ -e "$state/$replay" ]; then
    echo "makenix: not checked, since commits are being replayed" >&2
    exit 0
  fi
done

node=${quoted(node)}
script=${quoted(script)}
# A makenix on the PATH looks for Node there.
PATH=$PATH:\${node%/*}
run() {
  own="$directory/node_modules/.bin/makenix"
  if [ -x "$own" ]; then
    "$own" "$@"
  elif command -v makenix >/dev/null; then
    makenix "$@"
  elif [ -x "$node" ] && [ -e "$script" ]; then
    "$node" "$script" "$@"
  else
    return 127
  fi
}
status=0
check() {
  directory=$1
  # Other branches need not have the project.
  [ -d "$directory" ] || return 0
  if [ "$3" ] && [ "$3" != "$(git rev-parse --path-format=absolute --git-common-dir)" ]; then return 0; fi
  run generate --staged "$2" -C "$directory" && return
  status=$?
  # 126 and 127 are the shell's: not to be run, not there.
  case $status in
    126 | 127)
      echo "error: the pre-commit hook does not find makenix, or not its Node" >&2
      echo "  hint: run \\\`makenix hook install\\\` again, or commit without a check: git commit --no-verify" >&2
      ;;
  esac
}
${projects.map(checkLine).join('')}exit "$status"
`;

const checkLine = ({ directory, mode, repository = '' }: HookedProject): string =>
  `check ${quoted(directory)} --${mode} ${quoted(repository)}\n`;

/** A word of the shell, whatever is in it. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
