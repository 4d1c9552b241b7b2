import { WireError } from './failure.ts';
import type { WireReader } from './wire.ts';

/*
 * What a daemon says before each answer: messages, each a number and what belongs to it, until it says that the answer
 * follows or that there is none. Source, in nix: `STDERR_*` in src/libstore/worker-protocol.hh, `processStderrReturn`
 * and `readFields` in src/libstore/worker-protocol-connection.cc, `TunnelLogger` in src/libstore/daemon.cc,
 * `readError` in src/libutil/serialise.cc.
 */

export const messageNumbers = {
  next: 0x6f6c6d67,
  read: 0x64617461,
  write: 0x64617416,
  last: 0x616c7473,
  error: 0x63787470,
  startActivity: 0x53545254,
  stopActivity: 0x53544f50,
  result: 0x52534c54,
} as const;

/** Beyond 2^53, a number is the nearest that JavaScript has. */
type Field = number | string;

/** Ids are decimal: Nix makes them of a process id and a counter, more than a JavaScript number can tell apart. */
export type DaemonMessage =
  /** For people, without colour and without its newline. */
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'activity-started';
      readonly id: string;
      readonly level: number;
      /** `ActivityType` in src/libutil/logging.hh; unknown ones have to be borne. */
      readonly type: number;
      readonly text: string;
      readonly fields: readonly Field[];
      /** `0` has none. */
      readonly parent: string;
    }
  | { readonly kind: 'activity-stopped'; readonly id: string }
  /** `type`: `ResultType`, as above. */
  | { readonly kind: 'activity-result'; readonly id: string; readonly type: number; readonly fields: readonly Field[] }
  /** A message that nobody asked for, and whose end can be told: it means nothing. */
  | { readonly kind: 'passed-over'; readonly number: number };

export interface DaemonError {
  readonly message: string;
  readonly traces: readonly string[];
}

/** Reads up to the answer, which is next in `reader` where there is no error. */
export async function readMessages(
  reader: WireReader,
  observe: (message: DaemonMessage) => void,
): Promise<DaemonError | undefined> {
  for (;;) {
    reader.startMessage();
    const number = await reader.number();
    switch (number) {
      case messageNumbers.last:
        reader.startMessage();
        return undefined;
      case messageNumbers.error:
        return readError(reader);
      case messageNumbers.next:
        observe({ kind: 'text', text: withoutColour(await reader.string()).replace(/\n+$/, '') });
        break;
      case messageNumbers.startActivity:
        observe({
          kind: 'activity-started',
          id: await readId(reader),
          level: await reader.number(),
          type: await reader.number(),
          text: withoutColour(await reader.string()),
          fields: await readFields(reader),
          parent: await readId(reader),
        });
        break;
      case messageNumbers.stopActivity:
        observe({ kind: 'activity-stopped', id: await readId(reader) });
        break;
      case messageNumbers.result:
        observe({
          kind: 'activity-result',
          id: await readId(reader),
          type: await reader.number(),
          fields: await readFields(reader),
        });
        break;
      case messageNumbers.write:
        // Data for a sink, which none of our operations has.
        await reader.bytes();
        observe({ kind: 'passed-over', number });
        break;
      // `read` wants data from us, which since 1.23 go in frames and are not asked for. Where others end, nobody knows.
      default:
        throw new WireError(`a message of the unknown kind 0x${number.toString(16)}`);
    }
  }
}

const readId = async (reader: WireReader): Promise<string> => String(await reader.bigint());

const readFields = (reader: WireReader): Promise<readonly Field[]> =>
  reader.list(async () => {
    const type = await reader.number();
    if (type === 0) return Number(await reader.bigint());
    if (type === 1) return reader.string();
    throw new WireError(`a field of the unknown type ${type}`);
  });

/** Since 1.26; positions were never sent. */
async function readError(reader: WireReader): Promise<DaemonError> {
  const type = await reader.string();
  if (type !== 'Error') throw new WireError(`an error of the unknown type ${JSON.stringify(type.slice(0, 40))}`);
  await reader.number(); // level
  await reader.string(); // name
  const message = withoutColour(await reader.string());
  await readNoPosition(reader);
  const traces = await reader.list(async () => {
    await readNoPosition(reader);
    return withoutColour(await reader.string());
  });
  return { message, traces };
}

async function readNoPosition(reader: WireReader): Promise<void> {
  if ((await reader.number()) !== 0) throw new WireError('an error with a position');
}

// eslint-disable-next-line no-control-regex -- SGR sequences are what is taken out
export const withoutColour = (text: string): string => text.replace(/\u001b\[[0-9;]*m/g, '');
