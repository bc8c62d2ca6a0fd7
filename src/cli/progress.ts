import type { OutputStream } from "./output.ts";

export interface Progress {
  update(receivedBytes: number): void;
  end(): void;
}

/** Work shorter than this shows nothing. */
const patience = 1000;
const redrawInterval = 200;

/** A line on a terminal that counts octets and their rate, after a second of work; elsewhere nothing. */
export function startProgress(stream: OutputStream, label: string): Progress {
  const start = Date.now();
  let drawn = 0;
  return {
    update(receivedBytes) {
      const now = Date.now();
      if (stream.isTTY !== true || now - start < patience || now - drawn < redrawInterval) return;
      drawn = now;
      const rate = Math.round(receivedBytes / ((now - start) / 1000));
      stream.write(`\r${label}: ${receivedBytes} octets, ${rate}/s`);
    },
    end() {
      if (drawn > 0) stream.write("\r\u001b[K");
    },
  };
}
