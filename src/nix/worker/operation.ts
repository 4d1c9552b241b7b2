import type { WireReader, WireWriter } from './wire.ts';

/** Of the protocol, as both sides have agreed on it. */
export interface ProtocolVersion {
  readonly major: number;
  readonly minor: number;
}

/** What is done in microseconds, on a machine that has much else to do. */
export const usualLimitMs = 30_000;

/**
 * One request and how its answer reads. Each has a number (`WorkerProto::Op` in src/libstore/worker-protocol.hh of nix)
 * and its format in `performOp`, src/libstore/daemon.cc.
 */
export interface Operation<T> {
  /** For people: `BuildDerivation`. */
  readonly name: string;
  readonly number: number;
  /** How long the answer may take, in milliseconds, where that is not `usualLimitMs`. */
  readonly limitMs?: number;
  /** Writes what follows the number. */
  request(writer: WireWriter): void;
  /** Reads what follows the last message. */
  answer(reader: WireReader, version: ProtocolVersion): Promise<T>;
}
