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

/** @param {readonly Row[]} rows */
export function table(rows) {
  const lines = rows.map(({ title, version, units, imported, cold, edit }) => [
    `${title} ${version}`,
    units,
    imported?.imported ?? '',
    imported?.notUnderstood ?? '',
    pair(cold),
    pair(edit),
  ]);
  return [
    `| ${headings.join(' | ')} |`,
    '|---|---:|---:|---:|---:|---:|',
    ...lines.map((cells) => `| ${cells.join(' | ')} |`),
    '',
  ].join('\n');
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
