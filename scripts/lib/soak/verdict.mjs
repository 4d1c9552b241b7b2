/** @typedef {import('./sample.mjs').Figures} Figures */
/** @typedef {Exclude<keyof Figures, 'files'>} Figure */

/** Resident memory may grow by this much of what it was. */
const memoryGrowth = 0.1;

/**
 * What grows with the cycles is many times as large in the end; what comes and goes is larger now and then, and so is what
 * is filled up to a bound that it had not reached. Besides, some of everything may be more.
 */
const otherGrowth = 0.5;

/** @type {Record<Exclude<Figure, 'resident' | 'left'>, number>} */
const slack = {
  heap: 4 * 1024 ** 2,
  daemons: 8 * 1024 ** 2,
  children: 1,
  descriptors: 8,
  watches: 8,
  roots: 8,
  temporaryRoots: 64 * 1024,
  state: 16 * 1024,
  engine: 16 * 1024,
};

/**
 * Whatever has grown with the cycles rather than with the project, in words.
 *
 * @param {Figures} first after the warm-up
 * @param {Figures} last
 * @returns {readonly string[]}
 */
export function growth(first, last) {
  const found = [];
  if (last.resident > first.resident * (1 + memoryGrowth)) found.push('resident memory');
  if (last.left > first.left) found.push('files that are left');
  const size = Math.max(1, last.files / first.files);
  for (const [figure, more] of /** @type {[keyof typeof slack, number][]} */ (Object.entries(slack))) {
    const [before, now] = [compared(figure, first), compared(figure, last)];
    if (before !== undefined && now !== undefined && now > before * size * (1 + otherGrowth) + more) {
      found.push(names[figure]);
    }
  }
  return found;
}

/**
 * How many daemons there are depends on the moment, since they are replaced now and then: of their memory, each one's share.
 *
 * @param {keyof typeof slack} figure
 * @param {Figures} figures
 */
const compared = (figure, figures) =>
  figure === 'daemons' ? figures.daemons / Math.max(1, figures.children) : figures[figure];

/** @type {Record<keyof Figures, string>} */
const names = {
  files: 'files',
  resident: 'resident',
  heap: 'heap',
  daemons: 'daemons',
  children: 'children',
  descriptors: 'descriptors',
  watches: 'watches',
  roots: 'roots',
  temporaryRoots: 'temporary roots',
  state: 'state.json',
  engine: 'engine.json',
  left: 'left files',
};

/** @type {ReadonlySet<keyof Figures>} */
const inMegabytes = new Set(['resident', 'heap', 'daemons']);
/** @type {ReadonlySet<keyof Figures>} */
const inKilobytes = new Set(['temporaryRoots', 'state', 'engine']);

/**
 * One line a sample.
 *
 * @param {readonly { readonly cycle: number, readonly figures: Figures }[]} samples
 */
export function table(samples) {
  const columns = /** @type {(keyof Figures)[]} */ (Object.keys(names));
  const rows = samples.map(({ cycle, figures }) => [String(cycle), ...columns.map((column) => text(column, figures))]);
  return [['cycle', ...columns.map((column) => names[column])], ['', ...columns].map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
}

export const megabytes = (/** @type {number} */ bytes) => `${(bytes / 1024 ** 2).toFixed(1)} MB`;

/**
 * @param {keyof Figures} column
 * @param {Figures} figures
 */
function text(column, figures) {
  const value = figures[column];
  if (value === undefined) return '';
  if (inMegabytes.has(column)) return megabytes(value);
  return inKilobytes.has(column) ? `${(value / 1024).toFixed(1)} KB` : String(value);
}
