import type { Addressing, Toolchain } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { CommandRunner } from '../host/ports.ts';
import { hostSandboxPaths } from './host-toolchain.ts';
import { nixVersion, storeFeatures, type NixSettings } from './nix-command.ts';

/** What the user asked for; undefined leaves the choice to us. */
export interface StoreRequest {
  /** A store URI, an absolute directory, or `private`. */
  readonly store: string | undefined;
  readonly addressing: Addressing | undefined;
  readonly toolchain: Toolchain;
  readonly jobs: number;
}

export interface Machine {
  /** Whether there is a Nix store of the system's, without which Nix as root would make one. */
  readonly hasSystemStore: boolean;
  /** Where our own store is: per user, not per project, so that clones and branches share. */
  readonly privateStore: string;
}

export interface OpenedStore {
  readonly settings: NixSettings;
  readonly version: string;
  /** For people and for `daemon-started`: `private (/home/…)`, `auto`, or what was asked for. */
  readonly label: string;
  /** The directory that stands for `/` in this store, where its files are on this machine; undefined elsewhere. */
  readonly root: string | undefined;
}

/** Finds Nix and settles which store to build in and how it addresses outputs. */
export async function openStore(
  commands: CommandRunner,
  machine: Machine,
  request: StoreRequest,
): Promise<Result<OpenedStore, Failure>> {
  const [program] = commands.which('nix');
  if (program === undefined) return fail({ kind: 'tool-missing', tool: 'nix', neededBy: 'every build' });
  const version = await nixVersion(commands, program);
  if (!version.ok) return version;
  const isPrivate = request.store === 'private' || (request.store === undefined && !machine.hasSystemStore);
  const directory = isPrivate ? machine.privateStore : directoryOf(request.store);
  // A directory of the user's is a private store in another place: nobody else builds there.
  const isOwn = directory !== undefined;
  const store = directory ?? request.store;
  // Only asked where it decides something.
  const features = request.addressing === undefined ? await storeFeatures(commands, program, isOwn) : undefined;
  const mayAddressContent = features === undefined || features.has('ca-derivations');
  return ok({
    version: version.value,
    label: isPrivate ? `private (${machine.privateStore})` : (store ?? 'auto'),
    root:
      directory ??
      (request.store === undefined || request.store === 'auto' || request.store === 'daemon' ? '/' : undefined),
    settings: {
      program,
      store,
      isPrivate: isOwn,
      substitutes: !isOwn || request.toolchain === 'nixpkgs',
      addressing: request.addressing ?? (mayAddressContent ? 'content' : 'input'),
      sandboxPaths: request.toolchain === 'host' ? hostSandboxPaths : [],
      jobs: request.jobs,
    },
  });
}

const directoryOf = (store: string | undefined): string | undefined =>
  store?.startsWith('/') === true ? store.replace(/\/+$/, '') : undefined;
