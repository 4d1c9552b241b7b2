# makenix.json, which is JSON with comments and trailing commas. What it may say is for the plan to judge.
{ root }:
let
  inherit (builtins)
    concatStringsSep
    elemAt
    fromJSON
    head
    isString
    pathExists
    readFile
    split
    ;
  file = root + "/makenix.json";
  text = if pathExists file then readFile file else "{ }";

  # `replacement` gives what stands for a match of which the first group, a string literal, is null.
  outsideStrings =
    pattern: replacement: text:
    concatStringsSep "" (
      map (part: if isString part then part else if head part != null then head part else replacement part) (
        split ''("([^"\\]|\\.)*")|${pattern}'' text
      )
    );
  withoutComments = outsideStrings ''//[^''\n''\r]*|/[*]([^*]|[*]+[^*/])*[*]+/'' (_: " ");
  withoutTrailingCommas = outsideStrings ",[[:space:]]*([]}])" (part: elemAt part 2);
in
{
  inherit text;
  value = fromJSON (withoutTrailingCommas (withoutComments text));
}
