import type { Diagnostic } from '../model/diagnostic.ts';
export function parseDiagnosticLine(l: string): Diagnostic | undefined {
  const m = /^(?:\.\/)?(.+?):(\d+):(\d+): (?:fatal )?(error|warning|note): (.*)$/.exec(l);
  return m === null
    ? undefined
    : { severity: m[4] as 'error', file: m[1] ?? '', line: Number(m[2]), column: Number(m[3]), message: m[5] ?? '' };
}
