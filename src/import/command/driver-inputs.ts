import type { DriverItem } from './driver-options.ts';
import { isSource } from './source-name.ts';

export interface CompilerInput {
  /** As spelt; `-` is standard input. */
  readonly path: string;
  /** What -x said of it; undefined where its extension decides. */
  readonly language: string | undefined;
  /** `object`: goes to the linker as it is, whatever it is. */
  readonly kind: 'source' | 'object';
}

/** The files among a driver's items, in order. */
export function inputsOf(items: readonly DriverItem[]): readonly CompilerInput[] {
  const inputs: CompilerInput[] = [];
  // -x is for the files after it, up to the next.
  let language: string | undefined;
  for (const item of items) {
    if (item.kind === 'operand' && item.phase === 'language') {
      language = item.operand === 'none' ? undefined : item.operand;
    } else if (item.kind === 'file') {
      inputs.push({ path: item.path, language, kind: isSource(item.path, language) ? 'source' : 'object' });
    }
  }
  return inputs;
}
