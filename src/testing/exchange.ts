import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './execute.ts';
import { temporaryDirectory } from './temporary.ts';

/**
 * Two files or directories take each other's place in one step (renameat2(2), which Node does not have), so that nobody
 * sees either name without one. With two renames it is up to chance whether somebody does.
 */
export async function exchange(one: string, other: string): Promise<void> {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'exchange.c'), source);
  await run('gcc', ['-o', 'exchange', 'exchange.c'], directory);
  await run(join(directory, 'exchange'), [one, other], directory);
}

const source = `
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc == 3 && syscall(SYS_renameat2, AT_FDCWD, argv[1], AT_FDCWD, argv[2], RENAME_EXCHANGE) == 0) return 0;
  perror("renameat2");
  return 1;
}
`;
