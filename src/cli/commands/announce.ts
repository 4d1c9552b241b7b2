import { sortedUnique } from '../../model/order.ts';
import type { Project } from '../compose.ts';
import type { OpenedTools } from '../../build/front-end.ts';
import type { EventStream } from '../../report/events.ts';
import { packageVersion } from '../package.ts';

/** Says what a run works with. */
export function announce(events: EventStream, { store, toolchain }: OpenedTools): void {
  events.emit({
    kind: 'daemon-started',
    versions: { makenix: packageVersion(), nix: store.version, compiler: toolchain.version },
    store: store.label,
    toolchain: toolchain.kind,
    addressing: store.settings.addressing,
  });
}

/** Where nobody watches, nothing imports anew by itself: a command that builds does not run another build unasked. */
export function warnOfStalePlan({ events, frontEnd }: Pick<Project, 'events' | 'frontEnd'>): void {
  const { definition, generators } = frontEnd.staleness;
  const paths = sortedUnique([...definition, ...generators]);
  if (paths.length > 0) events.emit({ kind: 'plan-stale', paths });
}
