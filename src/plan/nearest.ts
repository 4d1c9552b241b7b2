/**
 * The candidate that `text` most likely stands for, or undefined where none is near: at most 2 edits away, or a third
 * of its length where that is more, and never so far that nothing of it is left. Of equally near ones, the first.
 * Case costs nothing: `CFLAGS` is `cflags`.
 */
export function nearest(text: string, candidates: Iterable<string>): string | undefined {
  const wanted = text.toLowerCase();
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    const folded = candidate.toLowerCase();
    const longest = Math.max(folded.length, wanted.length);
    // One edit a character more or less: the table need not be filled to know that it is too much.
    if (Math.abs(folded.length - wanted.length) >= bestDistance) continue;
    const distance = editDistance(wanted, folded);
    if (distance < bestDistance && distance < longest) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * Characters inserted, removed, replaced, or swapped with their neighbour (each place at most once: the "optimal string
 * alignment" distance, which is all that a typing slip needs). Time is the product of the lengths.
 */
export function editDistance(a: string, b: string): number {
  let twoUp: number[] = [];
  let up = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current.push(
        Math.min(
          at(up, column) + 1,
          at(current, column - 1) + 1,
          at(up, column - 1) + (same ? 0 : 1),
          swapped ? at(twoUp, column - 2) + 1 : Infinity,
        ),
      );
    }
    twoUp = up;
    up = current;
  }
  return at(up, b.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? Infinity;
