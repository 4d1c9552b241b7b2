import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DaemonEngine } from '../build/daemon-engine.ts';
import { Builder } from '../build/builder.ts';
import { DynamicFrontEnd } from '../build/dynamic-front-end.ts';
import { ExpressionFrontEnd, type FrontEndOptions } from '../build/expression-front-end.ts';
import type { FrontEnd } from '../build/front-end.ts';
import type { ProjectState } from '../build/project-state.ts';
import type { SessionPorts } from '../build/session.ts';
import { readEngineMemory, readState, stateFiles } from '../build/state-files.ts';
import { nodeByteStreams } from '../host/node-byte-streams.ts';
import { createNodeCommands } from '../host/node-commands.ts';
import { nodeClock } from '../host/node-clock.ts';
import { createNodeFiles } from '../host/node-files.ts';
import { hasNixStore, isDirectory, makeDirectory } from '../host/node-machine.ts';
import type { CommandRunner, ProjectFiles } from '../host/ports.ts';
import type { ProjectPath } from '../model/ids.ts';
import { hasNixpkgs, noStore } from '../nix/nixpkgs-toolchain.ts';
import { createDebugLog } from '../report/debug-log.ts';
import { createEventStream, type EventStream } from '../report/events.ts';
import { createJsonRenderer } from '../report/json.ts';
import { createPlainRenderer } from '../report/plain.ts';
import type { Renderer } from '../report/renderer.ts';
import { wantsColor } from '../report/style.ts';
import { createTerminalRenderer } from '../report/terminal.ts';
import { SystemFiles } from '../scan/system-files.ts';
import type { CommonOptions, Mode } from './options.ts';

/** A project with everything real behind it. */
export interface Project<F extends FrontEnd = FrontEnd> {
  readonly files: ProjectFiles;
  readonly commands: CommandRunner;
  readonly events: EventStream;
  readonly frontEnd: F;
  readonly builder: Builder;
  /** Leaves terminal and log files in a good state. */
  close(): void;
}

interface OpenOptions {
  readonly targets: readonly string[];
  readonly watch: boolean;
  /** For who only compares: this machine's compiler, unless another is asked for, whatever packages it has. No Nix. */
  readonly isCheck?: boolean;
  /** Instead of the directory's name. */
  readonly projectName?: string;
  /** For who has a report of their own: people are told nothing of what happens. */
  readonly isSilent?: boolean;
  readonly isParanoid?: boolean;
}

const hasSystemStore = (): boolean => hasNixStore() || (process.env['NIX_REMOTE'] ?? '') !== '';

/** What dynamic mode puts into the sandbox; beside the compiled program. */
export const dynamicDirectory = fileURLToPath(new URL('../dynamic/nix', import.meta.url));

/** The composition root, for commands that work in both modes. */
export const openInMode = (options: CommonOptions, mode: Mode, more: OpenOptions): Project | undefined =>
  mode.dynamic === true
    ? openDynamicProject(options, more)
    : openProject(options, { ...more, isParanoid: mode.paranoid ?? false });

/** The composition root. Undefined where the project's directory is none. */
export const openProject = (options: CommonOptions, more: OpenOptions): Project<ExpressionFrontEnd> | undefined =>
  open(options, more, stateFiles.expression, (ports, given, state) => {
    const { files, commands, clock, emit } = ports;
    const parts = { files, commands, clock, emit, streams: nodeByteStreams, machine: createNodeFiles('/') };
    const remembered = (): string | undefined => readEngineMemory(files);
    const engine = options.engine === 'daemon' ? new DaemonEngine(parts, remembered) : undefined;
    return new ExpressionFrontEnd(ports, { ...given, engine, isParanoid: more.isParanoid ?? false }, state);
  });

/** The same for dynamic mode. */
const openDynamicProject = (options: CommonOptions, more: OpenOptions): Project<DynamicFrontEnd> | undefined =>
  open(options, more, stateFiles.dynamic, (ports, given, state) => {
    const parts = { library: dynamicDirectory, node: process.execPath, openFiles: createNodeFiles };
    return new DynamicFrontEnd(ports, given, parts, state);
  });

function open<F extends FrontEnd>(
  options: CommonOptions,
  more: OpenOptions,
  stateFile: ProjectPath,
  createFrontEnd: (ports: SessionPorts, given: FrontEndOptions, state: ProjectState | undefined) => F,
): Project<F> | undefined {
  if (!isDirectory(options.directory)) return undefined;
  const files = createNodeFiles(options.directory);
  const commands = createNodeCommands(process.env);
  const renderers = createRenderers(options, more);
  const events = createEventStream(nodeClock, renderers);
  const openFiles = (directory: string): ProjectFiles => {
    makeDirectory(directory);
    return createNodeFiles(directory);
  };
  const state = readState(files, stateFile);
  const systemFiles = new SystemFiles(createNodeFiles('/'), state?.system);
  const ports = { files, commands, clock: nodeClock, systemFiles, emit: events.emit, openFiles };
  const frontEnd = createFrontEnd(
    ports,
    {
      toolchain: options.toolchain ?? (more.isCheck === true ? 'host' : undefined),
      optionalPackages: more.isCheck ?? false,
      defaultToolchain: async () => {
        const [nix] = commands.which('nix');
        if (nix === undefined) return 'host';
        return (await hasNixpkgs(commands, nix, hasSystemStore() ? undefined : noStore)) ? 'nixpkgs' : 'host';
      },
      jobs: options.jobs,
      projectName: more.projectName ?? (basename(files.root) || 'project'),
      targets: more.targets,
      store: options.store,
      addressing: options.addressing,
      machine: {
        hasSystemStore: hasSystemStore(),
        privateStore: join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'makenix', 'store'),
      },
    },
    state,
  );
  return {
    files,
    commands,
    events,
    frontEnd,
    builder: new Builder(ports, frontEnd, state),
    close: () => {
      for (const renderer of renderers) renderer.close();
    },
  };
}

/** For commands that only tell what they do. */
export function openEvents(options: CommonOptions): { readonly events: EventStream; readonly close: () => void } {
  const renderers = createRenderers(options, { watch: false });
  return {
    events: createEventStream(nodeClock, renderers),
    close: () => {
      for (const renderer of renderers) renderer.close();
    },
  };
}

function createRenderers(
  options: CommonOptions,
  { watch, isCheck = false, isSilent = false }: Pick<OpenOptions, 'watch' | 'isCheck' | 'isSilent'>,
): readonly Renderer[] {
  const { stdout, stderr } = process;
  const renderers: Renderer[] = [];
  if (options.json) renderers.push(createJsonRenderer({ write: (text) => void stdout.write(text) }));
  const shareTerminal = options.json && stdout.isTTY && stderr.isTTY;
  if (!shareTerminal && !isSilent) {
    const human = createHumanRenderer(options, watch);
    renderers.push(isCheck ? onlyFailures(human) : human);
  }
  if (options.logFile !== undefined) {
    makeDirectory(dirname(options.logFile));
    renderers.push(createDebugLog(options.logFile, 'trace'));
  }
  return renderers;
}

/** Who asks whether a file is up to date does not ask what was done to find out. */
const onlyFailures = (renderer: Renderer): Renderer => ({
  event: (event) => {
    if (event.kind === 'failure' || event.kind === 'plan-stale') renderer.event(event);
  },
  close: () => renderer.close(),
});

function createHumanRenderer({ verbose }: CommonOptions, watch: boolean): Renderer {
  const { stderr, env } = process;
  const color = wantsColor(env, stderr.isTTY);
  const write = (text: string): void => void stderr.write(text);
  if (!stderr.isTTY || env['TERM'] === 'dumb') return createPlainRenderer({ write }, { verbose });
  const out = {
    write,
    get columns() {
      return stderr.columns;
    },
  };
  return createTerminalRenderer(out, { color, verbose, watch, after: (ms, callback) => nodeClock.after(ms, callback) });
}
