import type { RecordedPlan } from './recorded-schema.ts';

/**
 * The text of makenix.plan.json: JSON of which one thing is one line, so that it can be reviewed and what changes is seen.
 * Objects and lists are on one line where they fit, and otherwise have one entry a line.
 */
export const printRecordedPlan = (plan: RecordedPlan): string => `${printed(plan, '', 0, 0)}\n`;

/** A line that fits on the screen beside its neighbour in a review. */
const longest = 120;

/** Above this depth all but lists of words have lines of their own, however short: the plan's keys, and the entries of each. */
const spread = 2;

/** @param before how much is on the line already */
function printed(value: unknown, indent: string, depth: number, before: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = entriesOf(value);
  const [open, close] = Array.isArray(value) ? (['[', ']'] as const) : (['{', '}'] as const);
  if (entries.length === 0) return `${open}${close}`;
  if (depth >= spread || (Array.isArray(value) && value.every((each) => typeof each !== 'object'))) {
    const line = flat(value);
    // One more for the comma.
    if (indent.length + before + line.length + 1 <= longest) return line;
  }
  const inner = `${indent}  `;
  const lines = entries.map(([key, each]) => `${inner}${key}${printed(each, inner, depth + 1, key.length)}`);
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

function flat(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const parts = entriesOf(value).map(([key, each]) => `${key}${flat(each)}`);
  if (Array.isArray(value)) return `[${parts.join(', ')}]`;
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

/** Each with its key as it is printed; what JSON has no word for is left out, as JSON.stringify does. */
const entriesOf = (value: object): readonly (readonly [key: string, value: unknown])[] =>
  Array.isArray(value)
    ? value.map((each: unknown) => ['', each] as const)
    : Object.entries(value).flatMap(([key, each]: [string, unknown]) =>
        each === undefined ? [] : [[`${JSON.stringify(key)}: `, each] as const],
      );
