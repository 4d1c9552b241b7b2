import type { WriteFailed } from '../model/events.ts';
import type { StateFailure, WatchFailure } from '../model/failure.ts';
import { errorText } from './error-text.ts';

export function describeStateFailure(failure: StateFailure | WatchFailure): string {
  if (failure.kind === 'state-unwritable') return errorText({ what: unwritten(failure), hint: whatToDo(failure) });
  const { pid, host } = failure;
  const place = host === null ? '' : ` on ${host}`;
  return errorText({
    what: `another makenix watch runs in this project${pid === null ? place : `: process ${pid}${place}`}`,
    hint: `go on with that one, or end it first${pid === null || host !== null ? '' : ` (kill ${pid})`}; makenix build may run beside it`,
  });
}

/** What went on all the same, without: one line, and what to do about it below. */
export const describeUnwritten = ({ failure, cost }: WriteFailed): readonly string[] => [
  `${unwritten(failure)}; ${costs[cost]}`,
  `hint: ${whatToDo(failure)}`,
];

const costs: Readonly<Record<WriteFailed['cost'], string>> = {
  memory: 'the next run has to find out anew what this one knows',
  link: 'it leads to what was built before',
};

const unwritten = ({ path, problem }: StateFailure): string => `cannot write ${path}: ${problem}`;

function whatToDo({ path, reason }: StateFailure): string {
  switch (reason) {
    case 'no-space':
      return 'free some space; the next build writes it';
    case 'not-writable':
      return 'makenix writes there, as the user that runs it: make it writable';
    case 'in-the-way':
      return `move away what is in the place of ${path}, or of its directory`;
    case 'other':
      return 'makenix writes there: make it writable';
  }
}
