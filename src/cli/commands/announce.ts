import type { Failure } from '../../model/failure.ts';
import type { Result } from '../../model/result.ts';
import type { OpenedTools } from '../../build/builder.ts';
import type { EventStream } from '../../report/events.ts';

/** Says what a run works with; what could not be found is said by the cycle that misses it. */
export function announce(events: EventStream, tools: Result<OpenedTools, Failure>, makenix: string): void {
  events.emit({
    kind: 'daemon-started',
    versions: {
      makenix,
      nix: tools.ok ? tools.value.store.version : '',
      compiler: tools.ok ? tools.value.toolchain.version : '',
    },
    store: tools.ok ? tools.value.store.label : '',
    toolchain: tools.ok ? tools.value.toolchain.kind : 'host',
    addressing: tools.ok ? tools.value.store.settings.addressing : 'input',
  });
}
