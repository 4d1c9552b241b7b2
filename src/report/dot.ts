import { printable } from './printable.ts';

/** One thing that another is made from. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
}

/**
 * The graph for Graphviz. A quoted identifier escapes only the quote, and a backslash that would escape it; what a terminal would
 * obey is written as people see it elsewhere, so that two names stay two.
 */
export function printDot(edges: readonly GraphEdge[]): readonly string[] {
  const quoted = (name: string): string => `"${printable(name.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n'))}"`;
  return [
    'digraph makenix {',
    '  rankdir = LR;',
    ...edges.map(({ from, to }) => `  ${quoted(from)} -> ${quoted(to)};`),
    '}',
  ];
}
