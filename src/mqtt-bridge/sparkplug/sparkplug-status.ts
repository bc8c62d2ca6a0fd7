import type { TransportError } from "../../errors.ts";

/** What happens between the edge node and its host application. */
export type SparkplugStatus =
  | { readonly type: "connected" }
  /** `retryIn` is in milliseconds. */
  | { readonly type: "disconnected"; readonly error: TransportError | undefined; readonly retryIn: number }
  /** NBIRTH is out: by connection, or because a host asked for it. */
  | { readonly type: "born"; readonly bdSeq: number }
  /** The primary host went away. */
  | { readonly type: "host-offline" }
  /** A subscription, command or message that was not accepted, by the broker or by us. */
  | { readonly type: "refused"; readonly topic: string; readonly cause?: unknown }
  /** The number of the connection could not be stored: after a restart it may repeat. */
  | { readonly type: "store-failed"; readonly cause: unknown };
