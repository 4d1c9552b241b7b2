import {
  filePrelude,
  indented,
  inheritBuiltins,
  inheritedBuiltins,
  packagePrelude,
  stepPrelude,
  storeNamePrelude,
} from '../nix/shared-prelude.ts';
import { foreignPattern } from './foreign.ts';
import { presentSource } from './present-source.ts';

/**
 * The library of dynamic mode, a file of the Nix language: a function from a project's directory to its targets. It is
 * the same for all projects and lies beside the generator, `makenix.cjs`, which runs in the sandbox.
 *
 * What evaluation can know is decided here: which files there are, which sources a target may have, what an object may
 * be called. All else is left to the generator's stages (generator.ts), each of which is a derivation of its own whose
 * output, where it comes out the same, ends the work:
 *
 *     projection  the files of a part of the tree → their preprocessor directives
 *     plan        directives, names of files, makenix.json → what to build, and what each part's scan needs to see
 *     scan        gcc -M over the directives → the headers of each object of a part
 *     object      headers, store paths of files → the derivation of each object of a part
 *     link        derivations of objects → the derivation of a target
 *
 * A part is a group of sources by the hash of their path, so that a new file moves no other from its part, and the edit
 * of a file concerns one part. Headers have parts of their own, for projection only.
 */
export const dynamicLibrary =
  (): string => `# makenix, dynamic mode: one derivation an object, made by \`nix build\` itself. Written by \`makenix init --dynamic\`.
{
  # nixpkgs, or what has its shape.
  pkgs,
  # The project's directory, and what to call its program where makenix.json says nothing.
  root,
  name ? baseNameOf (toString root),
}:
let
${inheritBuiltins([...inheritedBuiltins, ...libraryBuiltins])}
  needed = "Nix 2.30 or newer with the experimental features ca-derivations and dynamic-derivations";
  supported =
    if !(builtins ? outputOf) || compareVersions builtins.nixVersion "2.30" < 0 then
      throw "makenix: dynamic mode needs \${needed}; this is Nix \${builtins.nixVersion}. Without dynamic mode, \`makenix generate\` writes an expression that this Nix builds."
    else
      true;
  contentAddressed = supported;

${stepPrelude}
${packagePrelude}
${filePrelude}
${storeNamePrelude}
  hasPrefix = prefix: text: substring 0 (stringLength prefix) text == prefix;
  keep = texts: filter isString texts;
  toSet =
    values: value:
    listToAttrs (
      map (name: {
        inherit name;
        value = value name;
      }) values
    );

  # makenix.json is JSON with comments and trailing commas; what it may say is for the plan to judge.
  configFile = root + "/makenix.json";
  configText = if pathExists configFile then readFile configFile else "{ }";
  uncommented = concatStringsSep "" (
    map (part: if isString part then part else if head part == null then " " else head part) (
      split ''("([^"\\\\]|\\\\.)*")|//[^''\\n]*|/[*]([^*]|[*]+[^*/])*[*]+/'' configText
    )
  );
  config = fromJSON (
    concatStringsSep "" (
      map (part: if isString part then part else if head part != null then head part else elemAt part 2) (
        split ''("([^"\\\\]|\\\\.)*")|,[[:space:]]*([]}])'' uncommented
      )
    )
  );

  # Which files there are. Those that tools keep to themselves are none of a build's business, nor are those whose
  # extension says that no compiler reads them: every file costs an evaluation its hash.
  toolDirectories = toSet [ ".git" ".hg" ".svn" ".jj" ".makenix" ".direnv" ".cache" "node_modules" ] (_: true);
  foreign = "${foreignPattern}";
  ignoredPaths = concatMap (
    pattern:
    let
      directory = match "([^][*?{}()\\\\]+)/[*][*]" pattern;
    in
    if directory != null then directory else if match "[^][*?{}()\\\\]+" pattern != null then [ pattern ] else [ ]
  ) (config.ignore or [ ]);
  ignored = toSet (map (path: concatStringsSep "/" (segments path)) ignoredPaths) (_: true);
  segments = path: filter (part: part != "" && part != ".") (keep (split "/" path));
  walk =
    directory: prefix:
    let
      entries = readDir directory;
    in
    concatMap (
      name:
      let
        path = prefix + name;
        type = entries.\${name};
        here = directory + "/\${name}";
      in
      if ignored ? \${path} then
        [ ]
      else if type == "directory" then
        if toolDirectories ? \${name} then [ ] else walk here "\${path}/"
      else if type == "regular" || type == "symlink" && pathExists here && !pathExists (here + "/.") then
        if match foreign name == null && match "result(-[0-9]+)?" path == null then [ path ] else [ ]
      else
        [ ]
    ) (attrNames entries);
  tree = partition (path: match ".*[^/][.](c|cc|cpp|cxx|c[+][+]|C)" path != null) (walk root "");

  # Which sources a target may have: those below the directories that its patterns begin with. The plan knows exactly.
  isPlain = part: match ".*[][*?{}()\\\\].*" part == null;
  beginning =
    parts: if parts == [ ] || !(isPlain (head parts)) then "" else "\${head parts}/\${beginning (tail parts)}";
  reach =
    pattern:
    let
      parts = segments pattern;
    in
    if elem ".." parts then
      ""
    else if all isPlain parts then
      concatStringsSep "/" parts
    else
      beginning parts;
  targets =
    config.targets or {
      \${config.name or name} = {
        sources = if any (hasPrefix "src/") tree.right then [ "src/**" ] else [ "*" ];
      };
    };
  reaches = mapAttrs (_: target: map reach (filter (pattern: !hasPrefix "!" pattern) target.sources)) targets;
  takers = toSet tree.right (
    source: filter (target: any (prefix: hasPrefix prefix source) reaches.\${target}) (attrNames reaches)
  );
  sources = filter (source: takers.\${source} != [ ]) tree.right;
  # A source that no target has can still be included, like a header.
  shared = tree.wrong ++ filter (source: takers.\${source} == [ ] || elem source (config.included or [ ])) tree.right;

  # What an object of a source may be called; object-names.ts has the rule.
  stem = source: head (match "(.*)[.][^.]*" source);
  namesakes = groupBy stem sources;
  objectNames =
    source:
    let
      bases = [ (stem source) ] ++ (if tail namesakes.\${stem source} == [ ] then [ ] else [ source ]);
      owners = takers.\${source};
    in
    concatMap (
      base: [ "\${base}.o" ] ++ (if tail owners == [ ] then [ ] else map (target: "\${base}.\${target}.o") owners)
    ) bases;

  # Parts: 1, 2, 4, … of about \`size\` files each.
  digits = listToAttrs (
    genList (value: {
      name = substring value 1 "0123456789abcdef";
      inherit value;
    }) 16
  );
  partsOf = size: count: if count <= size then 1 else 2 * partsOf (2 * size) count;
  inParts =
    size: paths:
    let
      count = partsOf size (length paths);
      part =
        path:
        let
          hash = hashString "sha256" path;
          byte = 16 * digits.\${substring 0 1 hash} + digits.\${substring 1 1 hash};
        in
        toString (if count > 256 then byte else byte * count / 256);
    in
    groupBy part paths;
  parts = inParts ${String(partSize)} sources;
  partNames = attrNames parts;

  files = toSet (sources ++ shared) file;
  filesOf = paths: toSet paths (path: "\${files.\${path}}");
  # One file of the store for all, so that it is written once and not into every derivation.
  sharedFiles = toFile "makenix-shared-files" (toJSON (filesOf shared));

  # Text without its context, and its context beside it, each derivation as a file that can be named.
  described =
    value:
    let
      text = toJSON value;
      context = getContext text;
      paths = attrNames context;
    in
    {
      value = fromJSON (unsafeDiscardStringContext text);
      drvs = listToAttrs (
        concatMap (
          path:
          if context.\${path} ? outputs then
            [
              {
                name = path;
                value = context.\${path}.outputs;
              }
            ]
          else
            [ ]
        ) paths
      );
      sources = filter (path: !(context.\${path} ? outputs)) paths;
      references = map (path: appendContext path { \${path}.path = true; }) paths;
    };
  select = path: foldl' (set: name: set.\${name}) pkgs (keep (split "[.]" path));
  attributeOf = package: if isString package then package else package.nixpkgs;
  packages = toSet (map attributeOf (
    concatMap (settings: settings.packages or [ ]) ([ config ] ++ attrValues targets)
  )) select;
  toolchain = {
    base = described {
      inherit (common) system;
      stage = "\${stage}";
      compiler = "\${cc}";
      bintools = "\${cc.bintools}";
      environment = { inherit (common) PATH SOURCE_DATE_EPOCH fingerprint; };
    };
    packages = mapAttrs (_: package: {
      compiling = described (compileFlags package);
      linking = described (linkFlags package);
    }) packages;
  };

  generate =
    kind: attributes:
    derivation (
      {
        name = "makenix-\${kind}";
        inherit (common) system;
        builder = "\${pkgs.nodejs-slim or pkgs.nodejs}/bin/node";
        args = [ "\${./makenix.cjs}" kind ];
        __structuredAttrs = true;
        __contentAddressed = true;
        outputHashAlgo = "sha256";
        outputHashMode = "recursive";
      }
      // attributes
    );
  # Flags under which directives do not say what a file includes.
  whole = any (flag: match "-traditional(-cpp)?|-finput-charset.*" flag != null) (
    concatMap (settings: (settings.cflags or [ ]) ++ (settings.cxxflags or [ ])) ([ config ] ++ attrValues targets)
  );
  projection =
    paths:
    generate "projection" {
      inherit whole;
      files = filesOf paths;
    };
  projections = mapAttrs (_: projection) parts;
  plan = generate "plan" {
    project = config.name or name;
    inherit configText;
    outputs = [ "products" ] ++ map (part: "scan\${part}") partNames;
    parts = mapAttrs (_: paths: toSet paths (_: true)) parts;
    listing = sources ++ shared;
    projections = map (each: "\${each}") (attrValues projections ++ map projection (attrValues (inParts ${String(partSize)} shared)));
  };
  scans = toSet partNames (
    part:
    generate "scan" {
      unit = plan."scan\${part}";
      compiler = "\${cc}";
      bintools = "\${cc.bintools}";
      # Headers of a machine's own toolchain: what they hold is known by this alone.
      systemHeaders = cc.systemHeaders or "";
      fingerprint = cc.fingerprint or "";
      hasFingerprints = cc ? fingerprint;
      flags = mapAttrs (_: compileFlags) packages;
    }
  );
  objects = mapAttrs (
    part: paths:
    generate "object" {
      # An output's name is this one's and its own: together, that of the object's derivation.
      name = "object";
      outputHashMode = "text";
      outputs = [ "index" ] ++ map (path: "\${storeName path}.drv") (attrNames (toSet (concatMap objectNames paths) (_: true)));
      scan = "\${scans.\${part}}";
      files = filesOf paths;
      inherit sharedFiles toolchain;
    }
  ) parts;

  librariesOf = target: filter (library: targets ? \${library}) (targets.\${target}.libs or [ ]);
  libraryClosure =
    target:
    map (each: each.key) (genericClosure {
      startSet = map (key: { inherit key; }) (librariesOf target);
      operator = each: map (key: { inherit key; }) (librariesOf each.key);
    });
  links = mapAttrs (
    target: _:
    let
      libraries = libraryClosure target;
    in
    if elem target libraries then
      throw "makenix.json: library \${target} needs itself, by way of \${concatStringsSep ", " libraries}"
    else
      generate "link" {
        name = "\${target}.drv";
        outputHashMode = "text";
        inherit target toolchain;
        products = "\${plan.products}";
        indexes = map (part: "\${objects.\${part}.index}") (
          filter (part: any (source: elem target takers.\${source}) parts.\${part}) partNames
        );
        libraries = toSet libraries (library: "\${links.\${library}}");
      }
  ) targets;
  outputs = mapAttrs (_: link: outputOf link.outPath "out") links;

  productFile =
    target:
    let
      kind = targets.\${target}.kind or "executable";
      library = if hasPrefix "lib" target then target else "lib\${target}";
    in
    if kind == "executable" then
      "bin/\${target}"
    else if kind == "static-library" then
      "lib/\${library}.a"
    else
      "lib/\${library}.so";
  present = derivation (
    common
    // {
      name = "makenix-present";
      builder = "\${cc}/bin/cc";
      args = [ "-O1" "-w" "-o" out "-x" "c" (toFile "present.c" ''
${indented(indented(presentSource))}      '') ];
    }
  );
  isProgram = target: (targets.\${target}.kind or "executable") == "executable";
  programs = filter isProgram (attrNames targets);
  shown =
    form: derivationName: names:
    derivation (
      common
      // {
        name = derivationName;
        builder = present;
        args = [
          form
          out
        ]
        ++ concatMap (target: [ outputs.\${target} (productFile target) ]) names;
      }
    );
  # All targets at their places below bin/ and lib/, for flakes and profiles.
  package =
    shown "tree" (config.name or name) (attrNames targets)
    // {
      meta = if programs == [ ] then { } else { mainProgram = head programs; };
    };
  result = if tail (attrNames targets) == [ ] then shown "file" "result" (attrNames targets) else package;
in
# What \`nix build\` makes is all of it; \`nix build -f default.nix lua\` is one target.
outputs
// result
// {
  targets = outputs;
  inherit package;
  makenix = { inherit links; };
}
`;

/** Sources a part. An edit makes one part's derivations anew; a header's edit makes all, a process each. */
const partSize = 32;

const libraryBuiltins = [
  'all',
  'any',
  'appendContext',
  'attrNames',
  'compareVersions',
  'elem',
  'elemAt',
  'filter',
  "foldl'",
  'fromJSON',
  'genList',
  'genericClosure',
  'getContext',
  'groupBy',
  'head',
  'length',
  'outputOf',
  'partition',
  'pathExists',
  'readDir',
  'readFile',
  'tail',
  'toFile',
  'toJSON',
  'unsafeDiscardStringContext',
];
