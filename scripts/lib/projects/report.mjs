/** The result as a table for the README. */
import { SetupError } from '../main.mjs';

/**
 * @typedef {object} Row
 * @property {string} title
 * @property {string} version
 * @property {number} units that the project's own build compiles
 * @property {{ own: number, makenix?: number | undefined }} cold milliseconds
 * @property {{ own: number, makenix?: number | undefined }} edit milliseconds
 * @property {{ imported: number, notUnderstood: number }} [imported]
 */

const headings = ['project', 'units', 'imported', 'not understood', 'cold build: own / makenix', 'edit: own / makenix'];

const head = [`| ${headings.join(' | ')} |`, '|---|---:|---:|---:|---:|---:|'];

/** @param {readonly Row[]} rows */
export const table = (rows) => [...head, ...rows.map(line), ''].join('\n');

/** @param {Row} row */
function line({ title, version, units, imported, cold, edit }) {
  const cells = [
    `${title} ${version}`,
    units,
    imported?.imported ?? '',
    imported?.notUnderstood ?? '',
    pair(cold),
    pair(edit),
  ];
  return `| ${cells.join(' | ')} |`;
}

/**
 * The table of a README with new rows in it: a project may be measured by itself.
 *
 * @param {string} text of the README
 * @param {readonly Row[]} rows
 * @param {readonly string[]} titles of all projects, in the order of the table
 */
export function updatedTable(text, rows, titles) {
  const known = text.slice(text.indexOf(begin), text.indexOf(end)).split('\n');
  const lines = titles.flatMap((title) => {
    const row = rows.find((each) => each.title === title);
    return row === undefined ? known.filter((each) => each.startsWith(`| ${title} `)) : [line(row)];
  });
  return [...head, ...lines, ''].join('\n');
}

/** @param {{ own: number, makenix?: number | undefined }} times */
const pair = ({ own, makenix }) => `${duration(own)} / ${makenix === undefined ? '–' : duration(makenix)}`;

/** @param {number} ms */
const duration = (ms) => (ms >= 10_000 ? `${(ms / 1000).toFixed(0)} s` : `${(ms / 1000).toFixed(ms < 1000 ? 2 : 1)} s`);

const begin = '<!-- projects:begin -->';
const end = '<!-- projects:end -->';

/**
 * @param {string} text of a README, with both markers
 * @param {string} content what is to stand between them
 */
export function betweenMarkers(text, content) {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new SetupError('failed', `README.md does not have ${begin} and then ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${content.trim()}\n\n${text.slice(to)}`;
}
