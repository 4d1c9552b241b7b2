import type { Settings, TargetConfig } from './config-schema.ts';
import { selectSources } from './sources.ts';
import type { SourceIndex } from './sources.ts';

/**
 * What a project without targets is compiled with: optimised, because that is what one runs, and with debug information,
 * because a build under development is one that gets debugged. A target that is written down gets nothing it does not
 * name.
 */
const CONVENTIONAL_CFLAGS: readonly string[] = ['-O2', '-g'];

/** Where the sources of a plain tree are: in src/, or else beside each other at the top. The first that has any wins. */
const CONVENTIONAL_SOURCES: readonly (readonly string[])[] = [['src/**'], ['*']];

/** The one executable of a project without targets; undefined where there is nothing to make it of. */
export function conventionalTarget(index: SourceIndex): TargetConfig | undefined {
  const sources = CONVENTIONAL_SOURCES.find((patterns) => selectSources(index, patterns).ok);
  return sources === undefined ? undefined : { kind: 'executable', sources };
}

/** The conventional flags come before the configuration's own, which so have the last word (`-O0`). */
export const conventionalDefaults = (defaults: Settings): Settings => ({
  ...defaults,
  cflags: [...CONVENTIONAL_CFLAGS, ...(defaults.cflags ?? [])],
});
