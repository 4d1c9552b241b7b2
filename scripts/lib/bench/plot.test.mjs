import { expect, it } from 'vitest';
import { latencyPlot } from './latency-plot.mjs';
import { plotSvg } from './plot.mjs';
import { resultOf } from './testing.mjs';

const tick = (/** @type {number} */ at) => ({ at, text: `${at}` });

it('places powers of ten at equal distances, and greater values higher', () => {
  const svg = plotSvg({
    title: 'a < b & c',
    xTitle: 'x',
    xTicks: [1, 10, 100].map(tick),
    yTicks: [1, 10, 100].map(tick),
    series: [
      { name: 'one', colour: '#000000', line: [1, 10, 100].map((value) => ({ x: value, y: value })), points: [] },
    ],
  });
  const places =
    /<polyline points="([^"]*)"/
      .exec(svg)?.[1]
      ?.split(' ')
      .map((pair) => pair.split(',').map(Number)) ?? [];
  const [[x1 = 0, y1 = 0] = [], [x2 = 0, y2 = 0] = [], [x3 = 0, y3 = 0] = []] = places;
  expect(x2 - x1).toBeCloseTo(x3 - x2, 0);
  expect(x2).toBeGreaterThan(x1);
  expect(y2 - y1).toBeCloseTo(y3 - y2, 0);
  expect(y2).toBeLessThan(y1);
  expect(svg).toContain('a &lt; b &amp; c</title>');
});

const edit = (/** @type {string} */ suite, /** @type {number} */ units, /** @type {number} */ ms) =>
  resultOf(`${suite}/leaf-edit`, { 'makenix watch': ms, ninja: ms / 2 }, { units, project: `${suite} 1.0` });

it('joins projects of one kind, and has real ones by themselves, all within its ticks', () => {
  const svg = latencyPlot([edit('lua', 33, 300), edit('tiny-100', 100, 110), edit('tiny-1000', 1000, 320)]) ?? '';
  expect(svg.match(/<polyline /g)).toHaveLength(2);
  expect(svg.match(/<circle /g)).toHaveLength(4);
  expect(svg.match(/stroke-width="2"\/>/g)).toHaveLength(2 + 2);
  const texts = [...svg.matchAll(/<text [^>]*>([^<]*)</g)].map(([, text]) => text);
  expect(texts).toEqual(expect.arrayContaining(['50 ms', '500 ms', 'lua', '100', '1,000', 'makenix watch', 'ninja']));
  // Who took no part has no line in the legend.
  expect(texts).not.toContain('raw gcc');
});

it('is of edits of a leaf, and of the static mode, and not there without any', () => {
  const others = [resultOf('lua/revert', { ninja: 1 }), resultOf('dynamic-100/leaf-edit', { static: 1 })];
  expect(latencyPlot(others)).toBeUndefined();
  expect(latencyPlot([...others, edit('lua', 33, 300)])).toBe(latencyPlot([edit('lua', 33, 300)]));
});
