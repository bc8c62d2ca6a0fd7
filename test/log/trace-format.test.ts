import { expect } from "chai";
import { fromHex } from "../../src/bytes/hex.ts";
import { formatTrace } from "../../src/log/trace-format.ts";
import type { TraceRecord } from "../../src/transport/trace.ts";

const record = (layer: TraceRecord["layer"], overrides: Partial<TraceRecord> = {}): TraceRecord => ({
  at: 1_234.5,
  direction: "sent",
  layer,
  bytes: fromHex("7EA0"),
  ...overrides,
});

describe("formatTrace", () => {
  it("shows the bytes of the line in mode hex", () => {
    expect(formatTrace(record("line"), { mode: "hex", start: 1_000 })).to.equal("    0.234 -> 7E A0");
    expect(formatTrace(record("line", { direction: "received" }), { mode: "hex", start: 0 })).to.equal("    1.234 <- 7E A0");
  });

  it("shows what was discarded and why", () => {
    expect(formatTrace(record("link", { note: "fcs" }), { mode: "hex", start: 1_000 })).to.equal("    0.234 -> discarded (fcs): 7E A0");
    expect(formatTrace(record("link"), { mode: "hex", start: 1_000 })).to.equal("    0.234 -> discarded: 7E A0");
  });

  it("shows APDUs in mode apdu, in words where there are some", () => {
    expect(formatTrace(record("apdu"), { mode: "apdu", start: 1_000 })).to.equal("    0.234 -> 7E A0");
    expect(formatTrace(record("apdu"), { mode: "apdu", start: 1_000, summarize: (apdu) => `${apdu.length} bytes` })).to.equal(
      "    0.234 -> 2 bytes: 7E A0",
    );
  });

  it("shows each layer in its mode only", () => {
    expect(formatTrace(record("apdu"), { mode: "hex", start: 0 })).to.equal(undefined);
    expect(formatTrace(record("line"), { mode: "apdu", start: 0 })).to.equal(undefined);
    expect(formatTrace(record("link"), { mode: "apdu", start: 0 })).to.equal(undefined);
  });
});
