import type { WireReader, WireWriter } from './wire.ts';

/** Of the protocol, as both sides have agreed on it. */
export interface ProtocolVersion {
  readonly major: number;
  readonly minor: number;
}

/**
 * One request and how its answer reads. Each has a number (`WorkerProto::Op` in src/libstore/worker-protocol.hh of nix)
 * and its format in `performOp`, src/libstore/daemon.cc.
 */
export interface Operation<T> {
  /** For people: `BuildDerivation`. */
  readonly name: string;
  readonly number: number;
  /** Writes what follows the number. */
  request(writer: WireWriter): void;
  /** Reads what follows the last message. */
  answer(reader: WireReader, version: ProtocolVersion): Promise<T>;
}
