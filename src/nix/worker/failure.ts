import type { Hang } from './watchdog.ts';

/** Why an operation has no answer. That a build failed is an answer, and no failure. */
export type WorkerFailure =
  /** No connection came about: no such program or socket, or it ended before it greeted. */
  | { readonly kind: 'unreachable'; readonly problem: string }
  /** It hung, and was given up. */
  | ({ readonly kind: 'unresponsive'; readonly during: string } & Hang)
  /** The daemon speaks a version of the protocol that we do not. */
  | { readonly kind: 'version-unsupported'; readonly found: string }
  /** The connection ended in the middle of an operation: the daemon was killed, or crashed. */
  | { readonly kind: 'connection-lost'; readonly during: string; readonly problem: string }
  /** What came is not the protocol; nothing behind it can be read, so the connection is gone too. */
  | { readonly kind: 'protocol-broken'; readonly during: string; readonly problem: string }
  /** The daemon's own error. The connection goes on. */
  | { readonly kind: 'refused'; readonly during: string; readonly message: string; readonly traces: readonly string[] }
  /** We ended it. */
  | { readonly kind: 'cancelled' };

/**
 * Whether the same operation on another connection may well succeed. A daemon that was killed before it greeted looks
 * like one that is not there.
 */
export function isRetryable(failure: WorkerFailure): boolean {
  switch (failure.kind) {
    case 'connection-lost':
    case 'unresponsive':
    case 'unreachable':
      return true;
    case 'version-unsupported':
    case 'protocol-broken':
    case 'refused':
    case 'cancelled':
      return false;
  }
}

/** The bytes stopped in the middle of something. Thrown while reading; `connection.ts` makes it a failure. */
export class StreamEnded extends Error {
  constructor() {
    super('the connection ended');
  }
}

/** The bytes are not what the protocol has there. Thrown while reading, as above. */
export class WireError extends Error {}

/** In words, for who goes on with another or falls back to something else and says why. */
export function describeWorkerFailure(failure: WorkerFailure): string {
  switch (failure.kind) {
    case 'unreachable':
      return `the Nix daemon cannot be reached: ${failure.problem}`;
    case 'unresponsive':
      return describeHang(failure, failure.during);
    case 'version-unsupported':
      return `the Nix daemon speaks version ${failure.found} of its protocol`;
    case 'connection-lost':
      return `the Nix daemon went away during ${failure.during}: ${failure.problem}`;
    case 'protocol-broken':
      return `what the Nix daemon said during ${failure.during} makes no sense: ${failure.problem}`;
    case 'refused':
      return `the Nix daemon refused ${failure.during}: ${failure.message}`;
    case 'cancelled':
      return 'cancelled';
  }
}

function describeHang(hang: Hang, during: string): string {
  switch (hang.sign) {
    case 'stopped':
      return `the Nix daemon was stopped by a signal during ${during}`;
    case 'asleep':
      return `the Nix daemon did nothing during ${during} for ${hang.ms / 1000} s, and no builder ran`;
    case 'no-answer':
      return `the Nix daemon did not answer ${during} within ${hang.ms / 1000} s`;
  }
}
