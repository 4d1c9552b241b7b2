# What evaluation can know of a project without reading its files: which there are, which targets there can be, which
# sources each may have and what their objects may be called. The plan, made in the sandbox, knows exactly.
{
  root,
  name,
  config,
  # A regular expression for names of files that no compiler reads.
  foreign,
}:
let
  inherit (builtins)
    all
    any
    attrNames
    concatMap
    concatStringsSep
    elem
    filter
    findFile
    genList
    groupBy
    hashString
    head
    isString
    length
    listToAttrs
    mapAttrs
    match
    partition
    pathExists
    readDir
    split
    stringLength
    substring
    tail
    tryEval
    ;
  hasPrefix = prefix: text: substring 0 (stringLength prefix) text == prefix;
  segments = path: filter (part: isString part && part != "" && part != ".") (split "/" path);
  toSet =
    values: value:
    listToAttrs (
      map (name: {
        inherit name;
        value = value name;
      }) values
    );

  # Files: those that tools keep to themselves are none of a build's business, and every other costs evaluation its hash.
  toolDirectories = toSet [ ".git" ".hg" ".svn" ".jj" ".makenix" ".direnv" ".cache" "node_modules" ] (_: true);
  isPlain = part: match ".*[][*?{}()\\].*" part == null;
  ignored = toSet (concatMap (
    pattern:
    let
      below = match "(.+)/[*][*]" pattern;
      path = if below == null then pattern else head below;
    in
    if isPlain path then [ (concatStringsSep "/" (segments path)) ] else [ ]
  ) (config.ignore or [ ])) (_: true);
  # A path is there where a link is; a string is followed. `findFile`, so that a link to nowhere is no error.
  leadsToFile =
    link:
    let
      text = toString link;
      found = tryEval (findFile [ { prefix = "it"; path = text; } ] "it");
    in
    found.success && !pathExists (text + "/.");
  walk =
    directory: prefix:
    let
      entries = readDir directory;
    in
    concatMap (
      name:
      let
        path = prefix + name;
        here = directory + "/${name}";
        type = entries.${name};
        isFile = type == "regular" || type == "symlink" && match "[.]#.*" name == null && leadsToFile here;
      in
      if ignored ? ${path} then
        [ ]
      else if type == "directory" then
        if toolDirectories ? ${name} then [ ] else walk here "${path}/"
      else if isFile && match foreign name == null && match "result(-[0-9]+)?" path == null then
        [ path ]
      else
        [ ]
    ) (attrNames entries);
  # Right: what has the extension of a source.
  files = partition (path: match ".*[^/][.](c|cc|cpp|cxx|c[+][+]|C)" path != null) (walk root "");

  # Without targets, one of these is what the plan goes by.
  targets = config.targets or { ${config.name or name}.sources = [ "src/**" "*" ]; };

  # A pattern can select what lies below the directories that it begins with; without a slash, what lies beside it.
  beginning = parts: if parts == [ ] || !(isPlain (head parts)) then "" else "${head parts}/${beginning (tail parts)}";
  reach =
    pattern:
    let
      parts = segments pattern;
    in
    if elem ".." parts then
      (_: true)
    else if length parts == 1 && match ".*[*][*].*" (head parts) == null then
      (source: match ".*/.*" source == null)
    else
      hasPrefix (if all isPlain parts then concatStringsSep "/" parts else beginning parts);
  reaches = mapAttrs (_: target: map reach (filter (pattern: !hasPrefix "!" pattern) target.sources)) targets;
  # The targets that may have a source.
  takers = toSet files.right (
    source: filter (target: any (reaches: reaches source) reaches.${target}) (attrNames reaches)
  );
  sources = filter (source: takers.${source} != [ ]) files.right;

  stem = source: head (match "(.*)[.][^.]*" source);
  namesakes = groupBy stem sources;
in
{
  inherit
    hasPrefix
    sources
    takers
    targets
    toSet
    ;

  # A source that no target has can still be included, like a header.
  shared = files.wrong ++ filter (source: takers.${source} == [ ] || elem source (config.included or [ ])) files.right;

  # The rule is in src/plan/object-names.ts: by the source's stem, or all of its name, and by a target where several
  # may compile it.
  objectNames =
    source:
    let
      owners = takers.${source};
      bases = [ (stem source) ] ++ (if tail namesakes.${stem source} == [ ] then [ ] else [ source ]);
    in
    concatMap (
      base: [ "${base}.o" ] ++ (if tail owners == [ ] then [ ] else map (target: "${base}.${target}.o") owners)
    ) bases;

  # Paths in 1, 2, 4, … parts of about `size`, by the hash of each: a new file moves no other to another part.
  inParts =
    size: paths:
    let
      partsOf = size: count: if count <= size then 1 else 2 * partsOf (2 * size) count;
      count = partsOf size (length paths);
      digits = listToAttrs (
        genList (value: {
          name = substring value 1 "0123456789abcdef";
          inherit value;
        }) 16
      );
      part =
        path:
        let
          hash = hashString "sha256" path;
          byte = 16 * digits.${substring 0 1 hash} + digits.${substring 1 1 hash};
        in
        toString (if count > 256 then byte else byte * count / 256);
    in
    groupBy part paths;
}
