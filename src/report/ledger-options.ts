import type { Style } from './style.ts';

export interface LedgerOptions {
  readonly style: Style;
  /** Everything, instead of what fits a glance. */
  readonly verbose: boolean;
  /** Of the terminal; undefined where lines may be of any length. */
  readonly columns: number | undefined;
}
