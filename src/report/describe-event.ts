import type { Diagnostic } from '../model/diagnostic.ts';
import type {
  CycleFinished,
  DaemonStarted,
  DerivationFinished,
  DerivationsChecked,
  DifferingDerivation,
  Edge,
  GeneratorFinished,
  GeneratorStage,
  Reason,
  ReasonChange,
  WatchDegraded,
} from '../model/events.ts';
import { formatDuration } from './duration.ts';

/*
 * The words for what goes well. Failures have theirs in describe.ts. All of these are for one line, and not yet safe
 * for a terminal: `renderLine` sees to that.
 */

/** `src/hello.c changed`, `new`, `src/hello.o came out different`. */
export const describeReason = ({ path, change }: Reason): string => reasonWords[change](path);

const reasonWords: Readonly<Record<ReasonChange, (path: string) => string>> = {
  'first-seen': () => 'new',
  modified: (path) => `${path} changed`,
  added: (path) => `${path} added`,
  removed: (path) => `${path} no longer used`,
  rebuilt: (path) => `${path} came out different`,
  flags: (path) => `flags changed (${path})`,
  toolchain: (path) => `toolchain changed (${path})`,
  'missing-output': (path) => `${path} is not in the store`,
};

/**
 * Why a step has the outcome it has: its first reason and how many more there are. What was rebuilt "came out the
 * same" for a step that was cut off, and that is why it was.
 */
export function describeBecause(because: readonly Reason[], outcome?: DerivationFinished['outcome']): string {
  const [first] = because;
  if (first === undefined) return '';
  const words =
    outcome === 'cut-off' && first.change === 'rebuilt' ? `${first.path} came out the same` : describeReason(first);
  return because.length === 1 ? words : `${words}, and ${because.length - 1} more`;
}

export const outcomeWords: Readonly<Record<DerivationFinished['outcome'], string>> = {
  rebuilt: 'rebuilt',
  'cut-off': 'cut off',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** `src/a.c, src/b.c, src/c.c and 12 more`. */
export function describePaths(paths: readonly string[]): string {
  const shown = 3;
  const rest = paths.length - shown;
  return paths.slice(0, shown).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** One text a changed edge; a single one with the counts where there are too many to read. */
export function describeGraph(
  added: readonly Edge[],
  removed: readonly Edge[],
  arrow: string,
  most: number,
): readonly string[] {
  if (added.length + removed.length > most) return [`${added.length} includes added, ${removed.length} removed`];
  const words = (sign: string) => (edge: Edge) => `${sign} ${edge.object} ${arrow} ${edge.file}`;
  return [...added.map(words('+')), ...removed.map(words('-'))];
}

/** Why this cycle was built by `nix build`; what Nix says may be long, and its first line says most. */
export const describeFallback = (because: string): string =>
  `built by nix build, because ${because.trim().split('\n', 1)[0] ?? ''}`;

/** Whether makenix and Nix agree: one line, and of those that differ, the first few below it. */
export function describeChecked({ compared, differing, ms }: DerivationsChecked): readonly string[] {
  if (differing.length === 0)
    return [`${count(compared, 'derivation')}, all as Nix gives them (${formatDuration(ms)})`];
  return [
    `${differing.length} of ${count(compared, 'derivation')} are not as Nix gives them:`,
    ...describeDiffering(differing),
  ];
}

/** `src/a.o: /nix/store/….drv, by Nix /nix/store/….drv`: a step that differs takes along all that are made from it. */
export function describeDiffering(differing: readonly DifferingDerivation[]): readonly string[] {
  const shown = 3;
  const rest = differing.length - shown;
  return [
    ...differing.slice(0, shown).map(({ name, ours, theirs }) => `${name}: ${ours}, by Nix ${theirs}`),
    ...(rest > 0 ? [`and ${rest} more`] : []),
  ];
}

/** A build lost its daemon, and nothing else. */
export const describeResumed = (because: string): string =>
  `went on with another Nix daemon: ${because.trim().split('\n', 1)[0] ?? ''}`;

/** What a stage of dynamic mode is about. */
export const describeStage = (stage: GeneratorStage): string => stageWords[stage];

const stageWords: Readonly<Record<GeneratorStage, string>> = {
  projection: 'reading directives',
  plan: 'planning',
  scan: 'scanning',
  object: 'making derivations of objects',
  link: 'making the derivation of a target',
};

/** Before the time that a stage took. */
export const generatorWords: Readonly<Record<GeneratorFinished['outcome'], string>> = {
  rebuilt: 'took',
  failed: 'failed after',
  cancelled: 'was cancelled after',
};

/** `1 rewritten, 2 unchanged`; `3 written` where nothing was kept. */
export const describeStanzas = (changed: number, unchanged: number): string =>
  unchanged === 0 ? `${changed} written` : `${changed} rewritten, ${unchanged} unchanged`;

/** `built in 214 ms`, `up to date (2 ms)`. */
export function describeOutcome(finished: CycleFinished): string {
  const time = formatDuration(finished.ms);
  switch (finished.outcome) {
    case 'built':
      return `built in ${time}`;
    case 'up-to-date':
      return `up to date (${time})`;
    case 'failed':
      return `failed in ${time}`;
    case 'cancelled':
      return `cancelled after ${time}`;
  }
}

/** `2 rebuilt, 0 cut off, 2 reused`, with what failed in front. */
export function describeCounts(finished: CycleFinished): string {
  const { failed, rebuilt, cutOff, reused } = finished;
  const counts = `${rebuilt.length} rebuilt, ${cutOff.length} cut off, ${reused} reused`;
  return failed.length === 0 ? counts : `${failed.length} failed, ${counts}`;
}

/** `makenix 0.1.0 · nix 2.34.8 · gcc 12.2.0 · host toolchain`. */
export function describeStart(started: DaemonStarted): string {
  const { makenix, nix, compiler } = started.versions;
  const parts = [`makenix ${makenix}`, named('nix', nix), compiler, `${started.toolchain} toolchain`];
  if (started.store !== 'auto') parts.push(`store ${started.store}`);
  // Worth a word: without content addresses nothing is ever cut off, and the ledger's zero would puzzle.
  if (started.addressing === 'input') parts.push('input-addressed, so nothing is cut off early');
  return parts.filter((part) => part !== '').join(' · ');
}

/** `nix 2.34.8` whether the version came with its name or without. */
const named = (name: string, version: string): string => (/^\d/.test(version) ? `${name} ${version}` : version);

/** `file events were lost (src/a.c and 2 more): all files were checked, and are watched anew`. */
export function describeDegraded({ reason, action, paths, detail }: WatchDegraded): string {
  const [first, ...others] = paths.map((path) => path || '.');
  const named = first === undefined ? detail : others.length === 0 ? first : `${first} and ${others.length} more`;
  return `${degradedWords[reason]}${named === '' ? '' : ` (${named})`}: ${degradedActions[action]}`;
}

const degradedWords: Readonly<Record<WatchDegraded['reason'], string>> = {
  polling: 'file events are not used',
  'no-events': 'file events do not all come through here',
  'lost-events': 'file events were lost',
  'unwatched-directories': 'directories were replaced',
  'too-many-watches': 'the system allows no more file watches; see fs.inotify.max_user_watches and max_user_instances',
  'watch-error': 'watching files failed',
};

const degradedActions: Readonly<Record<WatchDegraded['action'], string>> = {
  polls: 'files are polled',
  'checks-often': 'all files are checked every second or so',
  'watches-anew': 'all files were checked, and are watched anew',
};

/** `exited with 1 after 20 ms`; a command that a signal ended has no exit code. */
export const describeExit = (exitCode: number | null, ms: number): string =>
  exitCode === null ? `was ended after ${formatDuration(ms)}` : `exited with ${exitCode} after ${formatDuration(ms)}`;

/** `src/main.c:3:10`, without the column where the compiler gave none. */
export const describePlace = ({ file, line, column }: Diagnostic): string =>
  column > 0 ? `${file}:${line}:${column}` : `${file}:${line}`;

/** `warnings still in 2 units`. */
export const describeReplay = (diagnostics: readonly Diagnostic[], units: number): string =>
  `${diagnostics.some(({ severity }) => severity === 'error') ? 'errors' : 'warnings'} still in ${count(units, 'unit')}`;

/** `1 unit`, `2 units`. */
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
