/** A byte stream in both directions. Listeners are single: the last one set is the one called. */
export interface Transport {
  /** What is at the other end, for people: "tcp 127.0.0.1:4059". */
  readonly name: string;
  /** Chunks as they arrive; a chunk is the listener's to read only until it returns. */
  onData(listener: (chunk: Uint8Array) => void): void;
  /** Called once, with the error where there was one. */
  onClose(listener: (error?: Error) => void): void;
  /** Called when a refused write may be followed by the next. */
  onDrain(listener: () => void): void;
  /** On lines where a frame can stop half-way: called when nothing has come for a while after something had. */
  onSilence?(listener: () => void): void;
  /** Hands over the bytes. False: accepted, but the peer does not keep up; wait for drain. Never throws. */
  write(bytes: Uint8Array): boolean;
  /** Stops and restarts reading, for back-pressure. */
  pause(): void;
  resume(): void;
  /** Flushes and closes; resolves when closed, also when it already was. */
  close(): Promise<void>;
  /** Closes at once, dropping what was not sent. */
  destroy(): void;
}

export interface Listener {
  /** "127.0.0.1:4059" */
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}
