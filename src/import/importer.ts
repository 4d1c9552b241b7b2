import type { Clock, CommandRunner, ProjectFiles } from '../host/ports.ts';
import type { ImportFinished, MakenixEvent } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import { trustedProjectPath, type ProjectPath } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { planFile } from '../plan/definition-files.ts';
import { ignoring } from '../plan/ignore.ts';
import { printRecordedPlan } from '../plan/recorded-plan.ts';
import type { RecordedPlan } from '../plan/recorded-schema.ts';
import { recordBuild } from '../record/record-build.ts';
import { isHeader, isSource } from './command/source-name.ts';
import { foreignCompilers } from './compilers.ts';
import { importBuild } from './import-build.ts';
import { replay } from './replay.ts';

export interface ImportPorts {
  readonly files: ProjectFiles;
  readonly commands: CommandRunner;
  readonly clock: Clock;
  readonly emit: (event: MakenixEvent) => void;
  /** A directory outside of the project, for the time of one recording; `release` removes it. */
  readonly openScratch: () => { readonly files: ProjectFiles; release(): void };
}

export interface ImportRequest {
  readonly command: readonly string[];
  /** The files that have changed since the last time; none where it was asked for. */
  readonly because: readonly string[];
  /** What the last import found, of which choices of the user's are kept. */
  readonly previous: RecordedPlan | undefined;
  readonly signal: AbortSignal;
  /** Show what the build prints only where it fails. */
  readonly isQuiet?: boolean;
}

/**
 * Runs the project's own build, records it, and writes makenix.plan.json. False where the build failed or was stopped, which
 * leaves the plan as it was.
 *
 * All of the build has to run, for what does not run is not recorded. Build tools go by time stamps, so every source gets a
 * new one before and its old one back afterwards: unlike cleaning, this needs no knowledge of the build, and removes nothing.
 */
export async function importProject(ports: ImportPorts, request: ImportRequest): Promise<Result<boolean, Failure>> {
  const { files, commands, clock, emit } = ports;
  const { command, because, previous, signal, isQuiet = false } = request;
  const [file, ...args] = command;
  if (file === undefined) throw new Error('no command');
  const started = clock.elapsed();
  const startedAt = clock.now();
  emit({ kind: 'import-started', command, purpose: 'record', because });
  const finish = (outcome: ImportFinished['outcome'], plan?: RecordedPlan): void => {
    emit({
      kind: 'import-finished',
      purpose: 'record',
      outcome,
      units: Object.keys(plan?.objects ?? {}).length,
      products: plan?.products.length ?? 0,
      targets: plan?.products.flatMap(({ name, target }) => (target ? [name] : [])) ?? [],
      notUnderstood: plan?.notUnderstood.map(({ problem, targets }) => ({ problem, targets })) ?? [],
      ms: Math.round(clock.elapsed() - started),
    });
  };
  const scratch = ports.openScratch();
  const restore = touchSources(files, clock);
  let recorded;
  try {
    const options = { root: files.root, directory: files.root, signal, isQuiet };
    recorded = await recordBuild([file, ...args], options, { commands, scratch: scratch.files });
  } finally {
    restore();
    scratch.release();
  }
  if (!recorded.ok) {
    finish('failed');
    return recorded;
  }
  const { ended, exitCode, output, events } = recorded.value;
  if (ended === 'not-found') {
    finish('failed');
    return fail({ kind: 'command-missing', command: file });
  }
  if (ended !== 'exited' || exitCode !== 0) {
    finish(signal.aborted ? 'cancelled' : 'failed');
    if (signal.aborted || !isQuiet) return ok(false);
    return fail({ kind: 'own-build-failed', command: command.join(' '), exitCode, output });
  }
  const replayed = replay(files.root, events);
  const isWritten = (path: ProjectPath): boolean => replayed.written.has(`${files.root}/${path}`);
  const recordedPlan = keepingGenerators(importBuild(events, replayed, files, command), previous, files);
  const plan = keepingChoices(withoutRaces(recordedPlan, files, startedAt, isWritten), previous);
  if (plan.products.length === 0) {
    finish('failed');
    return fail({ kind: 'nothing-recorded', command: command.join(' '), objects: replayed.compilers.size });
  }
  const foreign = await foreignCompilers(replayed.compilers, commands);
  const whole = { ...plan, notUnderstood: [...foreign, ...plan.notUnderstood] };
  files.write(planFile, printRecordedPlan(whole));
  finish('imported', whole);
  return ok(true);
}

/** Gives every source the time of now. Returns what gives those that nobody wrote to since their own time back. */
function touchSources(files: ProjectFiles, clock: Clock): () => void {
  const isIgnored = ignoring([planFile], () => false);
  const now = BigInt(Math.round(clock.now())) * 1_000_000n;
  const touched = new Map<ProjectPath, { readonly before: bigint; readonly after: bigint }>();
  for (const path of files.list((each) => isIgnored(each))) {
    const before = files.stat(path)?.mtimeNs;
    if (before === undefined || !isSource(path, undefined) || isHeader(path, undefined)) continue;
    try {
      files.setTime(path, now);
      touched.set(path, { before, after: files.stat(path)?.mtimeNs ?? now });
    } catch {
      // Somebody else's file: if it has to be compiled anew, cleaning will do it.
    }
  }
  return () => {
    for (const [path, { before, after }] of touched) {
      if (files.stat(path)?.mtimeNs !== after) continue;
      try {
        files.setTime(path, before);
      } catch {
        // It went away just now.
      }
    }
  };
}

/**
 * What was up to date was not generated anew, and so not recorded; what it is generated from is known from the time before.
 * One that the build has no longer costs a run of the build too many, where one that was forgotten would go stale.
 */
function keepingGenerators(plan: RecordedPlan, previous: RecordedPlan | undefined, files: ProjectFiles): RecordedPlan {
  const made = new Set(plan.generators.flatMap(({ outputs }) => outputs));
  const names = new Set<string>(plan.products.map(({ name }) => name));
  const kept = (previous?.generators ?? [])
    .filter(({ outputs }) =>
      outputs.every((path) => !made.has(path) && files.stat(trustedProjectPath(path)) !== undefined),
    )
    .map((generator) => ({ ...generator, products: generator.products.filter((name) => names.has(name)) }));
  if (kept.length === 0) return plan;
  const generators = [...plan.generators, ...kept].sort((a, b) => bytewise(a.outputs[0] ?? '', b.outputs[0] ?? ''));
  return { ...plan, generators };
}

/** No file has this: what was changed while the build read it is to count as changed since. */
const noDigest = '0'.repeat(64);

function withoutRaces(
  plan: RecordedPlan,
  files: ProjectFiles,
  startedAt: number,
  isWritten: (path: ProjectPath) => boolean,
): RecordedPlan {
  const definition = Object.entries(plan.definition).map(([name, digest]) => {
    const path = trustedProjectPath(name);
    const changedAt = Number((files.stat(path)?.mtimeNs ?? 0n) / 1_000_000n);
    return [name, changedAt >= startedAt && !isWritten(path) ? noDigest : digest] as const;
  });
  return { ...plan, definition: Object.fromEntries(definition) };
}

/** Which products are targets is the user's to change, as far as it was recorded before. */
export function keepingChoices(plan: RecordedPlan, previous: RecordedPlan | undefined): RecordedPlan {
  const chosen = new Map(previous?.products.map(({ path, target }) => [path, target]));
  // Of several at one path, as a program before and after it was stripped, the last is what is there.
  const last = new Map(plan.products.map(({ path, name }) => [path, name]));
  return {
    ...plan,
    products: plan.products.map((product) => {
      const { path, name, form, target } = product;
      const choice = last.get(path) === name ? chosen.get(path) : undefined;
      return { ...product, target: form !== 'object' && (choice ?? target) };
    }),
  };
}
