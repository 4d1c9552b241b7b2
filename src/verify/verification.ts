import type { Clock, CommandRunner, ProjectFiles } from '../host/ports.ts';
import type { MakenixEvent, Verdict, VerificationFinished } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import { trustedProjectPath } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { BuiltObjects } from '../build/built-objects.ts';
import { rounded } from '../build/milliseconds.ts';
import { physicalPath } from '../build/outputs.ts';
import { AskingPlaces } from './asking-places.ts';
import { checkObject } from './object-check.ts';
import { PlainCompiler } from './plain-compiler.ts';
import type { BuiltUnit } from '../build/built-objects.ts';

export interface VerifyPorts {
  /** The project's. */
  readonly files: ProjectFiles;
  readonly commands: CommandRunner;
  readonly clock: Clock;
  readonly emit: (event: MakenixEvent) => void;
  /** Files of the whole machine. */
  readonly machine: ProjectFiles;
  /** An empty directory, outside the tree. */
  readonly scratch: ProjectFiles;
}

/**
 * Compiles every unit again, in the tree, and compares with the object that Nix has made: what the sandbox makes has to be
 * what the tree says. As many at a time as there are jobs. A `Failure` means that nothing could be compared.
 */
export async function verifyObjects(
  ports: VerifyPorts,
  { store, toolchain, units, missing, isCurrent }: BuiltObjects,
  { jobs, signal }: { readonly jobs: number; readonly signal: AbortSignal },
): Promise<Result<VerificationFinished, Failure>> {
  const { files, commands, clock, emit, machine, scratch } = ports;
  const storeDirectory = physicalPath(store, '/nix/store');
  if (storeDirectory === undefined) return fail({ kind: 'verify-store', store: store.label });
  const compiler =
    (toolchain.kind === 'nixpkgs' ? physicalPath(store, toolchain.compiler) : undefined) ?? toolchain.compiler;
  // A program of a store names its parts by where they are to be.
  const tried = await commands.run({
    file: `${compiler}/bin/cc`,
    args: ['--version'],
    env: toolchain.scan.env,
    signal,
  });
  if (tried.ended === 'not-found') return fail({ kind: 'verify-compiler', compiler });

  const { env } = toolchain.scan;
  const parts = {
    compiler: new PlainCompiler({
      ...{ commands, root: files.root, scratch, compiler, env, signal },
      packageFlags: (step) => toolchain.scan.packageFlags(step),
    }),
    ...{ files, scratch, isCurrent, places: new AskingPlaces(files) },
    pathMaps: [
      `-ffile-prefix-map=${files.root}=.`,
      ...(storeDirectory === '/nix/store' ? [] : [`-ffile-prefix-map=${storeDirectory}=/nix/store`]),
    ],
  };
  const verdictOf = async (unit: BuiltUnit): Promise<Verdict | undefined> => {
    const path = physicalPath(store, unit.output);
    const object = path === undefined ? undefined : machine.read(trustedProjectPath(path.slice(1)));
    if (object === undefined) return { outcome: 'failed', messages: [`${unit.output} is not in the store any more`] };
    return checkObject(unit, object, parts);
  };

  const started = clock.elapsed();
  emit({ kind: 'verification-started', objects: units.length + missing.length });
  const verdicts = new Map<string, Verdict['outcome']>();
  const say = (name: string, verdict: Verdict, ms: number): void => {
    verdicts.set(name, verdict.outcome);
    emit({ kind: 'object-verified', name, ...verdict, ms: rounded(ms) });
  };
  for (const name of missing) say(name, { outcome: 'failed', messages: ['Nix does not say where its object is'] }, 0);
  const waiting = [...units];
  const worker = async (): Promise<void> => {
    for (let unit = waiting.shift(); unit !== undefined; unit = waiting.shift()) {
      const began = clock.elapsed();
      const verdict = await verdictOf(unit);
      if (verdict === undefined) return;
      say(unit.step.name, verdict, clock.elapsed() - began);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, units.length) }, worker));

  const namesOf = (...outcomes: readonly Verdict['outcome'][]): readonly string[] =>
    [...verdicts].flatMap(([name, outcome]) => (outcomes.includes(outcome) ? [name] : [])).sort(bytewise);
  const [differing, failed] = [namesOf('differs'), namesOf('changed', 'failed')];
  const finished: VerificationFinished = {
    kind: 'verification-finished',
    outcome: signal.aborted ? 'cancelled' : differing.length + failed.length > 0 ? 'differs' : 'verified',
    same: namesOf('same').length,
    mapped: namesOf('mapped').length,
    ...{ differing, failed },
    ms: rounded(clock.elapsed() - started),
  };
  emit(finished);
  return ok(finished);
}
