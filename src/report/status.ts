import { lengthOf } from './chain.ts';
import { count, describePaths, describeStage } from './describe-event.ts';
import { headPaths } from './ledger.ts';
import type { Line } from './line.ts';
import type { Style } from './style.ts';
import { isWorking, type CycleView, type View } from './view.ts';

/** More names than this fit on no terminal. */
const mostNames = 8;

/** What is going on at this moment, for the line that is redrawn; undefined where nothing is. */
export function statusOf(view: View, style: Style): Line | undefined {
  if (view.phase === 'stopped' || view.command !== undefined) return undefined;
  // A save is acknowledged before all else, also while a cycle is still running.
  if (view.changes.length > 0) return line(style, `${describePaths(view.changes)} changed`);
  if (view.phase === 'starting') return line(style, 'starting');
  if (view.verification !== undefined) {
    const { done, objects } = view.verification;
    return line(style, 'comparing with the tree', ` · ${done} of ${count(objects, 'object')}`);
  }
  if (view.cycle === undefined || !isWorking(view)) return undefined;
  return view.phase === 'scanning' ? scanningLine(view.cycle, style) : buildingLine(view.cycle, style);
}

const line = (style: Style, what: string, rest = ''): Line => [['● ', style.cyan], [what], [rest, style.dim]];

function scanningLine(cycle: CycleView, style: Style): Line {
  const paths = headPaths(cycle);
  const scanned = lengthOf(cycle.scans);
  const progress =
    cycle.stage !== undefined
      ? describeStage(cycle.stage)
      : scanned === 0
        ? 'scanning'
        : `scanning · ${count(scanned, 'unit')}`;
  return paths.length === 0 ? line(style, progress) : line(style, `${describePaths(paths)} changed`, ` · ${progress}`);
}

function buildingLine(cycle: CycleView, style: Style): Line {
  const done = lengthOf(cycle.rows);
  const total = stepsAtMost(cycle);
  const counts = total === undefined ? (done === 0 ? '' : ` · ${done} done`) : ` · ${done} of up to ${total}`;
  const names = [...cycle.running.keys()].slice(0, mostNames);
  return line(style, `building${counts}`, names.length === 0 ? '' : ` · ${names.join(', ')}`);
}

/**
 * The number of steps is known for the first cycle only, where any of them may be in need: events say what was written,
 * and what a change reaches shows as it goes.
 */
const stepsAtMost = (cycle: CycleView): number | undefined =>
  cycle.trigger === 'request' && cycle.stanzas !== undefined
    ? cycle.stanzas.changed + cycle.stanzas.unchanged
    : undefined;
