import { stageSource } from './stage-source.ts';

/*
 * What the generated expression (prelude.ts) and the library of dynamic mode (../dynamic/steps-expression.ts) have in common, as
 * text of the Nix language: both must call a file and an object by the same store path, and start steps the same way.
 *
 * In scope: the builtins of `inheritedBuiltins` by their names, `pkgs`, `contentAddressed`, and `root`, the project's directory.
 */

export const inheritedBuiltins = [
  'attrNames',
  'attrValues',
  'concatMap',
  'concatStringsSep',
  'filter',
  'hashString',
  'isString',
  'listToAttrs',
  'mapAttrs',
  'match',
  'replaceStrings',
  'split',
  'stringLength',
  'substring',
] as const;

/** What `__DATE__` and `__TIME__` are made of, in seconds since the epoch. */
export const sourceDateEpoch = '1';

/** What all steps have in common, and the program that starts them. */
export const stepPrelude = `  inherit (pkgs.stdenv) cc;
  out = placeholder "out";

  common = {
    system = pkgs.stdenv.hostPlatform.system;
    PATH = "\${cc}/bin:\${cc.bintools}/bin";
    SOURCE_DATE_EPOCH = "${sourceDateEpoch}";
    fingerprint = cc.fingerprint or "";
  }
  // (
    if contentAddressed then
      {
        __contentAddressed = true;
        outputHashMode = "recursive";
        outputHashAlgo = "sha256";
      }
    else
      { }
  );

  stageSource = builtins.toFile "stage.c" ''
${indented(stageSource)}  '';
  # Lays a step's inputs out at their project paths, then becomes its tool.
  stage = derivation (
    common
    // {
      name = "makenix-stage";
      builder = "\${cc}/bin/cc";
      args = [ "-O1" "-w" "-o" out "-x" "c" stageSource ];
    }
  );
`;

/** `storeName` of store-name.ts. */
export const storeNamePrelude = `  storeName =
    path:
    if stringLength path <= 90 && match "[A-Za-z0-9+_?][A-Za-z0-9+._?/-]*" path != null && match ".*/-.*" path == null then
      replaceStrings [ "-" "/" ] [ "--" "-" ] path
    else
      let
        legible = concatStringsSep "" (
          map (part: if isString part then part else "=") (
            split "[^A-Za-z0-9+._?-]+" (replaceStrings [ "/" ] [ "-" ] path)
          )
        );
      in
      "\${substring 0 120 legible}==\${substring 0 32 (hashString "sha256" path)}";
`;

/** One store path a file, so that a step sees its own files and no others. */
export const filePrelude = `  file =
    path:
    let
      name = baseNameOf path;
    in
    builtins.path {
      path = root + "/\${path}";
      name = if match "[A-Za-z0-9+_?=-][A-Za-z0-9+._?=-]*" name == null || match ".*[.]drv" name != null || stringLength name > 180 then "source" else name;
    };
`;

/** What a package from outside the project adds to the arguments of a compile and of a link. */
export const packagePrelude = `  compileFlags =
    package: package.makenix.cflags or [ "-isystem" "\${package.dev or package}/include" ];
  linkFlags =
    package:
    let
      library = package.lib or package.out or package;
    in
    package.makenix.ldflags or [ "-L\${library}/lib" "-Wl,-rpath,\${library}/lib" ];
`;

/**
 * `describeToolchain`: of packages by their attribute path, a `DescribedToolchain` of described-toolchain.ts.
 * `references` holds the derivations as files that can be named.
 */
export const describePrelude = `  # A value without its string context, and that context beside it.
  described =
    value:
    let
      text = builtins.toJSON value;
      context = builtins.getContext text;
      paths = builtins.attrNames context;
      isDerivation = path: context.\${path} ? outputs;
    in
    {
      value = builtins.fromJSON (builtins.unsafeDiscardStringContext text);
      drvs = builtins.listToAttrs (
        map (name: {
          inherit name;
          value = context.\${name}.outputs;
        }) (builtins.filter isDerivation paths)
      );
      sources = builtins.filter (path: !isDerivation path) paths;
      references = map (path: builtins.appendContext path { \${path}.path = true; }) paths;
    };
  describeToolchain = packages: {
    base = described {
      inherit (common) system;
      stage = "\${stage}";
      compiler = "\${cc}";
      bintools = "\${cc.bintools}";
      environment = { inherit (common) PATH SOURCE_DATE_EPOCH fingerprint; };
    };
    packages = builtins.mapAttrs (_: package: {
      compiling = described (compileFlags package);
      linking = described (linkFlags package);
    }) packages;
  };
`;

/** Builtins, in scope by their names. */
export const inheritBuiltins = (names: readonly string[]): string =>
  `  inherit (builtins)\n${[...names]
    .sort()
    .map((name) => `    ${name}\n`)
    .join('')}    ;\n`;

/** For an indented string of Nix, in which only `''` and `${` are special; the programs in these have neither. */
export function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}
