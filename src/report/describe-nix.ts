import type { DynamicFailure, NixFailure } from '../model/failure.ts';
import { errorText, quoteList } from './error-text.ts';

export const describeNixFailure = (failure: NixFailure): string =>
  errorText({
    what: failure.exitCode === undefined ? 'Nix was ended' : `Nix failed (exit code ${failure.exitCode})`,
    // Each of its processes may have said it.
    output: [...new Set(failure.messages)].join('\n'),
    who: `the command was: ${failure.command}`,
    hint:
      hints.find(({ said }) => failure.messages.some((text) => said.test(text)))?.hint ??
      'makenix doctor checks what Nix needs',
  });

const hints: readonly { readonly said: RegExp; readonly hint: string }[] = [
  {
    // In Nix's words and SQLite's.
    said: /No space left on device|database or disk is full/,
    hint: 'free some space where the store is, or collect its garbage (nix store gc); the next build goes on from what there is',
  },
  {
    // As root, Nix has others build, and by default expects them to be there.
    said: /'build-users-group'|build users group/,
    hint: 'make that group and its users, set build-users-group to nothing in nix.conf, or build in a store of your own: --store private',
  },
];

export function describeDynamicFailure(failure: DynamicFailure): string {
  switch (failure.kind) {
    case 'dynamic-disabled':
      return errorText({
        what: `the store's Nix does not have ${quoteList(failure.features)} among its experimental features`,
        who: 'needed by dynamic mode',
        hint: 'add them to experimental-features in its nix.conf, or build in a store of your own: --store private',
      });
    case 'dynamic-store':
      return errorText({
        what: `the store ${failure.store} is not on this machine, and dynamic mode reads derivations from it`,
        hint: '`nix build -f default.nix` works there, and so does makenix without --dynamic',
      });
    case 'dynamic-recorded':
      return errorText({
        what: `${failure.file} is a recorded build, which dynamic mode does not know how to make`,
        hint: 'without --dynamic, makenix builds it',
      });
    case 'dynamic-unsupported':
      return errorText({
        what: `Nix ${failure.found} does not build dynamic derivations: dynamic mode needs ${failure.needed} or later`,
        hint: 'without --dynamic, makenix builds the same objects with this Nix',
      });
    case 'source-included':
      return errorText({
        what: `${failure.included} is a source of its own and is included by another, which dynamic mode must be told`,
        who: `needed by ${failure.source}`,
        hint: `add it to "included" in makenix.json: "included": [${JSON.stringify(failure.included)}]`,
      });
    case 'name-unforeseen':
      return errorText({
        what: `the object of ${failure.source} would be called ${failure.step}, which dynamic mode cannot foresee`,
        hint: 'rename the source, or the target that its name reads like',
      });
  }
}
