import { errorLevel, parseActivityLine } from './activity-log.ts';

/** What one `nix build` said of the derivations it built, told by the name part of their paths. */
export type BuildObservation =
  | { readonly kind: 'started'; readonly name: string }
  | { readonly kind: 'log-line'; readonly name: string; readonly text: string }
  | { readonly kind: 'finished'; readonly name: string; readonly succeeded: boolean };

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

interface Building {
  readonly name: string;
  readonly drvPath: string;
}

/**
 * Follows the activity log of one process.
 *
 * Whether a build has failed is not in its `stop`. Nix 2.34 counts a failure just before that build's `stop` and
 * explains it just after; 2.26 explains it before and may hold the `stop` back. So: a `stop` while every counted
 * failure has been explained is a success at once; otherwise the very next entry decides, which is the explanation or
 * shows that there is none (the count also rises for what was never started because a dependency failed).
 */
export function followBuildLog(observe: (observation: BuildObservation) => void): BuildLog {
  const running = new Map<number, Building>();
  let undecided: Building | undefined;
  const finished = new Set<string>();
  const messages: string[] = [];
  const announced: string[] = [];
  let explained = 0;
  let counted = 0;

  const finish = ({ name, drvPath }: Building, succeeded: boolean): void => {
    if (finished.has(drvPath)) return;
    finished.add(drvPath);
    observe({ kind: 'finished', name, succeeded });
  };

  const explain = (text: string): void => {
    // `build of 'a.drv^out', 'b.drv^out' failed` sums up goals, of which some have succeeded.
    if (text.includes('.drv^')) return;
    for (const building of undecided === undefined ? running.values() : [undecided, ...running.values()]) {
      if (!text.includes(building.drvPath) || finished.has(building.drvPath)) continue;
      explained++;
      finish(building, false);
    }
  };

  const decide = (succeeded: boolean): void => {
    if (undecided !== undefined) finish(undecided, succeeded);
    undecided = undefined;
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
      if (entry.kind === 'message') explain(entry.text);
      if (entry.kind !== 'failure-count') decide(true);
      switch (entry.kind) {
        case 'build-started': {
          const name = nameOf(entry.drvPath);
          running.set(entry.id, { name, drvPath: entry.drvPath });
          observe({ kind: 'started', name });
          break;
        }
        case 'log-line': {
          const building = running.get(entry.id);
          if (building !== undefined) observe({ kind: 'log-line', name: building.name, text: entry.text });
          break;
        }
        case 'failure-count':
          counted = Math.max(counted, entry.failed);
          break;
        case 'stopped': {
          const building = running.get(entry.id);
          if (building === undefined) break;
          running.delete(entry.id);
          if (counted > explained) undecided = building;
          else finish(building, true);
          break;
        }
        case 'message':
          if (entry.level === errorLevel) {
            messages.push(entry.text);
          } else {
            const drv = /^ {2}(\/\S+\.drv)$/.exec(entry.text)?.[1];
            if (drv !== undefined) announced.push(drv);
          }
          break;
      }
    },
    end(succeeded) {
      decide(succeeded);
      for (const building of running.values()) finish(building, succeeded);
    },
  };
}

/** `src-hello.o` of `/nix/store/<32 characters>-src-hello.o.drv`. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 34).replace(/\.drv$/, '');
