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
    }) (
      concatMap (stanza: [ stanza.source ] ++ stanza.headers) (attrValues stanzas)
      ++ concatMap (definition: definition.files or [ ]) (attrValues definitions)
    )
  );

${storeNamePrelude}  argument = path: if match "[-@=].*" path == null then path else "./\${path}";
  inDirectory = options: if options ? directory then { inherit (options) directory; } else { };
  fromDirectory =
    options: path:
    let
      inside = "\${options.directory}/";
      isInside = substring 0 (stringLength inside) path == inside;
    in
    if !(options ? directory) then
      path
    else if isInside then
      substring (stringLength inside) (-1) path
    else
      concatStringsSep "" (map (part: if isString part then "../" else "") (split "/" options.directory)) + path;
  compile =
    path:
    {
      source,
      headers,
      options,
    }:
    step
      (
        {
          name = "object-\${storeName path}";
          fingerprint = cc.fingerprints.\${path} or common.fingerprint;
        }
        // inDirectory options
      )
      (map (input: record "c" input files.\${input}) ([ source ] ++ headers))
      (
        [ "\${cc}/bin/\${options.compiler}" ]
        ++ options.flags
        ++ concatMap compileFlags options.packages
        ++ [ "-ffile-prefix-map=/build=." "-c" "-o" out (argument (fromDirectory options source)) ]
      );
  objects = mapAttrs compile stanzas;

  base = definition: baseNameOf definition.path;
  place =
    definition: out:
    if definition.form == "object" then
      out
    else
      "\${out}/\${if definition.form == "executable" then "bin" else "lib"}/\${base definition}";
  # What a product is made from: where each lies, and what it is.
  input =
    name:
    if stanzas ? \${name} then
      {
        path = name;
        file = objects.\${name};
        form = "object";
      }
    else
      {
        inherit (definitions.\${name}) path form;
        file = place definitions.\${name} targets.\${name};
        drv = targets.\${name};
      };
  link = { path, file, ... }: record "l" path file;
  copy = path: record "c" path files.\${path};
  productOf =
    target:
    {
      inherit (target) name;
    }
    // (if target.form == "object" then { } else { product = place target out; });
  archive =
    target:
    let
      inputs = map input target.inputs;
    in
    step (productOf target) (map link inputs ++ map copy (target.files or [ ])) (
      [ "\${cc.bintools}/bin/ar" "qcsD" (place target out) ]
      ++ map argument (map (each: each.path) inputs ++ target.files or [ ])
    );
  # Only what is linked looks for libraries; strip and objcopy keep what it knows.
  rpath =
    target: directory:
    if target.form == "object" then
      [ ]
    else if match "c.*" target.tool != null then
      [ "-Wl,-rpath,$ORIGIN\${directory}" ]
    else if target.tool == "ld" then
      [ "-rpath=$ORIGIN\${directory}" ]
    else
      [ ];
  linkage =
    target:
    let
      inputs = map input target.inputs;
      isRecorded = target ? files;
      aliases = target.aliases or { };
      names = concatStringsSep "\\n" (target.names or [ ]);
    in
    step
      (
        productOf target
        // inDirectory target
        // (if names == "" then { } else { inherit names; })
      )
      (
        map link (filter (each: !(aliases ? \${each.path})) inputs)
        ++ map (path: record "l" path (input aliases.\${path}).file) (attrNames aliases)
        ++ map copy (target.files or [ ])
      )
      (
        [ "\${if match "c.*" target.tool == null then cc.bintools else cc}/bin/\${target.tool}" ]
        ++ (if target.form == "shared-library" && !isRecorded then [ "-shared" "-Wl,-soname,\${base target}" ] else [ ])
        ++ target.flags
        ++ (if target.tool == "objcopy" then [ ] else [ "-o" ])
        ++ [ (place target out) ]
        ++ (if isRecorded then [ ] else map (each: argument each.path) inputs)
        ++ concatMap (
          each: if each.form == "shared-library" then rpath target "\${each.drv}/lib" else [ ]
        ) inputs
        ++ concatMap linkFlags target.packages
        ++ target.systemLibraries
      );
  targets = mapAttrs (
    name: target:
    (if target.form == "static-library" then archive else linkage) (target // { inherit name; }) // { inherit objects; }
  ) definitions;
`;
}
