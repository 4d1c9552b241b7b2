/**
 * A list that grows at its end by sharing what it was: a view keeps thousands of rows and makes a new version of
 * itself at each event, where copying an array each time would be quadratic.
 */
export type Chain<T> = { readonly last: T; readonly before: Chain<T>; readonly length: number } | undefined;

export const append = <T>(chain: Chain<T>, last: T): Chain<T> => ({ last, before: chain, length: lengthOf(chain) + 1 });

export const lengthOf = (chain: Chain<unknown>): number => chain?.length ?? 0;

/** Its items, oldest first. */
export function itemsOf<T>(chain: Chain<T>): readonly T[] {
  const items: T[] = [];
  for (let link = chain; link !== undefined; link = link.before) items.push(link.last);
  return items.reverse();
}
