/** docs/BENCHMARKS.md, of results alone. */
import { runsOf } from './record.mjs';
import { duration, machineLines, megabytes, resultTables } from './report.mjs';
import { judge, targets } from './targets.mjs';

/** @typedef {import('./record.mjs').Kept} Kept */

const introduction = `# Benchmarks

How long makenix takes from a save to a program, beside ninja, gcc by itself and plain \`nix build\`. Written by
\`npm run bench -- --write\` from [benchmarks.json](benchmarks.json), which has every single figure; each row says of which
run it is, and runs replace what they measure again.

![Edit latency against project size](edit-latency.svg)`;

/** Whose figures these are, and from what to what they are taken. */
const definitions = `## What is measured

All who take part have a tree of their own, and a store of their own where they have one; they build the same sources with the
same flags, and the programs of a round are compared: they are the same byte for byte. They take turns: everybody does round 0,
then everybody round 1. Ratios are medians of the ratios of rounds. A round before the first is not counted; first builds, and
what takes most of a minute, have none. Everybody runs as many compilers at once as there are processors.

| by | |
| --- | --- |
| makenix watch, makenix build | with \`--engine daemon\`, the default |
| …, cli engine | with \`--engine cli\`, which runs \`nix build\` |
| ninja | of a build.ninja with the same commands and with depfiles |
| raw gcc | the limit: runs the compiler for just those units that are concerned, archives and links, and looks at nothing |
| plain nix build | \`nix build -f derivation.nix\` of what makenix generates, with the options that makenix gives it |

| scenario | from … to … |
| --- | --- |
| edit | from before the file is written until the event (or the end of the process) after which the program is right |
| — \`first step started\` | from before the file is written until a reader of \`makenix watch --json\` has \`derivation-started\` of the first step: what stands as "from the save to the start of the compiler" below |
| — \`own share\` | what makenix says of its cycle: everything in it but waiting for the compiler, Nix and the quiet window |
| edit of a comment | the object comes out the same; makenix ends there, the others link |
| an edit taken back | to the text before it; the benchmark fails if makenix runs any step |
| switch of branch | from the start of \`git checkout\` until the program is right, there and back, for some sources and a header that differ; everybody has built both before, and the benchmark fails if makenix runs any step |
| nothing to do | a whole process that finds that out |
| start of watch | from the start of the process until it watches every directory and has said that the tree is up to date |
| first build | a whole process; the store is one in which another project has been built with the same toolchain (\`new store\`: there is none). Sources are there and nothing of them is built |

Memory is the most that was resident of the process of makenix itself; compilers, Nix and its daemons are not
counted. To look at it costs a first build a few milliseconds; other figures are without that.
Generated projects have units of a few lines, of which gcc takes 10 to 20 ms: the worst case for whoever has something to do
for each.`;

/**
 * @param {readonly Kept[]} kept
 * @returns {string}
 */
export function benchmarksDocument(kept) {
  const runs = runsOf(kept);
  const letterOf = (/** @type {Kept} */ { run }) => letter(runs.findIndex(({ date }) => date === run.date));
  return [
    introduction,
    ['## Runs', ...runs.map((run, position) => runText(letter(position), run))].join('\n\n'),
    ['## Targets', targetTable(kept, letterOf).join('\n')].join('\n\n'),
    ...['## Results', ...projectTables(kept, letterOf)],
    ...memoryTable(kept, letterOf),
    definitions,
  ]
    .join('\n\n')
    .concat('\n');
}

/**
 * A, B, …, Z, AA, …
 *
 * @param {number} position
 * @returns {string}
 */
export function letter(position) {
  const last = String.fromCharCode('A'.charCodeAt(0) + (position % 26));
  return position < 26 ? last : letter(Math.floor(position / 26) - 1) + last;
}

/**
 * @param {string} name
 * @param {import('./run-record.mjs').Run} run
 */
function runText(name, run) {
  const commit = run.commit === '' ? '' : `, commit ${run.commit.replace('+', ' with changes')}`;
  return [`**${name}**: \`${run.command}\`${commit}  `, ...machineLines(run)].join('\n');
}

/**
 * @param {readonly Kept[]} kept
 * @param {(result: Kept) => string} letterOf
 */
function targetTable(kept, letterOf) {
  const rows = targets.map((target) => {
    const { scenario, title, limit, unit, isBelow = false } = target;
    const result = kept.find((each) => each.scenario === scenario);
    const text = (/** @type {number} */ value) => (unit === 'times' ? value.toFixed(2) : duration(value));
    const wanted = `${isBelow ? '<' : '≤'} ${text(limit)}`;
    const [project = ''] = scenario.split('/');
    const begin = [result?.project ?? project, title, wanted];
    if (result === undefined) return [...begin, '', 'not measured', ''];
    const { value, isMet } = judge(target, result);
    return [...begin, text(value), isMet ? 'met' : '**missed**', letterOf(result)];
  });
  return [
    '| project | what | target | measured | | run |',
    '| --- | --- | ---: | ---: | --- | --- |',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
  ];
}

/**
 * @param {readonly Kept[]} kept
 * @param {(result: Kept) => string} letterOf
 * @returns {readonly string[]}
 */
function projectTables(kept, letterOf) {
  const suites = new Set(kept.map(suiteOf));
  return [...suites].map((suite) => {
    const theirs = kept.filter((each) => suiteOf(each) === suite);
    const label = {
      headings: ['scenario', 'run'],
      cells: (/** @type {import('./report.mjs').Result} */ result) => {
        const found = theirs.find(({ scenario }) => scenario === result.scenario);
        return [result.title, found === undefined ? '' : letterOf(found)];
      },
    };
    const [first] = theirs;
    const { project, units } = first ?? { project: '', units: 0 };
    const isDynamic = suite.startsWith('dynamic-');
    const heading = `### ${project}${isDynamic ? ', dynamic mode' : ''}`;
    const size = project.includes('units') ? [] : [`${units} units.`, ''];
    return [heading, '', ...size, ...resultTables(theirs, label), ...leftOut(theirs)].join('\n').trimEnd();
  });
}

/** @param {Kept} result */
const suiteOf = ({ scenario }) => scenario.split('/')[0] ?? '';

/** @param {readonly Kept[]} results */
function leftOut(results) {
  const lines = /** @type {Map<string, string[]>} */ (new Map());
  for (const { title, leftOut: out = [] } of results) {
    for (const { who, because } of out) {
      const line = `${who}: ${because}`;
      lines.set(line, [...(lines.get(line) ?? []), title]);
    }
  }
  if (lines.size === 0) return [];
  return ['Not taking part:', '', ...[...lines].map(([line, titles]) => `- ${line} (${titles.join('; ')}).`)];
}

/**
 * The most that each program had in a project, whatever it did.
 *
 * @param {readonly Kept[]} kept
 * @param {(result: Kept) => string} letterOf
 */
function memoryTable(kept, letterOf) {
  const most = /** @type {Map<string, { result: Kept, name: string, peak: number }>} */ (new Map());
  for (const result of kept) {
    for (const { name, samples } of result.measured) {
      const peak = Math.max(...samples.map(({ peakMemory = 0 }) => peakMemory));
      const key = `${suiteOf(result)} ${name}`;
      if (peak > (most.get(key)?.peak ?? 0)) most.set(key, { result, name, peak });
    }
  }
  if (most.size === 0) return [];
  const head = ['| project | of | peak | in | run |', '| --- | --- | ---: | --- | --- |'];
  const rows = [...most.values()].map(({ result, name, peak }) =>
    [result.project, name, megabytes(peak), result.title, letterOf(result)].join(' | '),
  );
  return ['## Memory', [...head, ...rows.map((row) => `| ${row} |`)].join('\n')];
}
