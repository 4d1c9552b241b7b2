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
