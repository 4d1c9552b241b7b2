import type { ProjectPath } from '../model/ids.ts';
import { bytewise } from '../model/order.ts';
import type { CompileStep, Language } from '../model/plan.ts';
import { languageOf } from './language.ts';
import { nameObjects } from './object-names.ts';
import type { ResolvedTarget } from './targets.ts';

/** A target and the sources its patterns select, bytewise. */
export interface SourcedTarget {
  readonly target: ResolvedTarget;
  readonly sources: readonly ProjectPath[];
}

export interface Objects {
  /** Each once, by name. */
  readonly compiles: readonly CompileStep[];
  /** A target's objects in the order of its sources. */
  readonly byTarget: ReadonlyMap<string, readonly CompileStep[]>;
}

/** A compile step that has no name yet, and the targets it is for. */
type Draft = Omit<CompileStep, 'name'>;

/**
 * The compile steps of all targets. What two targets would compile alike — same source, flags and packages — is one
 * step, so that it is built once.
 */
export function planObjects(targets: readonly SourcedTarget[], taken: ReadonlySet<string>): Objects {
  const settingIds = new Map<string, number>();
  const shared = new Map<string, Draft>();
  const bySource = new Map<ProjectPath, Draft[]>();
  const draftsOf = new Map<string, readonly Draft[]>();
  for (const { target, sources } of targets) {
    // Two languages and thousands of sources: what is the same for all of a language is put into words once.
    const ids: Record<Language, number> = {
      c: settingId(settingIds, target, 'c'),
      'c++': settingId(settingIds, target, 'c++'),
    };
    const drafts = sources.map((source) => {
      const language = languageOf(source);
      if (language === undefined) throw new Error(`not a source: ${source}`);
      const key = `${ids[language]} ${source}`;
      const known = shared.get(key);
      if (known !== undefined) return known;
      const { name, packages } = target;
      const draft: Draft = {
        kind: 'compile',
        source,
        language,
        flags: target.flags[language],
        packages,
        options: language === 'c' ? name : `${name} ${language}`,
        target: name,
      };
      shared.set(key, draft);
      const siblings = bySource.get(source);
      if (siblings === undefined) bySource.set(source, [draft]);
      else siblings.push(draft);
      return draft;
    });
    draftsOf.set(target.name, drafts);
  }
  const names = nameObjects(bySource, taken);
  const steps = new Map<Draft, CompileStep>();
  for (const [draft, name] of names) steps.set(draft, { ...draft, name });
  return {
    compiles: [...steps.values()].sort((a, b) => bytewise(a.name, b.name)),
    byTarget: new Map([...draftsOf].map(([name, drafts]) => [name, drafts.map((draft) => stepOf(steps, draft))])),
  };
}

function settingId(ids: Map<string, number>, { flags, packages }: ResolvedTarget, language: Language): number {
  const key = JSON.stringify([flags[language], packages]);
  const id = ids.get(key) ?? ids.size;
  ids.set(key, id);
  return id;
}

function stepOf(steps: ReadonlyMap<Draft, CompileStep>, draft: Draft): CompileStep {
  const step = steps.get(draft);
  if (step === undefined) throw new Error(`unnamed object of ${draft.source}`);
  return step;
}
