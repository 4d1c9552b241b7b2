import type { ByteStream } from '../../host/ports.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { WireError, type WorkerFailure } from './failure.ts';
import { readMessages, type DaemonMessage } from './messages.ts';
import type { ProtocolVersion } from './operation.ts';
import { createWireWriter, type WireReader } from './wire.ts';

/*
 * Source, in nix: `handshake` and `postHandshake` in src/libstore/worker-protocol-connection.cc, `WORKER_MAGIC_*` in
 * src/libstore/worker-protocol.hh, the end of src/libstore/daemon.cc.
 */

/** What a daemon says of itself. */
export interface DaemonInfo {
  /** What both sides speak. */
  readonly protocol: ProtocolVersion;
  /** `2.34.8`; empty of daemons that do not say. */
  readonly nixVersion: string;
  /** Whether it lets us set what it likes and add what we like. Daemons behind others may not know. */
  readonly trust: 'trusted' | 'untrusted' | 'unknown';
}

const clientMagic = 0x6e697863n;
const daemonMagic = 0x6478696fn;

/** The newest that we know, and the oldest with everything that we use (results of builds with their outputs). */
const newest = 38;
const oldest = 34;

/** Since then, both sides list features. We have none, by which daemons from 2.24 on answer alike. */
const featuresSince = 38;
const trustSince = 35;

/** `observe`: some daemons complain of their own configuration right away. */
export async function greet(
  stream: ByteStream,
  reader: WireReader,
  observe: (message: DaemonMessage) => void,
): Promise<Result<DaemonInfo, WorkerFailure>> {
  const major = 1;
  stream.write(
    createWireWriter()
      .number(clientMagic)
      .number(wireVersion({ major, minor: newest }))
      .bytes(),
  );
  reader.startMessage();
  const magic = await reader.bigint();
  if (magic !== daemonMagic) throw new WireError(`0x${magic.toString(16)} for a greeting`);
  const theirs = versionOf(await reader.number());
  if (theirs.major !== major || theirs.minor < oldest) {
    return fail({ kind: 'version-unsupported', found: `${theirs.major}.${theirs.minor}` });
  }
  const minor = Math.min(theirs.minor, newest);
  const rest = createWireWriter();
  if (minor >= featuresSince) rest.strings([]);
  rest.number(0); // obsolete: CPU affinity
  rest.boolean(false); // obsolete: reserve space
  stream.write(rest.bytes());
  if (minor >= featuresSince) await reader.strings();
  const nixVersion = await reader.string();
  const trust = minor >= trustSince ? (trusts.get(await reader.number()) ?? 'unknown') : 'unknown';
  const error = await readMessages(reader, observe);
  if (error !== undefined) return fail({ kind: 'refused', during: 'handshake', ...error });
  return ok({ protocol: { major, minor }, nixVersion, trust });
}

const trusts = new Map([
  [1, 'trusted'],
  [2, 'untrusted'],
] as const) as ReadonlyMap<number, 'trusted' | 'untrusted'>;

const wireVersion = ({ major, minor }: ProtocolVersion): number => (major << 8) | minor;

const versionOf = (number: number): ProtocolVersion => ({ major: (number >> 8) & 0xff, minor: number & 0xff });
