/** One thing that crossed a boundary: raw bytes on the line, or an APDU. */
export interface TraceRecord {
  /** Milliseconds of the session's clock. */
  readonly at: number;
  readonly direction: "sent" | "received";
  /** `line`: bytes as the transport carried them; `link`: bytes the link layer discarded; `apdu`: one APDU. */
  readonly layer: "line" | "link" | "apdu";
  /** By reference and only until the sink returns; a sink that keeps them copies them. */
  readonly bytes: Uint8Array;
  /** Why, for discarded bytes. */
  readonly note?: string;
}

/** Where trace records go. Formatting is the sink's affair: nothing is turned into text unless somebody looks. */
export type TraceSink = (record: TraceRecord) => void;
