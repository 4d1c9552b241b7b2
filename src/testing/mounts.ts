import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync, appendFileSync, rmSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { run } from './execute.ts';
import { temporaryDirectory } from './temporary.ts';

/** A view of the machine with mounts of its own, which are gone when the test is over. */
export interface Mounts {
  /** Runs a program with that view. */
  readonly within: readonly string[];
  /** Where a path of that view is in ours. */
  seen(path: string): string;
  mount(...args: readonly string[]): Promise<unknown>;
  unmount(path: string): Promise<unknown>;
  /** From now on nothing below the directory can be written, by nobody, until it is unmounted. */
  makeReadOnly(directory: string): Promise<void>;
}

export async function openMounts(): Promise<Mounts> {
  const isRoot = process.getuid?.() === 0;
  const holder = spawn('unshare', [...(isRoot ? [] : ['--map-root-user']), '--mount', 'sh', '-c', 'echo; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    holder.stdin.end();
    await once(holder, 'close');
  });
  await once(holder.stdout, 'data');
  const pid = holder.pid ?? 0;
  const user = isRoot ? [] : ['--user', '--preserve-credentials'];
  const within = ['nsenter', `--target=${pid}`, ...user, '--mount'];
  const call = (...args: readonly string[]): Promise<string> => {
    const [program = '', ...rest] = [...within, ...args];
    return run(program, rest, '/');
  };
  return {
    within,
    seen: (path) => `/proc/${pid}/root${path}`,
    mount: (...args) => call('mount', ...args),
    unmount: (path) => call('umount', path),
    async makeReadOnly(directory) {
      await call('mount', '--bind', directory, directory);
      await call('mount', '-o', 'remount,bind,ro', directory);
    },
  };
}

/** A disk of its own, which is soon full. */
export interface SmallDisk {
  readonly mounts: Mounts;
  /** Where it is, for programs that run within the mounts. */
  readonly directory: string;
  fill(): void;
  makeRoom(): void;
}

export async function smallDisk(megabytes: number): Promise<SmallDisk> {
  const mounts = await openMounts();
  const directory = temporaryDirectory();
  await mounts.mount('-t', 'tmpfs', '-o', `size=${megabytes}m`, 'none', directory);
  const filler = `${mounts.seen(directory)}/filler`;
  return {
    mounts,
    directory,
    fill() {
      writeFileSync(filler, '');
      for (const size of [1 << 20, 1 << 12]) {
        while (appends(filler, Buffer.alloc(size)));
      }
    },
    makeRoom: () => rmSync(filler),
  };
}

function appends(file: string, bytes: Buffer): boolean {
  try {
    appendFileSync(file, bytes);
    return true;
  } catch {
    return false;
  }
}
