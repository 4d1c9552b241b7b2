import { bytewise } from '../../model/order.ts';
import type { Prepared } from '../../build/session.ts';
import { filesOf } from '../../graph/include-graph.ts';
import { printDot, type GraphEdge } from '../../report/dot.ts';
import { printableJson } from '../../report/printable.ts';
import type { CommonOptions } from '../options.ts';
import { inspect, print } from './inspection.ts';

export type GraphFormat = 'dot' | 'json';

/** `makenix graph`: which step is made from what, files and steps alike, each edge `from` → `to` what needs it. */
export const graph = (options: CommonOptions, format: GraphFormat): Promise<number> =>
  inspect(options, (prepared) => {
    const edges = edgesOf(prepared);
    if (format === 'dot') print(printDot(edges));
    else process.stdout.write(`${printableJson(JSON.stringify({ v: 1, edges }, undefined, 2))}\n`);
    return 0;
  });

function edgesOf({ graph: includes, indexed }: Prepared): readonly GraphEdge[] {
  const edges: GraphEdge[] = [];
  for (const [to, unit] of includes.units) for (const from of filesOf(unit)) edges.push({ from, to });
  for (const step of indexed.products.values()) {
    for (const from of step.inputs) edges.push({ from, to: step.name });
  }
  return edges.sort((a, b) => bytewise(a.to, b.to) || bytewise(a.from, b.from));
}
