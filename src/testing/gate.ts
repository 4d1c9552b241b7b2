import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryDirectory } from './temporary.ts';

/**
 * Holds up the compile of a source that has `line` in it until the test opens the gate: the assembler reads a named
 * pipe that is in the sandbox, and waits there as long as it takes. So the test, and no clock, decides what happens
 * during a build. `gcc -MM` does not see it.
 */
export interface Gate {
  readonly line: string;
  /** For makenix: puts the pipe into the sandbox. */
  readonly env: Readonly<Record<string, string>>;
  /** Resolves once a compile stands before the gate. Wait for its `derivation-started` first, which reports what goes wrong. */
  reached(): Promise<void>;
  /** Lets it through. */
  open(): Promise<void>;
}

/** A named pipe: who opens one end waits for who opens the other. Returns its path. */
export function makePipe(): string {
  const pipe = join(temporaryDirectory(), 'pipe');
  execFileSync('mkfifo', ['-m', '666', pipe]);
  return pipe;
}

export function makeGate(): Gate {
  const pipe = makePipe();
  let writer: FileHandle | undefined;
  let opening: Promise<FileHandle> | undefined;
  onTestFinished(async () => {
    // Opening waits for the other end; where that never came, this is it.
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const opened = await opening;
    if (opened === writer) await opened?.close();
    closeSync(reader);
  });
  return {
    line: '__asm__(".include \\"/gate\\"");\n',
    env: { NIX_CONFIG: `extra-sandbox-paths = /gate=${pipe}` },
    async reached() {
      opening = open(pipe, 'w');
      writer = await opening;
    },
    async open() {
      await writer?.close();
      writer = undefined;
    },
  };
}
