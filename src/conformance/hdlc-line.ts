import { type HdlcAddress, hdlcAddress } from "../hdlc/address.ts";
import { encodeFrame, FrameDecoder, type HdlcFrame } from "../hdlc/index.ts";
import type { TraceSink } from "../transport/trace.ts";
import type { Transport } from "../transport/transport.ts";
import type { Declaration } from "./declaration.ts";

/** What a frame to the device is made of; what is left out is as declared. */
export type FrameParts = Pick<HdlcFrame, "control"> & Partial<HdlcFrame>;

/** A frame that was received; its octets are the receiver's. */
export type ReceivedFrame = HdlcFrame;

const nothing = new Uint8Array(0);

/** A line on which a tester sends frames, or any octets, and sees what comes back. No link procedure is on its side. */
export class HdlcLine {
  readonly #transport: Transport;
  readonly #declaration: Declaration;
  readonly #trace: TraceSink;
  readonly #decoder = new FrameDecoder();
  readonly #frames: ReceivedFrame[] = [];
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(transport: Transport, declaration: Declaration, trace: TraceSink) {
    this.#transport = transport;
    this.#declaration = declaration;
    this.#trace = trace;
    transport.onData((chunk) => this.#receive(chunk));
    transport.onClose(() => {
      this.#closed = true;
      this.#wake?.();
    });
  }

  /** The device closed the connection under the link. */
  get closed(): boolean {
    return this.#closed;
  }

  /** The octets of a frame from the first declared client to the declared address of the device. */
  encode(parts: FrameParts): Uint8Array {
    const { hdlcAddress: server, associations } = this.#declaration;
    return encodeFrame({
      segmented: false,
      destination: hdlcAddress(server),
      source: clientAddress(associations[0]?.options().clientSap ?? 16),
      information: nothing,
      ...parts,
    });
  }

  /** Sends octets as they are. */
  send(bytes: Uint8Array): void {
    this.#frames.length = 0;
    const { timers } = this.#declaration;
    this.#trace({ at: timers.now(), direction: "sent", layer: "line", bytes });
    this.#transport.write(bytes);
  }

  /** The next frame of the device; undefined for silence. */
  receive(within: number = this.#declaration.answerTime): Promise<ReceivedFrame | undefined> {
    return new Promise((resolve) => {
      const settle = (frame: ReceivedFrame | undefined): void => {
        this.#wake = undefined;
        cancel();
        resolve(frame);
      };
      const look = (): void => {
        const frame = this.#frames.shift();
        if (frame !== undefined || this.#closed) settle(frame);
      };
      const cancel = this.#declaration.timers.schedule(within, () => settle(undefined));
      this.#wake = look;
      look();
    });
  }

  /** Sends octets and gives the frame that answers; undefined for silence. */
  exchangeBytes(bytes: Uint8Array): Promise<ReceivedFrame | undefined> {
    this.send(bytes);
    return this.receive();
  }

  /** Sends a frame and gives the one that answers; undefined for silence. */
  exchange(parts: FrameParts): Promise<ReceivedFrame | undefined> {
    return this.exchangeBytes(this.encode(parts));
  }

  async close(): Promise<void> {
    // The device may serve nobody else until the link is down.
    if (!this.#closed) await this.exchange({ control: { kind: "disc", pollFinal: true } });
    await this.#transport.close();
  }

  #receive(chunk: Uint8Array): void {
    this.#trace({ at: this.#declaration.timers.now(), direction: "received", layer: "line", bytes: chunk });
    this.#decoder.append(chunk);
    for (let event = this.#decoder.next(); event !== undefined; event = this.#decoder.next()) {
      if (event.type === "frame") this.#frames.push({ ...event.frame, information: event.frame.information.slice() });
    }
    this.#wake?.();
  }
}

/** Clients have addresses of one octet (IEC 62056-46 6.4.2.1). */
export function clientAddress(clientSap: number): HdlcAddress {
  return hdlcAddress({ logical: clientSap, length: 1 });
}
