/** What a compiler says of a place. `file` is a project path, or a system path as the compiler printed it. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning' | 'note';
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1; 0 where the compiler gave none. */
  readonly column: number;
  readonly message: string;
}
