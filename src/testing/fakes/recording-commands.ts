import type { Command, CommandResult, CommandRunner } from '../../host/ports.ts';

/** What a scripted program does: its lines on stderr go to `onStderrLine` where the caller wants them. */
export interface Script {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly lines?: readonly string[];
  /** Where nothing is said: 0 of a command that exited, otherwise none. */
  readonly exitCode?: number;
  readonly ended?: CommandResult['ended'];
}

export interface RecordingCommands extends CommandRunner {
  /** In the order in which they were started. */
  readonly commands: readonly Command[];
}

/** Runs no program: `play` says what each would have done. A command whose signal is aborted by then says `aborted`. */
export function createRecordingCommands(
  play: (command: Command, position: number) => Script | Promise<Script>,
): RecordingCommands {
  const commands: Command[] = [];
  return {
    commands,
    async run(command) {
      commands.push(command);
      const script = await play(command, commands.length - 1);
      for (const line of script.lines ?? []) command.onStderrLine?.(line);
      const ended = script.ended ?? (command.signal?.aborted === true ? 'aborted' : 'exited');
      return {
        exitCode: script.exitCode ?? (ended === 'exited' ? 0 : undefined),
        stdout: script.stdout ?? '',
        stderr: script.stderr ?? '',
        ended,
        ms: 1,
      };
    },
    which: (program) => [`/bin/${program}`],
    environment: () => ({}),
  };
}
