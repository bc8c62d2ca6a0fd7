import type { TransportError } from "../errors.ts";

/** What happens between the bridge and the broker. */
export type BridgeStatus =
  | { readonly type: "connected" }
  /** `retryIn` is in milliseconds. */
  | { readonly type: "disconnected"; readonly error: TransportError; readonly retryIn: number }
  /** A message that is not retained had to make room for newer ones. */
  | { readonly type: "dropped"; readonly topic: string }
  /** So many of the oldest events and pushes had to make room in the outbox. */
  | { readonly type: "outbox-full"; readonly dropped: number }
  /** The outbox could not be written or cleared. */
  | { readonly type: "outbox-failed"; readonly error: unknown }
  /** The broker refused a message or a subscription. */
  | { readonly type: "refused"; readonly topic: string; readonly cause?: unknown }
  /** A register went down and its value was not published. */
  | { readonly type: "held-back"; readonly meterId: string; readonly key: string }
  /** A discovery configuration nobody stands behind any more was removed. */
  | { readonly type: "orphan-removed"; readonly topic: string };
