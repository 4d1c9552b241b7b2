/** A duration as events give it: tenths of a millisecond are as much as anyone can use. */
export const rounded = (ms: number): number => Math.round(ms * 10) / 10;
