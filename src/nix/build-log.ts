import { errorLevel, parseActivityLine } from './activity-log.ts';

/** What one `nix build` said of the derivations it built. */
export type BuildObservation = {
  /** The name part of its path. */
  readonly name: string;
  readonly drvPath: string;
} & (
  | { readonly kind: 'started' }
  | { readonly kind: 'log-line'; readonly text: string }
  | ({ readonly kind: 'finished' } & BuildEnd)
);

type BuildEnd =
  /** `cut-short`: Nix ended, and not well, before it said a word about it. */
  | { readonly how: 'succeeded' | 'cut-short' }
  /** `message`: Nix's own. */
  | { readonly how: 'failed'; readonly message: string };

export interface BuildLog {
  /** One line of stderr. */
  line(text: string): void;
  /** The process has ended: what is still open gets its end. */
  end(succeeded: boolean): void;
  /** Nix's own errors so far, those about failed builders included. */
  readonly messages: readonly string[];
  /** The derivations it announced it would build. */
  readonly announced: readonly string[];
}

/** Names have 211 bytes at most. Without a limit, each slash of a message that quotes a log would be looked behind to its end. */
const derivationPath = /\/[^\s/]{1,255}(?:\/[^\s/]{1,255}){0,15}?\.drv(?=')/g;

interface Building {
  readonly name: string;
  readonly drvPath: string;
}

/**
 * Follows the activity log of one process.
 *
 * Whether a build has failed is not in its `stop`. Nix counts a failure just before that build's `stop` and explains it
 * in a message: 2.34 some time after (other builds may speak in between), 2.26 before, and may hold the `stop` back. So
 * a `stop` while every counted failure has been explained is a success at once; otherwise the build stays open until a
 * message names it, the explanations catch up with the count, or Nix ends.
 */
export function followBuildLog(observe: (observation: BuildObservation) => void): BuildLog {
  const running = new Map<string, Building>();
  const undecided = new Set<Building>();
  const finished = new Set<string>();
  const messages: string[] = [];
  const announced: string[] = [];
  /** Derivations that a message has said failed, or could not be tried: both are counted. */
  const explained = new Set<string>();
  let counted = 0;

  const finish = ({ name, drvPath }: Building, end: BuildEnd): void => {
    if (finished.has(drvPath)) return;
    finished.add(drvPath);
    observe({ kind: 'finished', name, drvPath, ...end });
  };

  const decideRest = (): void => {
    for (const building of undecided) finish(building, { how: 'succeeded' });
    undecided.clear();
  };

  const explain = (text: string): void => {
    // `build of 'a.drv^out', 'b.drv^out' failed` sums up goals, of which some have succeeded.
    if (text.includes('.drv^')) return;
    for (const [drvPath] of text.matchAll(derivationPath)) explained.add(drvPath);
    for (const building of [...undecided, ...running.values()]) {
      if (!explained.has(building.drvPath)) continue;
      undecided.delete(building);
      finish(building, { how: 'failed', message: text });
    }
    if (explained.size >= counted) decideRest();
  };

  return {
    messages,
    announced,
    line(text) {
      const entry = parseActivityLine(text);
      if (entry === undefined) {
        if (!text.startsWith('@nix ') && text !== '') messages.push(text);
        return;
      }
      switch (entry.kind) {
        case 'build-started': {
          const name = nameOf(entry.drvPath);
          running.set(entry.id, { name, drvPath: entry.drvPath });
          observe({ kind: 'started', name, drvPath: entry.drvPath });
          break;
        }
        case 'log-line': {
          const building = running.get(entry.id);
          if (building !== undefined) observe({ kind: 'log-line', ...building, text: entry.text });
          break;
        }
        case 'failure-count':
          counted = Math.max(counted, entry.failed);
          break;
        case 'stopped': {
          const building = running.get(entry.id);
          if (building === undefined) break;
          running.delete(entry.id);
          if (counted > explained.size) undecided.add(building);
          else finish(building, { how: 'succeeded' });
          break;
        }
        case 'message': {
          // In a dry run, Nix announces on the level of errors.
          const drv = /^ {2}(\/\S+\.drv)$/.exec(entry.text)?.[1];
          if (drv !== undefined) {
            announced.push(drv);
          } else if (entry.level === errorLevel) {
            messages.push(entry.text);
            explain(entry.text);
          }
          break;
        }
      }
    },
    end(succeeded) {
      decideRest();
      for (const building of running.values()) finish(building, { how: succeeded ? 'succeeded' : 'cut-short' });
    },
  };
}

/** `src-hello.o` of `/nix/store/<32 characters>-src-hello.o.drv`. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 34).replace(/\.drv$/, '');
