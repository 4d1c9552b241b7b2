import { join } from 'node:path';
import type { Envelope } from '../model/events.ts';
import { execute } from './execute.ts';
import { findProgram } from './nix.ts';
import { repository } from './project.ts';
import { storeParent, temporaryDirectory } from './temporary.ts';

/**
 * A machine on which Nix is installed for several users: `/nix` is there, and a daemon behind the socket of the system.
 * Processes see it that are started in it, by a root of their own; for all others, nothing has changed.
 */
export interface SystemStore {
  /** The events of `makenix ARGS`, to its end. */
  makenix(args: readonly string[]): Promise<readonly Envelope[]>;
}

/** `trustedUsers`: of whom its daemon takes everything; we are root. */
export function systemStore({ trustedUsers }: { readonly trustedUsers: string }): SystemStore {
  const store = join(temporaryDirectory(storeParent()), 'system');
  const daemonConfig = [
    'experimental-features = nix-command ca-derivations',
    `trusted-users = ${trustedUsers}`,
    'build-users-group =',
    'substituters =',
    'extra-sandbox-paths = /usr /lib? /lib64? /etc/alternatives?',
  ].join('\n');
  return {
    async makenix(args) {
      const program = [process.execPath, join(repository, 'bin/makenix.js'), ...args];
      const inside = [store, findProgram('nix'), daemonConfig, ...program];
      const root = process.getuid?.() === 0 ? [] : ['--map-root-user'];
      const { stdout, stderr, exitCode } = await execute(
        'unshare',
        [...root, '--mount', 'sh', '-euc', script, 'sh', ...inside],
        temporaryDirectory(),
        // What a user of such a machine has to say; the rest is the daemon's.
        { NIX_CONFIG: 'experimental-features = nix-command ca-derivations' },
      );
      const lines = stdout.split('\n').filter((line) => line.startsWith('{"v":'));
      if (lines.length === 0) throw new Error(`exit code ${exitCode}\n${stdout}${stderr}`);
      return lines.map((line) => JSON.parse(line) as Envelope);
    },
  };
}

/** Nix cannot have its sandboxes below a `chroot`, so the root is one that is pivoted to. */
const script = `
store=$1 nix=$2 config=$3
shift 3
mkdir -p "$store/nix/store" "$store/nix/var/nix" root
mount -t tmpfs none root
for entry in /*; do
  if [ "$entry" = /nix ]; then continue; fi
  if [ -L "$entry" ]; then cp -P "$entry" "root$entry"
  elif [ -d "$entry" ]; then mkdir "root$entry"; mount --rbind "$entry" "root$entry"
  fi
done
mkdir root/nix root/old
mount --bind "$store/nix" root/nix
cd root
pivot_root . old
umount -l /old
cd /
NIX_CONFIG=$config "$nix" daemon 2> /dev/null &
daemon=$!
trap 'kill $daemon' EXIT
# Nothing says when it listens: its socket may be that of the one before.
until "$nix" store info --store daemon 2> /dev/null; do kill -0 $daemon; sleep 0.02; done
"$@"
`;
