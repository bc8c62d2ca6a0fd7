import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { HdlcStation, type HdlcStationEvent, type HdlcStationOptions } from "../../src/hdlc/index.ts";
import { type FrameOptions, frame, summary } from "./frames.ts";

/** A station and raw octets: what a conformance tool sees of it. */
export class Tool {
  readonly station: HdlcStation;
  readonly events: HdlcStationEvent[] = [];
  now = 0;

  constructor(options: Partial<HdlcStationOptions> = {}) {
    this.station = new HdlcStation({ physicalAddress: 17, logicalDevices: [1], ...options });
  }

  /** Sends octets and returns what comes back, in short. */
  sends(bytes: Uint8Array): string[] {
    return summary(this.sendsRaw(bytes));
  }

  sendsRaw(bytes: Uint8Array): Uint8Array | undefined {
    this.#note(this.station.receiveBytes(bytes, this.now));
    return this.station.dataToSend();
  }

  sendsFrame(control: number, options?: FrameOptions): string[] {
    return this.sends(frame(control, options));
  }

  waits(duration: number): void {
    this.now += duration;
    const { nextTimeout } = this.station;
    if (nextTimeout !== undefined && nextTimeout <= this.now) this.#note(this.station.handleTimeout(this.now));
  }

  answers(apdu: string): string[] {
    this.station.send({ clientSap: 16, serverSap: 1 }, fromHex(apdu), this.now);
    return summary(this.station.dataToSend());
  }

  get apdus(): string[] {
    return this.events.flatMap((event) => (event.type === "apdu" ? [toHex(event.bytes)] : []));
  }

  #note(events: readonly HdlcStationEvent[]): void {
    for (const event of events) this.events.push("bytes" in event ? { ...event, bytes: event.bytes.slice() } : event);
  }
}

/** A station that has answered SNRM; unless said otherwise it is number 17, with fields of 128 octets and windows of 1. */
export function connected(
  options?: Partial<HdlcStationOptions>,
  information = "8180140502008006020080070400000001080400000001",
  physicalAddress = 17,
): Tool {
  const tool = new Tool(options);
  const destination = toHex(Uint8Array.of(0x02, (physicalAddress << 1) | 1));
  expect(tool.sendsFrame(0x93, { information, destination })[0]).to.match(/^73 8180/);
  return tool;
}
