/** A plot of lines and points on logarithmic axes, as SVG; the same data give the same text. */

/**
 * @typedef {object} Series
 * @property {string} name
 * @property {string} colour
 * @property {readonly Point[]} line joined, in the order of x
 * @property {readonly Point[]} points alone
 *
 * @typedef {{ readonly x: number, readonly y: number }} Point
 *
 * @typedef {object} Plot
 * @property {string} title
 * @property {string} xTitle
 * @property {readonly { at: number, text: string }[]} xTicks
 * @property {readonly { at: number, text: string }[]} yTicks
 * @property {readonly Series[]} series
 */

const size = { width: 800, height: 420 };
const area = { left: 70, right: 560, top: 48, bottom: 340 };

/**
 * @param {Plot} plot whose ticks span all there is; all above 0
 * @returns {string}
 */
export function plotSvg({ title, xTitle, xTicks, yTicks, series }) {
  const x = scale(xTicks, area.left + 15, area.right - 15);
  const y = scale(yTicks, area.bottom, area.top);
  const place = (/** @type {Point} */ point) => `${x(point.x)},${y(point.y)}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" font-family="sans-serif" font-size="12">`,
    `<title>${escape(title)}</title>`,
    // Of its own: pages are dark for some.
    `<rect width="${size.width}" height="${size.height}" fill="#ffffff"/>`,
    text({ x: area.left, y: 24, text: title, more: 'font-size="15"' }),
    ...yTicks.flatMap((tick) => [
      `<path d="M${area.left} ${y(tick.at)}H${area.right}" stroke="#dddddd"/>`,
      text({ x: area.left - 8, y: y(tick.at) + 4, text: tick.text, more: 'text-anchor="end"' }),
    ]),
    ...xTicks.flatMap((tick, position) => [
      `<path d="M${x(tick.at)} ${area.bottom}v5" stroke="#555555"/>`,
      // In two rows: those of real projects come close to others.
      ...tick.text.split('\n').map((line, row) =>
        text({
          x: x(tick.at),
          y: area.bottom + 20 + 15 * (row + (position % 2)),
          text: line,
          more: 'text-anchor="middle"',
        }),
      ),
    ]),
    text({ x: (area.left + area.right) / 2, y: size.height - 14, text: xTitle, more: 'text-anchor="middle"' }),
    ...series.flatMap(({ name, colour, line, points }, position) => [
      ...(line.length > 1
        ? [`<polyline points="${line.map(place).join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`]
        : []),
      ...line.map((point) => `<circle cx="${x(point.x)}" cy="${y(point.y)}" r="3.5" fill="${colour}"/>`),
      ...points.map((point) => diamond(x(point.x), y(point.y), colour)),
      `<path d="M${area.right + 18} ${legendAt(position) - 4}h20" stroke="${colour}" stroke-width="3"/>`,
      text({ x: area.right + 44, y: legendAt(position), text: name, more: '' }),
    ]),
    '</svg>',
    '',
  ].join('\n');
}

/** @param {number} position */
const legendAt = (position) => area.top + 10 + 20 * position;

/**
 * @param {readonly { at: number }[]} ticks
 * @param {number} from
 * @param {number} to
 * @returns {(value: number) => number} in tenths of a unit
 */
function scale(ticks, from, to) {
  const values = ticks.map(({ at }) => Math.log(at));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const part = (/** @type {number} */ value) => (high === low ? 0.5 : (Math.log(value) - low) / (high - low));
  return (value) => Math.round((from + part(value) * (to - from)) * 10) / 10;
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} colour
 */
const diamond = (x, y, colour) =>
  `<path d="M${x} ${y}m-5 0l5 -5l5 5l-5 5z" fill="#ffffff" stroke="${colour}" stroke-width="2"/>`;

/** @param {{ x: number, y: number, text: string, more: string }} options */
const text = ({ x, y, text: words, more }) =>
  `<text x="${x}" y="${y}" fill="#222222"${more === '' ? '' : ` ${more}`}>${escape(words)}</text>`;

/** @param {string} words */
const escape = (words) => words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
