import { nixString } from '../nix/nix-text.ts';

/** Where the library and the generator lie in a project: copied there, so that the project builds without makenix. */
export const libraryDirectory = 'nix/makenix';
export const libraryFiles = ['default.nix', 'config.nix', 'steps.nix', 'tree.nix', 'makenix.cjs'] as const;

/** A `default.nix` over the library. `name` is what the program is called where makenix.json does not say. */
export const defaultExpression = (name: string): string => `\
# Builds with \`nix build -f default.nix\`, given Nix 2.30 or newer and the experimental features ca-derivations and
# dynamic-derivations. What to build stands in makenix.json, or follows from the sources.
{
  pkgs ? import <nixpkgs> { },
}:
import ./${libraryDirectory} {
  inherit pkgs;
  root = ./.;
  name = ${nixString(name)};
}
`;

/** A `flake.nix` over the `default.nix`. */
export const flakeExpression = (description: string): string => `\
{
  description = ${nixString(description)};
  inputs.nixpkgs.url = "nixpkgs";
  outputs =
    { nixpkgs, ... }:
    {
      packages = nixpkgs.lib.genAttrs [ "x86_64-linux" "aarch64-linux" ] (system: {
        default = (import ./default.nix { pkgs = nixpkgs.legacyPackages.\${system}; }).package;
      });
    };
}
`;
