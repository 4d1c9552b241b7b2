import type { Operation } from './operation.ts';

/**
 * Settings of one connection. Of an untrusted client, the daemon takes those with a place of their own, and of the
 * overrides `timeout`, `max-silent-time`, `build-poll-interval`, `connect-timeout`, an empty `builders`, and substituters
 * that it trusts; about others it complains in a message, and goes on.
 */
export interface WorkerOptions {
  readonly keepGoing: boolean;
  /** Messages up to this level are sent: 0 errors, 1 warnings, 3 what `nix` prints. Activities always are. */
  readonly verbosity: number;
  /** Builders at a time within one operation. */
  readonly maxBuildJobs: number;
  /** Seconds without output after which a builder is ended; 0 is never. */
  readonly maxSilentTime: number;
  /** What builders find in NIX_BUILD_CORES; 0 is all. */
  readonly buildCores: number;
  readonly useSubstitutes: boolean;
  /** Settings of nix.conf(5) by name. */
  readonly overrides: ReadonlyMap<string, string>;
}

export const defaultOptions: WorkerOptions = {
  keepGoing: true,
  verbosity: 1,
  maxBuildJobs: 1,
  maxSilentTime: 0,
  buildCores: 0,
  useSubstitutes: false,
  // After a cancelled build, the lock of what it made may be held for a moment; 5 s is how long Nix would wait.
  overrides: new Map([['build-poll-interval', '1']]),
};

/** Source, in nix: `RemoteStore::setOptions` in src/libstore/remote-store.cc, `ClientSettings` in src/libstore/daemon.cc. */
export const setOptions = (options: WorkerOptions): Operation<void> => ({
  name: 'SetOptions',
  number: 19,
  request(writer) {
    writer
      .boolean(false) // keep failed builds' directories
      .boolean(options.keepGoing)
      .boolean(false) // build where substituting fails
      .number(options.verbosity)
      .number(options.maxBuildJobs)
      .number(options.maxSilentTime)
      .boolean(true) // obsolete: use the build hook
      .number(7) // where builders' output goes: on 0, to the messages
      .number(0) // obsolete: log type
      .number(0) // obsolete: print build trace
      .number(options.buildCores)
      .boolean(options.useSubstitutes)
      .map(options.overrides);
  },
  answer: async () => undefined,
});
