/**
 * Extensions of files that no compiler reads, as far as dynamic mode is concerned: every other file costs an evaluation
 * the hash of its contents. One with such an extension that a source includes all the same is missing from its build.
 */
const foreignExtensions = [
  ...['md', 'rst', 'adoc', 'htm', 'html', 'css', 'tex', 'log', 'pdf', 'ps', 'po', 'mo'],
  ...['js', 'mjs', 'cjs', 'ts', 'json', 'jsonc', 'yml', 'yaml', 'toml', 'lock', 'nix'],
  ...['py', 'pyc', 'pl', 'rb', 'sh', 'bash', 'tcl', 'go', 'rs', 'java', 'm4', 'ac', 'am', 'cmake', 'mk'],
  ...['o', 'a', 'so', 'lo', 'la', 'd', 'patch', 'diff', 'swp', 'makenix-tmp'],
  ...['gz', 'bz2', 'xz', 'zip', 'tar', 'zst', 'png', 'jpg', 'jpeg', 'gif', 'svg', 'ico'],
];

/** The same for the Nix language (POSIX extended). */
export const foreignPattern = `.*([.](${foreignExtensions.join('|')})|~)`;

const foreign = new RegExp(`(?:\\.(?:${foreignExtensions.join('|')})|~)$`);

export const isForeign = (path: string): boolean => foreign.test(path);
