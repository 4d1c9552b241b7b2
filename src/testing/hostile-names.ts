/** Names of files, without their ending, that mean something to shells, Nix, make, gcc, stores or JavaScript. */
export const hostileNames: readonly string[] = [
  ...['two words', "quo'te", '"', '""', '$', '$$', '${x}', "''", "''${x}", '\\', 'back\\slash', 'a\\ b', 'a\tb'],
  ...[
    '-dash',
    '--',
    '@at',
    '#hash',
    '!',
    '~',
    '*',
    '?',
    '[x]',
    '{y}',
    '(z)',
    '%25',
    'a:b',
    'semi;',
    '&',
    '`id`',
    'a=b',
  ],
  ...['a.b.c', '..c', 'a..b', 'a.drv', 'a.o', 'ü', '日本', '\u{1F600}', 'e\u0301', 'x'.repeat(240), 'ü'.repeat(100)],
  ...['__proto__', 'constructor', 'toString', 'index', 'out', 'result', 'default.nix', 'a-x', 'a/x', 'a--x'],
];

/** What leaves a file of this name wherever it is taken for a command. */
export const canary = 'CANARY';

/** Names that run something, or end an evaluation, wherever they reach a shell or Nix as they are; and what a terminal obeys. */
export const canaryNames: readonly string[] = [
  `$(touch ${canary})`,
  `\`touch ${canary}\``,
  `a;touch ${canary};`,
  `a|touch ${canary}`,
  `a&&touch ${canary}&`,
  `'$(touch ${canary})'`,
  `"$(touch ${canary})"`,
  `';touch ${canary};'`,
  `'';touch ${canary}''`,
  '${builtins.abort "x"}',
  `''\${builtins.abort "x"}''`,
  '"; abort "x',
  '-fplugin=x',
  '-wrapper',
  '-o',
  '@file',
  '\x1b]0;title\x07',
  '\x1b[2J',
  '\x7f\x9b31m',
  '\u202egnp',
  'a\rb',
];

/** Of the greatest length that file systems allow, 255 bytes with an ending of two. */
export const longestName = 'x'.repeat(253);
