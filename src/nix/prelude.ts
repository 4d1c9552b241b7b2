import {
  packagePrelude,
  filePrelude,
  inheritBuiltins,
  inheritedBuiltins,
  stepPrelude,
  storeNamePrelude,
} from './shared-prelude.ts';

/**
 * The head of every generated expression: what turns stanzas into derivations. It is the same for all projects, so a
 * project's diff never shows it.
 *
 * Raw `derivation` and no `mkDerivation`: one object costs one process and no shell. `pkgs` needs the shape of nixpkgs
 * in a few places only: `stdenv.cc` (with `bin/cc`, `bin/c++`), `stdenv.cc.bintools` (`bin/ar`),
 * `stdenv.hostPlatform.system`, and the packages that the configuration names.
 *
 * Every file is a store path of its own (`files`), bound once: evaluation and disk stay linear in the number of files,
 * where a filtered source per object is quadratic. `contentAddressed` has nixpkgs' own switch as its default.
 */
export function prelude(): string {
  return `{
  pkgs ? import <nixpkgs> { },
  contentAddressed ? pkgs.config.contentAddressedByDefault or false,
}:
let
${inheritBuiltins(inheritedBuiltins)}  root = ./.;
${stepPrelude}
${packagePrelude}  record = kind: path: file: "\${kind} \${toString (stringLength path)} \${path} \${file}\\n";
  step =
    attributes: inputs: args:
    derivation (
      common
      // attributes
      // {
        builder = stage;
        inherit args;
        inputs = concatStringsSep "" inputs;
        passAsFile = [ "inputs" ];
      }
    );

${filePrelude}  files = listToAttrs (
    map (name: {
      inherit name;
      value = file name;
    }) (concatMap (stanza: [ stanza.source ] ++ stanza.headers) (attrValues stanzas))
  );

${storeNamePrelude}  compile =
    path:
    {
      source,
      headers,
      options,
    }:
    step
      {
        name = "object-\${storeName path}";
        fingerprint = cc.fingerprints.\${path} or common.fingerprint;
      }
      (map (input: record "c" input files.\${input}) ([ source ] ++ headers))
      (
        [ "\${cc}/bin/\${options.compiler}" ]
        ++ options.flags
        ++ concatMap compileFlags options.packages
        ++ [ "-ffile-prefix-map=/build=." "-c" "-o" out (if match "-.*" source == null then source else "./\${source}") ]
      );
  objects = mapAttrs compile stanzas;

  object = path: record "l" path objects.\${path};
  argument = path: if match "[-@=].*" path == null then path else "./\${path}";
  static = library: library.form == "static-library";
  archive =
    target:
    step {
      inherit (target) name;
      product = "\${out}/lib/\${target.file}";
    } (map object target.objects)
      ([ "\${cc.bintools}/bin/ar" "qcsD" "\${out}/lib/\${target.file}" ] ++ map argument target.objects);
  link =
    target:
    let
      shared = target.form == "shared-library";
      product = "\${out}/\${if shared then "lib" else "bin"}/\${target.file}";
      linked = map (name: definitions.\${name} // { drv = targets.\${name}; }) target.libraries;
    in
    step
      {
        inherit (target) name;
        inherit product;
      }
      (
        map object target.objects
        ++ map (library: record "l" library.file "\${library.drv}/lib/\${library.file}") linked
      )
      (
        [ "\${cc}/bin/\${target.compiler}" ]
        ++ (if shared then [ "-shared" "-Wl,-soname,\${target.file}" ] else [ ])
        ++ target.flags
        ++ [ "-o" product ]
        ++ map argument target.objects
        ++ map (library: argument library.file) linked
        ++ concatMap (library: if static library then [ ] else [ "-Wl,-rpath,$ORIGIN\${library.drv}/lib" ]) linked
        ++ concatMap linkFlags target.packages
        ++ target.systemLibraries
      );
  targets = mapAttrs (
    name: target:
    (if static target then archive else link) (target // { inherit name; }) // { inherit objects; }
  ) definitions;
`;
}
