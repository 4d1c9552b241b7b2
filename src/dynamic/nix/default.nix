# makenix, dynamic mode: `nix build` itself scans the project, makes one derivation an object, and builds those.
# Written by `makenix init --dynamic`, and the same for all projects.
#
# All that evaluation cannot know is left to the generator, makenix.cjs, which runs in the sandbox. Its stages are
# derivations of their own, and where the output of one comes out the same, the work ends there:
#
#     projection  the files of a part of the tree → their preprocessor directives
#     plan        directives, names of files, makenix.json → what to build, and what each part's scan needs to see
#     scan        gcc -M over the directives → the headers of each object of a part
#     object      headers, store paths of files → the derivation of each object of a part
#     link        derivations of objects → the derivation of a target
#
# A part is a group of sources; see tree.nix. Headers have parts of their own, for projection only.
{
  # nixpkgs, or what has its shape.
  pkgs,
  # The project's directory, and what to call its program where makenix.json says nothing.
  root,
  name ? baseNameOf (toString root),
}:
let
  inherit (builtins)
    any
    attrNames
    attrValues
    compareVersions
    concatMap
    elem
    filter
    foldl'
    genericClosure
    head
    isString
    mapAttrs
    match
    split
    tail
    toFile
    toJSON
    ;
  supported =
    if builtins ? outputOf && compareVersions builtins.nixVersion "2.30" >= 0 then
      true
    else
      throw (
        "makenix: dynamic mode needs Nix 2.30 or newer with the experimental features ca-derivations and "
        + "dynamic-derivations; this is Nix ${builtins.nixVersion}. "
        + "Without dynamic mode, `makenix generate` writes an expression that this Nix builds."
      );
  steps = import ./steps.nix {
    inherit pkgs root;
    contentAddressed = supported;
  };
  inherit (steps) cc common;
  configuration = import ./config.nix { inherit root; };
  config = configuration.value;
  tree = import ./tree.nix {
    inherit root name config;
    inherit (steps) foreign;
  };
  inherit (tree)
    hasPrefix
    shared
    sources
    takers
    targets
    toSet
    ;

  # Sources a part. An edit makes one part's derivations anew; that of a header those of all, a process each.
  partSize = 32;
  parts = tree.inParts partSize sources;
  partNames = attrNames parts;

  files = toSet (sources ++ shared) steps.file;
  filesOf = paths: toSet paths (path: "${files.${path}}");
  # One file of the store for all, so that it is written once and not into every derivation.
  sharedFiles = toFile "makenix-shared-files" (toJSON (filesOf shared));

  settings = [ config ] ++ attrValues targets;
  packages = toSet (map (package: if isString package then package else package.nixpkgs) (
    concatMap (each: each.packages or [ ]) settings
  )) (path: foldl' (set: name: set.${name}) pkgs (filter isString (split "[.]" path)));
  toolchain = steps.describeToolchain packages;

  generate =
    stage: attributes:
    derivation (
      {
        name = "makenix-${stage}";
        inherit (common) system;
        builder = "${pkgs.nodejs-slim or pkgs.nodejs}/bin/node";
        args = [ "${./makenix.cjs}" stage ];
        __structuredAttrs = true;
        __contentAddressed = true;
        outputHashAlgo = "sha256";
        outputHashMode = "recursive";
      }
      // attributes
    );

  # Flags under which directives do not say what a file includes.
  whole = any (flag: match "-traditional(-cpp)?|-finput-charset.*" flag != null) (
    concatMap (each: (each.cflags or [ ]) ++ (each.cxxflags or [ ])) settings
  );
  project =
    paths:
    generate "projection" {
      inherit whole;
      files = filesOf paths;
    };
  projections = map project (attrValues parts ++ attrValues (tree.inParts partSize shared));

  plan = generate "plan" {
    outputs = [ "products" ] ++ map (part: "scan${part}") partNames;
    project = config.name or name;
    configText = configuration.text;
    parts = mapAttrs (_: paths: toSet paths (_: true)) parts;
    listing = sources ++ shared;
    projections = map (each: "${each}") projections;
  };

  scans = toSet partNames (
    part:
    generate "scan" {
      unit = plan."scan${part}";
      compiler = "${cc}";
      bintools = "${cc.bintools}";
      # With a machine's own toolchain, its headers are no inputs: what they hold is known by these alone.
      systemHeaders = cc.systemHeaders or "";
      fingerprint = cc.fingerprint or "";
      hasFingerprints = cc ? fingerprint;
      flags = mapAttrs (_: steps.compileFlags) packages;
    }
  );

  objects = mapAttrs (
    part: paths:
    generate "object" {
      # An output is called by this name and its own: together, that is the name of an object's derivation.
      name = "object";
      outputHashMode = "text";
      outputs = [
        "index"
      ]
      ++ map (path: "${steps.storeName path}.drv") (attrNames (toSet (concatMap tree.objectNames paths) (_: true)));
      scan = "${scans.${part}}";
      files = filesOf paths;
      inherit sharedFiles toolchain;
    }
  ) parts;

  librariesOf = target: filter (library: targets ? ${library}) (targets.${target}.libs or [ ]);
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
      throw "makenix.json: library ${target} needs itself, by way of its \"libs\""
    else
      generate "link" {
        name = "${target}.drv";
        outputHashMode = "text";
        inherit target toolchain;
        products = "${plan.products}";
        indexes = map (part: "${objects.${part}.index}") (
          filter (part: any (source: elem target takers.${source}) parts.${part}) partNames
        );
        libraries = toSet libraries (library: "${links.${library}}");
      }
  ) targets;
  outputs = mapAttrs (_: link: builtins.outputOf link.outPath "out") links;

  kindOf = target: targets.${target}.kind or "executable";
  productFile =
    target:
    let
      library = if hasPrefix "lib" target then target else "lib${target}";
    in
    {
      executable = "bin/${target}";
      static-library = "lib/${library}.a";
      shared-library = "lib/${library}.so";
    }
    .${kindOf target};
  show =
    form: name:
    derivation (
      common
      // {
        inherit name;
        builder = steps.present;
        args = [
          form
          (placeholder "out")
        ]
        ++ concatMap (target: [
          outputs.${target}
          (productFile target)
        ]) (attrNames targets);
      }
    );
  # All targets at their places below bin/ and lib/, for flakes and profiles.
  package =
    let
      programs = filter (target: kindOf target == "executable") (attrNames targets);
    in
    show "tree" (config.name or name)
    // (if programs == [ ] then { } else { meta.mainProgram = head programs; });
in
# `nix build` makes all of it, and of a single target a link to the program itself; `targets.NAME` is one target.
outputs
// (if tail (attrNames targets) == [ ] then show "file" "result" else package)
// {
  targets = outputs;
  inherit package;
  # For makenix: the derivations that make those of targets.
  makenix = { inherit links; };
}
