/** How one input of a step lies in its sandbox: copied or linked, at which path, from which store path or placeholder. */
export interface InputRecord {
  readonly kind: 'c' | 'l';
  readonly path: string;
  readonly file: string;
}

/** A line of the file that the staging program reads; stage-source.ts has the format. Lengths are in bytes. */
export const printRecord = ({ kind, path, file }: InputRecord): string =>
  `${kind} ${String(Buffer.byteLength(path))} ${path} ${file}\n`;

const space = 0x20;

/** Reads lines that `printRecord` has written, or those of the generated expression. Throws on anything else. */
export function parseRecords(text: string): readonly InputRecord[] {
  const bytes = Buffer.from(text);
  const records: InputRecord[] = [];
  for (let at = 0; at < bytes.length;) {
    const kind = bytes.toString('latin1', at, at + 1);
    const lengthEnd = bytes.indexOf(' ', at + 2);
    const length = Number(bytes.toString('latin1', at + 2, lengthEnd));
    const end = bytes.indexOf('\n', lengthEnd + length + 2);
    const isRecord = bytes[at + 1] === space && length > 0 && bytes[lengthEnd + 1 + length] === space;
    if ((kind !== 'c' && kind !== 'l') || lengthEnd < 0 || end < 0 || !isRecord) {
      throw new Error(`no list of inputs: ${text.slice(0, 100)}`);
    }
    records.push({
      kind,
      path: bytes.toString('utf8', lengthEnd + 1, lengthEnd + 1 + length),
      file: bytes.toString('utf8', lengthEnd + length + 2, end),
    });
    at = end + 1;
  }
  return records;
}
