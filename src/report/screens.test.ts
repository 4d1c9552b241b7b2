import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import schema from '../../schema/events.schema.json' with { type: 'json' };
import type {
  CycleFinished,
  Envelope,
  MakenixEvent,
  Output,
  Reason,
  Verdict,
  VerificationFinished,
} from '../model/events.ts';
import { stepName, trustedProjectPath } from '../model/ids.ts';
import { createEventStream } from './events.ts';
import { createJsonRenderer } from './json.ts';
import { createPlainRenderer } from './plain.ts';
import type { Renderer } from './renderer.ts';
import { createTerminalRenderer, type TerminalOptions } from './terminal.ts';

/** An event and how many milliseconds after the last one it came. */
type Timed = readonly [ms: number, event: MakenixEvent];
type Stream = readonly Timed[];

/** Plays a stream through a real event stream into the renderer, a new cycle at each `cycle-started`. */
function play(stream: Stream, renderer: Renderer): void {
  let now = 1_700_000_000_000;
  const events = createEventStream({ now: () => now }, [renderer]);
  for (const [ms, event] of stream) {
    now += ms;
    if (event.kind === 'cycle-started') events.beginCycle();
    events.emit(event);
  }
  renderer.close();
}

function envelopes(stream: Stream): readonly Envelope[] {
  const seen: Envelope[] = [];
  play(stream, { event: (e) => seen.push(e), close: () => undefined });
  return seen;
}

function written(stream: Stream, options: Partial<TerminalOptions>, columns: number | undefined): readonly string[] {
  const writes: string[] = [];
  const out = { write: (text: string) => void writes.push(text), columns };
  play(stream, createTerminalRenderer(out, { color: false, verbose: false, watch: false, ...options }));
  return writes;
}

/** What a terminal that received the writes shows in the end: an erased line is gone. */
const screenOf = (writes: readonly string[]): string =>
  writes
    .join('')
    .split('\n')
    .map((line) => line.split('\r\x1b[2K').at(-1))
    .join('\n')
    .trimEnd();

const terminal = (stream: Stream, options: Partial<TerminalOptions> = {}, columns: number | undefined = 100): string =>
  screenOf(written(stream, options, columns));

function plain(stream: Stream, verbose = false): string {
  let text = '';
  play(stream, createPlainRenderer({ write: (more) => (text += more) }, { verbose }));
  return text.trimEnd();
}

const modified = (path: string): Reason => ({ path, change: 'modified' });
const rebuilt = (path: string): Reason => ({ path, change: 'rebuilt' });
const firstSeen = (path: string): Reason => ({ path, change: 'first-seen' });

const main: Output = {
  target: 'main',
  drvPath: '/nix/store/0c0z4fqs6dr2v6wyvvvq4a5mdrq0d2hr-main.drv',
  outPath: '/nix/store/7gmk1dhm7cj1r4w3fyvz5k1wvd4rwmyb-main',
  file: 'bin/main',
  link: 'result',
};

const finished = (changes: Partial<CycleFinished>): CycleFinished => ({
  kind: 'cycle-finished',
  outcome: 'built',
  rebuilt: [],
  cutOff: [],
  failed: [],
  reused: 0,
  ms: 0,
  ownMs: 0,
  outputs: [],
  ...changes,
});

const started: MakenixEvent = {
  kind: 'daemon-started',
  versions: { makenix: '0.1.0', nix: '2.34.8', compiler: 'gcc 12.2.0' },
  store: 'auto',
  toolchain: 'host',
  addressing: 'content',
};

/** hello.c starts to include util.h; hello.o and main are built again. */
const oneFileEdit: Stream = [
  [0, { kind: 'change-observed', paths: ['src/hello.c'] }],
  [80, { kind: 'cycle-started', trigger: 'change' }],
  [12, { kind: 'unit-scanned', source: 'src/hello.c', ms: 11, because: [modified('src/hello.c')] }],
  [
    1,
    {
      kind: 'graph-changed',
      added: [{ object: 'src/hello.o', file: 'src/util.h' }],
      removed: [],
      changed: ['src/hello.c'],
    },
  ],
  [1, { kind: 'stanzas-written', changed: ['src/hello.o'], unchanged: 2 }],
  [1, { kind: 'derivation-started', name: 'src/hello.o', because: [modified('src/hello.c')] }],
  [
    118,
    {
      kind: 'derivation-finished',
      name: 'src/hello.o',
      outcome: 'rebuilt',
      because: [modified('src/hello.c')],
      ms: 118,
    },
  ],
  [0, { kind: 'derivation-started', name: 'main', because: [rebuilt('src/hello.o')] }],
  [41, { kind: 'derivation-finished', name: 'main', outcome: 'rebuilt', because: [rebuilt('src/hello.o')], ms: 41.2 }],
  [1, finished({ rebuilt: ['src/hello.o', 'main'], reused: 2, ms: 214, ownMs: 3, outputs: [main] })],
];

/** A comment in util.h: two objects are compiled, come out the same, and main is not linked. One still warns. */
const commentOnlyEdit: Stream = [
  [0, { kind: 'change-observed', paths: ['src/util.h'] }],
  [80, { kind: 'cycle-started', trigger: 'change' }],
  [1, { kind: 'graph-changed', added: [], removed: [], changed: ['src/util.h'] }],
  [1, { kind: 'stanzas-written', changed: [], unchanged: 4 }],
  [
    0,
    {
      kind: 'diagnostic',
      name: 'src/other.o',
      replayed: true,
      severity: 'warning',
      file: 'src/other.c',
      line: 7,
      column: 9,
      message: 'unused variable ‘x’ [-Wunused-variable]',
    },
  ],
  [1, { kind: 'derivation-started', name: 'src/hello.o', because: [modified('src/util.h')] }],
  [1, { kind: 'derivation-started', name: 'src/util.o', because: [modified('src/util.h')] }],
  [
    90,
    { kind: 'derivation-finished', name: 'src/util.o', outcome: 'rebuilt', because: [modified('src/util.h')], ms: 91 },
  ],
  [
    8,
    { kind: 'derivation-finished', name: 'src/hello.o', outcome: 'rebuilt', because: [modified('src/util.h')], ms: 99 },
  ],
  [
    1,
    {
      kind: 'derivation-finished',
      name: 'main',
      outcome: 'cut-off',
      because: [rebuilt('src/hello.o'), rebuilt('src/util.o')],
      ms: 0,
    },
  ],
  [
    1,
    finished({
      rebuilt: ['src/util.o', 'src/hello.o'],
      cutOff: ['main'],
      reused: 1,
      ms: 190,
      ownMs: 2,
      outputs: [main],
    }),
  ],
];

const gccError = [
  'src/hello.c: In function ‘main’:',
  'src/hello.c:5:3: error: expected ‘;’ before ‘return’',
  '    5 |\treturn 0;',
  '      |   ^~~~~~',
];

const log = (name: string, text: string): Timed => [0, { kind: 'log-line', name, text }];

/** A syntax error, while another step warns at the same time; then the error is mended. */
const failureAndRecovery: Stream = [
  [0, { kind: 'change-observed', paths: ['src/hello.c', 'src/util.c'] }],
  [80, { kind: 'cycle-started', trigger: 'change' }],
  [5, { kind: 'derivation-started', name: 'src/hello.o', because: [modified('src/hello.c')] }],
  [0, { kind: 'derivation-started', name: 'src/util.o', because: [modified('src/util.c')] }],
  log('src/hello.o', gccError[0] ?? ''),
  log('src/util.o', 'src/util.c:1:1: warning: useless ‘;’'),
  ...gccError.slice(1).map((text) => log('src/hello.o', text)),
  [
    0,
    {
      kind: 'diagnostic',
      name: 'src/hello.o',
      replayed: false,
      severity: 'error',
      file: 'src/hello.c',
      line: 5,
      column: 3,
      message: 'expected ‘;’ before ‘return’',
    },
  ],
  [
    60,
    {
      kind: 'derivation-finished',
      name: 'src/hello.o',
      outcome: 'failed',
      because: [modified('src/hello.c')],
      ms: 60,
    },
  ],
  [
    20,
    { kind: 'derivation-finished', name: 'src/util.o', outcome: 'rebuilt', because: [modified('src/util.c')], ms: 80 },
  ],
  [0, { kind: 'failure', failure: { kind: 'build-failed', steps: [stepName('src/hello.o')] } }],
  [0, finished({ outcome: 'failed', rebuilt: ['src/util.o'], failed: ['src/hello.o'], reused: 1, ms: 170, ownMs: 2 })],
  ...oneFileEdit,
];

const many = Array.from({ length: 300 }, (_, index) => `src/part${index}.o`);

const firstBuild: Stream = [
  [0, started],
  [0, { kind: 'cycle-started', trigger: 'request' }],
  ...many.map((name): Timed => {
    const source = name.replace(/o$/, 'c');
    return [10, { kind: 'unit-scanned', source, ms: 10, because: [firstSeen(source)] }];
  }),
  [
    1,
    { kind: 'graph-changed', added: many.map((object) => ({ object, file: 'src/all.h' })), removed: [], changed: [] },
  ],
  [1, { kind: 'stanzas-written', changed: [...many, 'main'], unchanged: 0 }],
  ...many.flatMap((name, index): readonly Timed[] => [
    [0, { kind: 'derivation-started', name, because: [firstSeen(name)] }],
    [
      20,
      {
        kind: 'derivation-finished',
        name,
        outcome: 'rebuilt',
        because: [firstSeen(name)],
        ms: ((index * 7) % 300) + 20,
      },
    ],
  ]),
  [0, { kind: 'derivation-started', name: 'main', because: [firstSeen('main')] }],
  [150, { kind: 'derivation-finished', name: 'main', outcome: 'rebuilt', because: [firstSeen('main')], ms: 150 }],
  [1, finished({ rebuilt: [...many, 'main'], ms: 9_260, ownMs: 120, outputs: [main] })],
  [0, { kind: 'daemon-stopped', reason: 'finished' }],
];

const missingHeader: Stream = [
  [0, { kind: 'cycle-started', trigger: 'request' }],
  [9, { kind: 'unit-failed', source: 'src/main.c', ms: 9, because: [firstSeen('src/main.c')] }],
  [
    0,
    {
      kind: 'failure',
      failure: {
        kind: 'scan-failed',
        step: stepName('src/main.o'),
        source: trustedProjectPath('src/main.c'),
        target: 'main',
        diagnostics: [
          {
            severity: 'error',
            file: 'src/main.c',
            line: 3,
            column: 10,
            message: 'util.h: No such file or directory',
          },
        ],
        output: 'src/main.c:3:10: fatal error: util.h: No such file or directory\n    3 | #include "util.h"\n',
      },
    },
  ],
  [1, finished({ outcome: 'failed', failed: ['src/main.o'], ms: 12, ownMs: 3 })],
];

const upToDate: Stream = [
  [0, { kind: 'cycle-started', trigger: 'request' }],
  [2, { kind: 'stanzas-written', changed: [], unchanged: 4 }],
  [0, finished({ outcome: 'up-to-date', reused: 4, ms: 2, ownMs: 1, outputs: [main] })],
];

describe('an edit of one file', () => {
  it('is told as a ledger on a terminal', () => {
    expect(terminal(oneFileEdit)).toMatchInlineSnapshot(`
      "● src/hello.c changed
        graph     + src/hello.o → src/util.h
        stanzas   1 rewritten, 2 unchanged
        rebuilt   src/hello.o    118 ms   src/hello.c changed
        rebuilt   main            41 ms   src/hello.o came out different
      ✓ main  →  result/bin/main   built in 214 ms · 2 rebuilt, 0 cut off, 2 reused"
    `);
  });

  it('is told line by line where there is no terminal', () => {
    expect(plain(oneFileEdit)).toMatchInlineSnapshot(`
      "src/hello.c changed
      graph: + src/hello.o -> src/util.h
      stanzas: 1 rewritten, 2 unchanged
      [src/hello.o] rebuilt in 118 ms: src/hello.c changed
      [main] rebuilt in 41 ms: src/hello.o came out different
      main -> result/bin/main
      built in 214 ms: 2 rebuilt, 0 cut off, 2 reused"
    `);
  });

  it('fits 60 columns', () => {
    expect(terminal(oneFileEdit, {}, 60)).toMatchInlineSnapshot(`
      "● src/hello.c changed
        graph     + src/hello.o → src/util.h
        stanzas   1 rewritten, 2 unchanged
        rebuilt   src/hello.o    118 ms   src/hello.c changed
        rebuilt   main            41 ms   src/hello.o came out di…
      ✓ main  →  result/bin/main   built in 214 ms
        2 rebuilt, 0 cut off, 2 reused"
    `);
  });

  it('fits 40 columns, with each reason on a line of its own', () => {
    expect(terminal(oneFileEdit, {}, 40)).toMatchInlineSnapshot(`
      "● src/hello.c changed
        graph     + src/hello.o → src/util.h
        stanzas   1 rewritten, 2 unchanged
        rebuilt   src/hello.o    118 ms
                  src/hello.c changed
        rebuilt   main            41 ms
                  src/hello.o came out differ…
      ✓ main  →  result/bin/main
        built in 214 ms
        2 rebuilt, 0 cut off, 2 reused"
    `);
  });
});

describe('an edit of a comment', () => {
  it('shows what was cut off, and the warnings that still hold', () => {
    expect(terminal(commentOnlyEdit)).toMatchInlineSnapshot(`
      "● src/util.h changed
        rebuilt   src/util.o      91 ms   src/util.h changed
        rebuilt   src/hello.o     99 ms   src/util.h changed
        cut off   main                    src/hello.o came out the same, and 1 more
        warnings still in 1 unit:
          src/other.c:7:9: warning: unused variable ‘x’ [-Wunused-variable]
      ✓ main  →  result/bin/main   built in 190 ms · 2 rebuilt, 1 cut off, 1 reused"
    `);
    expect(plain(commentOnlyEdit)).toMatchInlineSnapshot(`
      "src/util.h changed
      [src/util.o] rebuilt in 91 ms: src/util.h changed
      [src/hello.o] rebuilt in 99 ms: src/util.h changed
      [main] cut off: src/hello.o came out the same, and 1 more
      warnings still in 1 unit:
      src/other.c:7:9: warning: unused variable ‘x’ [-Wunused-variable]
      main -> result/bin/main
      built in 190 ms: 2 rebuilt, 1 cut off, 1 reused"
    `);
  });
});

describe('a compile that fails, and its recovery', () => {
  it("shows each step's own text together, as gcc wrote it, and says what it waits for", () => {
    expect(terminal(failureAndRecovery, { watch: true })).toMatchInlineSnapshot(`
      "● src/hello.c, src/util.c changed
      src/hello.o:
      src/hello.c: In function ‘main’:
      src/hello.c:5:3: error: expected ‘;’ before ‘return’
          5 |	return 0;
            |   ^~~~~~
      src/util.o:
      src/util.c:1:1: warning: useless ‘;’
        failed    src/hello.o     60 ms   src/hello.c changed
        rebuilt   src/util.o      80 ms   src/util.c changed
      ✗ failed in 170 ms · 1 failed, 1 rebuilt, 0 cut off, 1 reused
      waiting for a change — Ctrl-C stops
      ● src/hello.c changed
        graph     + src/hello.o → src/util.h
        stanzas   1 rewritten, 2 unchanged
        rebuilt   src/hello.o    118 ms   src/hello.c changed
        rebuilt   main            41 ms   src/hello.o came out different
      ✓ main  →  result/bin/main   built in 214 ms · 2 rebuilt, 0 cut off, 2 reused"
    `);
  });

  it('keeps the same order where there is no terminal', () => {
    expect(plain(failureAndRecovery)).toMatchInlineSnapshot(`
      "src/hello.c, src/util.c changed
      [src/hello.o]
      src/hello.c: In function ‘main’:
      src/hello.c:5:3: error: expected ‘;’ before ‘return’
          5 |	return 0;
            |   ^~~~~~
      [src/util.o]
      src/util.c:1:1: warning: useless ‘;’
      [src/hello.o] failed after 60 ms: src/hello.c changed
      [src/util.o] rebuilt in 80 ms: src/util.c changed
      failed in 170 ms: 1 failed, 1 rebuilt, 0 cut off, 1 reused
      src/hello.c changed
      graph: + src/hello.o -> src/util.h
      stanzas: 1 rewritten, 2 unchanged
      [src/hello.o] rebuilt in 118 ms: src/hello.c changed
      [main] rebuilt in 41 ms: src/hello.o came out different
      main -> result/bin/main
      built in 214 ms: 2 rebuilt, 0 cut off, 2 reused"
    `);
  });
});

describe('a first build of 300 objects', () => {
  it('lists the slowest ten', () => {
    expect(terminal(firstBuild, { watch: true })).toMatchInlineSnapshot(`
      "makenix 0.1.0 · nix 2.34.8 · gcc 12.2.0 · host toolchain
        graph     300 includes added, 0 removed
        stanzas   301 written
        rebuilt   src/part257.o    319 ms   new
        rebuilt   src/part214.o    318 ms   new
        rebuilt   src/part171.o    317 ms   new
        rebuilt   src/part128.o    316 ms   new
        rebuilt   src/part85.o     315 ms   new
        rebuilt   src/part42.o     314 ms   new
        rebuilt   src/part299.o    313 ms   new
        rebuilt   src/part256.o    312 ms   new
        rebuilt   src/part213.o    311 ms   new
        rebuilt   src/part170.o    310 ms   new
                  … and 291 more
      ✓ main  →  result/bin/main   built in 9.26 s · 301 rebuilt, 0 cut off, 0 reused
      watching — Ctrl-C stops"
    `);
  });

  it('lists all where that is asked for', () => {
    const screen = terminal(firstBuild, { verbose: true });
    for (const name of many) expect(screen).toContain(`rebuilt   ${name} `);
  });

  it('has a line for each where there is no terminal', () => {
    const lines = plain(firstBuild).split('\n');
    expect(lines.filter((line) => line.includes('] rebuilt in '))).toHaveLength(301);
    expect(lines.at(-1)).toBe('built in 9.26 s: 301 rebuilt, 0 cut off, 0 reused');
  });
});

describe('a header that is not there', () => {
  it('is an error with a way out', () => {
    expect(terminal(missingHeader)).toMatchInlineSnapshot(`
      "error: src/main.c:3:10: 'util.h' not found
        needed by src/main.o, part of target main
        hint: if it is elsewhere, add that directory to "include" in makenix.json; where the build was imported, to the flags there
      ✗ failed in 12 ms · 1 failed, 0 rebuilt, 0 cut off, 0 reused"
    `);
    expect(plain(missingHeader)).toMatchInlineSnapshot(`
      "error: src/main.c:3:10: 'util.h' not found
        needed by src/main.o, part of target main
        hint: if it is elsewhere, add that directory to "include" in makenix.json; where the build was imported, to the flags there
      failed in 12 ms: 1 failed, 0 rebuilt, 0 cut off, 0 reused"
    `);
  });
});

describe('nothing to do', () => {
  it('takes one line', () => {
    expect(terminal(upToDate)).toBe('✓ up to date (2 ms)');
    expect(plain(upToDate)).toBe('up to date (2 ms)');
  });

  it('is not called a change where a file was saved as it was', () => {
    const saved: Stream = [
      [0, { kind: 'change-observed', paths: ['src/hello.c'] }],
      [80, { kind: 'cycle-started', trigger: 'change' }],
      [2, finished({ outcome: 'up-to-date', reused: 4, ms: 2 })],
    ];
    expect(terminal(saved)).toBe('✓ up to date (2 ms)');
  });

  it('is not worth a word where nobody asked', () => {
    const check: Stream = [
      [0, { kind: 'cycle-started', trigger: 'reconcile' }],
      [2, finished({ outcome: 'up-to-date', reused: 4, ms: 2, ownMs: 1 })],
    ];
    expect(terminal(check, { watch: true })).toBe('');
    expect(plain(check)).toBe('');
  });
});

describe('several outputs', () => {
  const lua: Output = { ...main, target: 'lua', outPath: '/nix/store/aaa-lua' };
  const luac: Output = { ...main, target: 'luac', file: 'bin/luac', link: null, outPath: '/nix/store/bbb-luac' };
  const builds = (...outputs: readonly (readonly Output[])[]): Stream =>
    outputs.flatMap((each): readonly Timed[] => [
      [0, { kind: 'cycle-started', trigger: 'request' }],
      [9, finished({ rebuilt: ['x.o'], ms: 9, outputs: each })],
    ]);

  it('are named when they are new', () => {
    const screen = terminal(builds([lua, luac], [lua, { ...luac, outPath: '/nix/store/ccc-luac' }], [lua, luac]));
    expect(screen).toMatchInlineSnapshot(`
      "  lua   →  result/bin/main
        luac  →  /nix/store/bbb-luac/bin/luac
      ✓ built in 9 ms · 1 rebuilt, 0 cut off, 0 reused
        luac  →  /nix/store/ccc-luac/bin/luac
      ✓ built in 9 ms · 1 rebuilt, 0 cut off, 0 reused
        luac  →  /nix/store/bbb-luac/bin/luac
      ✓ built in 9 ms · 1 rebuilt, 0 cut off, 0 reused"
    `);
  });

  it('count as known after a cycle that failed', () => {
    const failed: Stream = [
      [0, { kind: 'cycle-started', trigger: 'change' }],
      [5, finished({ outcome: 'failed', failed: ['x.o'], ms: 5 })],
    ];
    const lines = terminal([...builds([lua, luac]), ...failed, ...builds([lua, luac])]).split('\n');
    expect(lines.slice(3)).toEqual([
      '✗ failed in 5 ms · 1 failed, 0 rebuilt, 0 cut off, 0 reused',
      '✓ built in 9 ms · 1 rebuilt, 0 cut off, 0 reused',
    ]);
  });
});

describe('a save in the middle of a cycle', () => {
  it('ends that cycle with what it got done, and the next has its own head', () => {
    const stream: Stream = [
      ...failureAndRecovery.slice(0, 4),
      [9, { kind: 'change-observed', paths: ['src/util.h'] }],
      [
        1,
        {
          kind: 'derivation-finished',
          name: 'src/util.o',
          outcome: 'cancelled',
          because: [modified('src/util.c')],
          ms: 10,
        },
      ],
      [0, finished({ outcome: 'cancelled', reused: 2, ms: 95 })],
      ...commentOnlyEdit.slice(1),
    ];
    // That hello.o has no end is against the law of the stream; it must not run for ever all the same.
    expect(terminal(stream, { watch: true })).toMatchInlineSnapshot(`
      "● src/hello.c, src/util.c changed
        cancelled src/util.o      10 ms   src/util.c changed
        cancelled src/hello.o      0 ms   src/hello.c changed
      – cancelled after 95 ms · 0 rebuilt, 0 cut off, 2 reused
      ● src/util.h changed
        rebuilt   src/util.o      91 ms   src/util.h changed
        rebuilt   src/hello.o     99 ms   src/util.h changed
        cut off   main                    src/hello.o came out the same, and 1 more
        warnings still in 1 unit:
          src/other.c:7:9: warning: unused variable ‘x’ [-Wunused-variable]
      ✓ main  →  result/bin/main   built in 190 ms · 2 rebuilt, 1 cut off, 1 reused
      watching — Ctrl-C stops"
    `);
  });
});

describe('a header that warns', () => {
  const warning = (name: string, replayed: boolean, line: number): MakenixEvent => ({
    kind: 'diagnostic',
    name,
    replayed,
    severity: 'warning',
    file: 'src/util.h',
    line,
    column: 0,
    message: 'unused',
  });
  const cycle = (...diagnostics: readonly MakenixEvent[]): Stream => [
    [0, { kind: 'cycle-started', trigger: 'request' }],
    ...diagnostics.map((each): Timed => [0, each]),
    [9, finished({ ms: 9, rebuilt: ['a.o'], outputs: [main] })],
  ];

  it('does so once for all units that include it', () => {
    const lines = terminal(cycle(warning('a.o', true, 3), warning('b.o', true, 3))).split('\n');
    expect(lines.slice(0, -1)).toEqual(['  warnings still in 2 units:', '    src/util.h:3: warning: unused']);
  });

  it('is not repeated where a unit that was just compiled said the same', () => {
    for (const order of [
      [true, false],
      [false, true],
    ]) {
      const stream = cycle(...order.map((replayed, index) => warning(`${index}.o`, replayed, 3)));
      expect(terminal(stream).split('\n')).toHaveLength(1);
    }
  });

  it('gets ten lines, or all that are asked for', () => {
    const stream = cycle(...Array.from({ length: 12 }, (_, line) => warning('a.o', true, line + 1)));
    expect(terminal(stream)).toContain('\n    src/util.h:10: warning: unused\n    … and 2 more\n');
    expect(terminal(stream, { verbose: true })).toContain('\n    src/util.h:12: warning: unused\n✓');
  });
});

describe('what the system cannot do', () => {
  it('is said whole, whatever the width', () => {
    const lost = { kind: 'watch-degraded', reason: 'lost-events', action: 'watches-anew', detail: '' } as const;
    const said = (paths: readonly string[]): string => {
      const stream: Stream = [[0, { ...lost, paths }]];
      const text = plain(stream);
      expect(terminal(stream, {}, 40)).toBe(text.replace('warning: ', '! '));
      return text;
    };
    const end = 'all files were checked, and are watched anew';
    expect(said(['src/a.c'])).toBe(`warning: file events were lost (src/a.c): ${end}`);
    expect(said(['src/a.c', 'b.c', 'c.c'])).toBe(`warning: file events were lost (src/a.c and 2 more): ${end}`);
    expect(said([''])).toBe(`warning: file events were lost (.): ${end}`);
  });

  it('is said with what the system said', () => {
    const detail = 'ENOSPC: no space';
    const stream: Stream = [
      [0, { kind: 'watch-degraded', reason: 'watch-error', action: 'checks-often', paths: [], detail }],
    ];
    expect(plain(stream)).toBe(
      'warning: watching files failed (ENOSPC: no space): all files are checked every second or so',
    );
  });
});

describe('the command of the user', () => {
  it.each([
    [0, '✓ command exited with 0 after 20 ms'],
    [3, '✗ command exited with 3 after 20 ms'],
    [null, '– command was ended after 20 ms'],
  ])('that ends with %s is told so', (exitCode, line) => {
    const stream: Stream = [
      [0, { kind: 'command-started', argv: ['./test', 'a b'] }],
      [20, { kind: 'command-finished', exitCode, ms: 20 }],
    ];
    expect(terminal(stream)).toBe(`▸ ./test a b\n${line}`);
  });
});

describe('the status line', () => {
  const busy: Stream = [
    [0, { kind: 'cycle-started', trigger: 'request' }],
    [0, { kind: 'stanzas-written', changed: ['a.o', 'b.o', 'main'], unchanged: 4 }],
    [60, { kind: 'derivation-started', name: 'a.o', because: [firstSeen('a.o')] }],
    [10, { kind: 'derivation-started', name: 'b.o', because: [firstSeen('b.o')] }],
    [10, { kind: 'derivation-finished', name: 'a.o', outcome: 'rebuilt', because: [firstSeen('a.o')], ms: 20 }],
    [40, { kind: 'derivation-finished', name: 'b.o', outcome: 'rebuilt', because: [firstSeen('b.o')], ms: 50 }],
  ];

  it('is drawn at most every 50 ms, in place', () => {
    expect(written(busy, {}, 80)).toEqual([
      '● scanning',
      '\r\x1b[2K● building · 0 of up to 7 · a.o',
      '\r\x1b[2K● building · 2 of up to 7',
      '\r\x1b[2K',
    ]);
  });

  it('catches up with what came too fast for it, where there is a timer', () => {
    const timers: { readonly ms: number; readonly callback: () => void; cancelled: boolean }[] = [];
    const after = (ms: number, callback: () => void) => {
      const timer = { ms, callback, cancelled: false };
      timers.push(timer);
      return () => {
        timer.cancelled = true;
      };
    };
    const writes: string[] = [];
    const out = { write: (text: string) => void writes.push(text), columns: 80 };
    const renderer = createTerminalRenderer(out, { color: false, verbose: false, watch: false, after });
    for (const e of envelopes(busy.slice(0, 5))) renderer.event(e);
    // The first, for `building`, was overtaken by an event; the second stands for two events, 50 ms after the last draw.
    expect(timers.map(({ ms, cancelled }) => [ms, cancelled])).toEqual([
      [50, true],
      [40, false],
    ]);
    timers[1]?.callback();
    expect(writes.at(-1)).toBe('\r\x1b[2K● building · 1 of up to 7 · b.o');
  });

  it('acknowledges a save at once, also in the middle of a cycle', () => {
    const saved: Stream = [...busy, [1, { kind: 'change-observed', paths: ['a.c', 'b.c', 'c.c', 'd.c'] }]];
    expect(written(saved, {}, 80).at(-2)).toBe('\r\x1b[2K● a.c, b.c, c.c and 1 more changed');
  });

  it('leaves one column free, so that no terminal wraps it', () => {
    const long: Stream = [[0, { kind: 'change-observed', paths: ['src/文字化け/very/long/path/to/a/file.c'] }]];
    expect(written(long, {}, 24)[0]).toBe('● src/文字化け/very/lo…');
  });

  it('keeps off the screen while the command of the user has it', () => {
    const running: Stream = [
      ...oneFileEdit,
      [0, { kind: 'command-started', argv: ['./result/bin/main', '--serve'] }],
      [9, { kind: 'change-observed', paths: ['src/hello.c'] }],
      [80, { kind: 'cycle-started', trigger: 'change' }],
      [9, { kind: 'derivation-started', name: 'src/hello.o', because: [modified('src/hello.c')] }],
    ];
    const writes = written(running, { watch: true }, 80);
    expect(writes.slice(-2)).toEqual(['▸ ./result/bin/main --serve\n', '● src/hello.c changed\n']);
  });
});

describe('every stream here', () => {
  const streams = { oneFileEdit, commentOnlyEdit, failureAndRecovery, firstBuild, missingHeader, upToDate };
  const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);

  it.each(Object.entries(streams))('%s keeps to the published schema', (_, stream) => {
    for (const e of envelopes(stream)) expect(validate(e), JSON.stringify([e, validate.errors])).toBe(true);
  });

  it.each(Object.entries(streams))('%s is written as JSON lines of the envelopes and nothing else', (_, stream) => {
    let text = '';
    play(stream, createJsonRenderer({ write: (more) => (text += more) }));
    expect(text).toBe(
      envelopes(stream)
        .map((e) => `${JSON.stringify(e)}\n`)
        .join(''),
    );
  });

  it('is held to that schema: what is not in it does not pass', () => {
    const [e] = envelopes(upToDate);
    expect(validate({ ...e, level: 30 })).toBe(false);
    expect(validate({ ...e, trigger: 'moon' })).toBe(false);
  });
});

describe('colour', () => {
  it('marks what gcc marks and leaves its text alone', () => {
    const screen = terminal(failureAndRecovery, { color: true });
    expect(screen).toContain('src/hello.c:5:3: \x1b[31merror\x1b[39m: expected ‘;’ before ‘return’');
    expect(screen).toContain('src/util.c:1:1: \x1b[35mwarning\x1b[39m: useless ‘;’');
    // eslint-disable-next-line no-control-regex -- the escape sequences are what is taken away
    expect(screen.replace(/\x1b\[\d+m/g, '')).toBe(terminal(failureAndRecovery));
  });
});

describe('an import', () => {
  const started: MakenixEvent = { kind: 'import-started', command: ['make', '-j2'], purpose: 'record', because: [] };
  const finished = (notUnderstood: readonly string[]): MakenixEvent => ({
    kind: 'import-finished',
    purpose: 'record',
    outcome: 'imported',
    units: 34,
    products: 3,
    targets: ['lua', 'luac'],
    notUnderstood: notUnderstood.map((problem) => ({ problem, targets: ['lua'] })),
    ms: 2920,
  });

  it('leaves the screen to the build, and then says what came of it', () => {
    const stream: Stream = [
      [0, started],
      [2920, finished([])],
    ];
    expect(terminal(stream)).toBe(
      '▸ recording make -j2\n✓ recorded in 2.92 s: 34 objects, 3 products; all of it understood\n  targets: lua, luac',
    );
    expect(written(stream, {}, 100).join('')).not.toContain('starting');
  });

  it('lists what was not understood, and not all of it where that is much', () => {
    const gaps = Array.from({ length: 10 }, (_, i) => `gap ${i}`);
    const lines = plain([
      [0, started],
      [0, finished(gaps)],
    ]).split('\n');
    expect(lines.slice(1, 3)).toEqual([
      'recorded in 2.92 s: 34 objects, 3 products; 10 things not understood:',
      'gap 0 (part of lua)',
    ]);
    expect(lines.at(-2)).toBe('and 2 more, in makenix.plan.json');
  });

  it('says what it is for, while watching', () => {
    expect(plain([[0, { ...started, because: ['src/Makefile'] }]])).toBe(
      'the plan may be stale (src/Makefile changed): re-importing, with make -j2',
    );
    expect(plain([[0, { kind: 'plan-stale', paths: ['Makefile'] }]])).toContain('makenix.plan.json may be stale');
  });
});

it('says what could not be written, and that the build is none the worse for it', () => {
  const failure = {
    kind: 'state-unwritable',
    path: '.makenix/state.json',
    problem: 'no space left on device',
  } as const;
  const unwritten: Stream = [
    [0, { kind: 'write-failed', cost: 'memory', failure: { ...failure, reason: 'no-space' } }],
  ];
  expect(plain(unwritten)).toMatchInlineSnapshot(`
    "warning: cannot write .makenix/state.json: no space left on device; the next run has to find out anew what this one knows
      hint: free some space; the next build writes it"
  `);
  expect(terminal(unwritten)).toMatchInlineSnapshot(`
    "! cannot write .makenix/state.json: no space left on device; the next run has to find out anew what this one knows
      hint: free some space; the next build writes it"
  `);
});

describe('the check of derivations', () => {
  const fallback: MakenixEvent = { kind: 'engine-fallback', because: 'they differ' };
  const checked = (...names: readonly string[]): Stream => [
    [0, { kind: 'change-observed', paths: ['src/hello.c'] }],
    [0, { kind: 'cycle-started', trigger: 'change' }],
    [
      100,
      {
        kind: 'derivations-checked',
        compared: 1001,
        differing: names.map((name) => ({ name, ours: `/nix/store/0-${name}`, theirs: `/nix/store/1-${name}` })),
        ms: 104.4,
      },
    ],
    ...(names.length === 0 ? [] : [[0, fallback] as const]),
    [10, finished({ outcome: 'built', rebuilt: ['src/hello.o'], ms: 120, outputs: [main] })],
  ];

  it('says that Nix gives the same', () => {
    expect(terminal(checked())).toMatchInlineSnapshot(`
      "● src/hello.c changed
        checked   1001 derivations, all as Nix gives them (104 ms)
      ✓ main  →  result/bin/main   built in 120 ms · 1 rebuilt, 0 cut off, 0 reused"
    `);
    expect(plain(checked())).toMatchInlineSnapshot(`
      "src/hello.c changed
      checked: 1001 derivations, all as Nix gives them (104 ms)
      main -> result/bin/main
      built in 120 ms: 1 rebuilt, 0 cut off, 0 reused"
    `);
  });

  it('names the first that differ, with both paths, and what is done about it', () => {
    const many = checked('src/a.o', 'src/b.o', '\x1b[2J.o', 'main', 'other');
    expect(terminal(many, {}, 60)).toMatchInlineSnapshot(`
      "● src/hello.c changed
      ! 5 of 1001 derivations are not as Nix gives them:
        src/a.o: /nix/store/0-src/a.o, by Nix /nix/store/1-src/a.o
        src/b.o: /nix/store/0-src/b.o, by Nix /nix/store/1-src/b.o
        \\x1b[2J.o: /nix/store/0-\\x1b[2J.o, by Nix /nix/store/1-\\x1b[2J.o
        and 2 more
      ! built by nix build, because they differ
      ✓ main  →  result/bin/main   built in 120 ms
        1 rebuilt, 0 cut off, 0 reused"
    `);
    expect(plain(many)).toMatchInlineSnapshot(`
      "src/hello.c changed
      warning: 5 of 1001 derivations are not as Nix gives them:
        src/a.o: /nix/store/0-src/a.o, by Nix /nix/store/1-src/a.o
        src/b.o: /nix/store/0-src/b.o, by Nix /nix/store/1-src/b.o
        \\x1b[2J.o: /nix/store/0-\\x1b[2J.o, by Nix /nix/store/1-\\x1b[2J.o
        and 2 more
      warning: built by nix build, because they differ
      main -> result/bin/main
      built in 120 ms: 1 rebuilt, 0 cut off, 0 reused"
    `);
  });
});

describe('the comparison with the tree', () => {
  const verified = (name: string, verdict: Verdict): Timed => [
    50,
    { kind: 'object-verified', name, ms: 50, ...verdict },
  ];
  const stream = (...verdicts: readonly Timed[]): Stream => [
    [0, { kind: 'cycle-started', trigger: 'request' }],
    [10, finished({ outcome: 'up-to-date', ms: 10 })],
    [0, { kind: 'verification-started', objects: 5 }],
    ...verdicts,
  ];
  const ended = (more: Partial<VerificationFinished>): Timed => [
    0,
    {
      ...{ kind: 'verification-finished', outcome: 'verified', same: 0, mapped: 0, differing: [], failed: [], ms: 250 },
      ...more,
    },
  ];
  const mapped: Verdict = {
    outcome: 'mapped',
    mapped: ['debug-information', 'link-time-optimization'],
    sections: ['.debug_line_str'],
  };

  it('is a line where all is well, and one for each object where everything is wanted', () => {
    const good = stream(
      verified('src/a.o', { outcome: 'same' }),
      verified('src/b.o', mapped),
      ended({ same: 1, mapped: 1 }),
    );
    expect(terminal(good)).toMatchInlineSnapshot(`
      "✓ up to date (10 ms)
      ✓ 2 objects are the same as compiled in the tree, 1 of them but for mapped paths and their like (250 ms)"
    `);
    expect(plain(good)).toMatchInlineSnapshot(`
      "up to date (10 ms)
      verified: 2 objects are the same as compiled in the tree, 1 of them but for mapped paths and their like (250 ms)"
    `);
    expect(plain(good, true)).toMatchInlineSnapshot(`
      "up to date (10 ms) (0 ms of it makenix)
      comparing 5 objects with what a compile in the tree makes
      src/a.o is the same
      src/b.o is the same but for mapped paths in debug information and what is kept for link-time optimization, of which the same code is made (in .debug_line_str)
      verified: 2 objects are the same as compiled in the tree, 1 of them but for mapped paths and their like (250 ms)"
    `);
  });

  it('says how far it has come', () => {
    const text = written(stream(verified('src/a.o', { outcome: 'same' })), {}, 100).join('');
    expect(text).toContain('comparing with the tree · 1 of 5 objects');
  });

  it('names what differs, and where to look', () => {
    const bad = stream(
      verified('src/a.o', {
        outcome: 'differs',
        sections: ['', '.text', '.data', '.rodata', '.bss'],
        files: ['/tmp/\x1b[2J.h'],
        places: [{ file: 'src/a.c', line: 3, what: '__has_include' }],
        isRepeatable: false,
      }),
      verified('src/b.o', { outcome: 'changed', path: 'src/b.c' }),
      verified('src/c.o', { outcome: 'failed', messages: ['src/c.c:1:1: error: no'] }),
      ended({ outcome: 'differs', same: 2, differing: ['src/a.o'], failed: ['src/b.o', 'src/c.o'] }),
    );
    expect(terminal(bad, {}, 60)).toMatchInlineSnapshot(`
      "✓ up to date (10 ms)
      ✗ src/a.o is not what a compile in the tree makes (in the file header, .text, .data, .rodata and 1 more)
        read in the tree and no input of the object: /tmp/\\x1b[2J.h
        may be because of src/a.c:3 (__has_include)
        the compiler itself makes another object each time; of gcc, -frandom-seed=WORD in its flags may mend that
      ✗ src/b.o was not compared: src/b.c has changed meanwhile
      ✗ src/c.o could not be compiled in the tree:
        src/c.c:1:1: error: no
      ✗ of 5 objects, 1 differs, 2 could not be compared, 2 are the same as compiled in the tree (250 ms)"
    `);
    expect(plain(bad)).toMatchInlineSnapshot(`
      "up to date (10 ms)
      error: src/a.o is not what a compile in the tree makes (in the file header, .text, .data, .rodata and 1 more)
        read in the tree and no input of the object: /tmp/\\x1b[2J.h
        may be because of src/a.c:3 (__has_include)
        the compiler itself makes another object each time; of gcc, -frandom-seed=WORD in its flags may mend that
      error: src/b.o was not compared: src/b.c has changed meanwhile
      error: src/c.o could not be compiled in the tree:
        src/c.c:1:1: error: no
      verified: of 5 objects, 1 differs, 2 could not be compared, 2 are the same as compiled in the tree (250 ms)"
    `);
  });

  it('says that it was cancelled', () => {
    expect(plain(stream(ended({ outcome: 'cancelled', same: 1 })))).toMatch(
      /verified: cancelled after 1 object \(250 ms\)$/,
    );
  });
});
