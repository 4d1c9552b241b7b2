import { messageNumbers } from '../../nix/worker/messages.ts';
import { createWireWriter } from '../../nix/worker/wire.ts';

/** What a Nix daemon sends, for fake ones. */
export const daemonBytes = {
  greeting({ minor = 38, nixVersion = '2.34.8', trust = 1, magic = 0x6478696f } = {}): Uint8Array {
    const writer = createWireWriter()
      .number(magic)
      .number(0x100 | minor);
    if (minor >= 38) writer.strings(['some-feature']);
    writer.string(nixVersion);
    if (minor >= 35) writer.number(trust);
    return Buffer.concat([writer.bytes(), daemonBytes.last()]);
  },
  last: (): Uint8Array => createWireWriter().number(messageNumbers.last).bytes(),
  text: (text: string): Uint8Array => createWireWriter().number(messageNumbers.next).string(text).bytes(),
  error(message: string, traces: readonly string[] = []): Uint8Array {
    const writer = createWireWriter().number(messageNumbers.error);
    writer.string('Error').number(0).string('Error').string(message).number(0).number(traces.length);
    for (const trace of traces) writer.number(0).string(trace);
    return writer.bytes();
  },
  startActivity(id: bigint, type: number, fields: readonly (string | number)[]): Uint8Array {
    const writer = createWireWriter().number(messageNumbers.startActivity).number(id).number(3).number(type);
    return Buffer.concat([writer.string('doing').bytes(), fieldBytes(fields), createWireWriter().number(0).bytes()]);
  },
  stopActivity: (id: bigint): Uint8Array => createWireWriter().number(messageNumbers.stopActivity).number(id).bytes(),
  result: (id: bigint, type: number, fields: readonly (string | number)[]): Uint8Array =>
    Buffer.concat([
      createWireWriter().number(messageNumbers.result).number(id).number(type).bytes(),
      fieldBytes(fields),
    ]),
  /** As since 1.37. */
  buildResult(status: number, message: string, outputs: Readonly<Record<string, string>> = {}): Uint8Array {
    const writer = createWireWriter().number(status).string(message);
    writer.number(1).boolean(false).number(0).number(0); // times built, whether they differed, start, stop
    writer.number(1).number(1500).number(0); // seconds of the user, none of the system
    const entries = Object.entries(outputs).map(([name, path]): [string, string] => [
      `sha256:${'0'.repeat(64)}!${name}`,
      JSON.stringify({ id: name, outPath: path, signatures: [] }),
    ]);
    return writer.map(new Map(entries)).bytes();
  },
};

function fieldBytes(fields: readonly (string | number)[]): Uint8Array {
  const writer = createWireWriter().number(fields.length);
  for (const field of fields) {
    if (typeof field === 'number') writer.number(0).number(field);
    else writer.number(1).string(field);
  }
  return writer.bytes();
}
