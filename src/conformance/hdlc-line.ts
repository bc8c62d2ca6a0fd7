import { type HdlcAddress, hdlcAddress } from "../hdlc/address.ts";
import { encodeFrame, FrameDecoder, type HdlcFrame } from "../hdlc/index.ts";
import type { Declaration, DeclaredAssociation } from "./declaration.ts";
import type { RawLine } from "./raw-line.ts";
import { inconclusive } from "./verdict.ts";

/** What a frame to the device is made of; what is left out is as declared. */
export type FrameParts = Pick<HdlcFrame, "control"> & Partial<HdlcFrame>;

/** A frame that was received; its octets are the receiver's. */
export type ReceivedFrame = HdlcFrame;

const nothing = new Uint8Array(0);

/** A line on which a tester sends frames, or any octets, and sees what comes back. No link procedure is on its side. */
export class HdlcLine {
  readonly #raw: RawLine;
  readonly #declaration: Declaration;
  readonly #decoder = new FrameDecoder();
  readonly #association: DeclaredAssociation | undefined;
  #frames: ReceivedFrame[] = [];
  #heard = false;

  /** The client speaks that is declared first for the logical device of the HDLC address, or the one given. */
  constructor(raw: RawLine, declaration: Declaration, association: DeclaredAssociation | undefined = firstOver(declaration)) {
    this.#raw = raw;
    this.#declaration = declaration;
    this.#association = association;
  }

  /** The device closed the connection under the link. */
  get closed(): boolean {
    return this.#raw.closed;
  }

  /** Octets have come since something was sent, a frame or not. */
  get heard(): boolean {
    return this.#heard;
  }

  /** The association whose client speaks. */
  get association(): DeclaredAssociation {
    return this.#association ?? inconclusive("no association is declared");
  }

  /** Address of the client that speaks. */
  get client(): HdlcAddress {
    return clientAddress(this.#association?.options().clientSap ?? publicClient);
  }

  /** Address of the device, as it is called by default. */
  get server(): HdlcAddress {
    return hdlcAddress(this.#declaration.hdlcAddress);
  }

  /** The octets of a frame from the client to the device. */
  encode(parts: FrameParts): Uint8Array {
    return encodeFrame({ segmented: false, destination: this.server, source: this.client, information: nothing, ...parts });
  }

  /** Sends octets as they are. */
  send(bytes: Uint8Array): void {
    for (const chunk of this.#raw.drain()) this.#decode(chunk);
    this.#frames = [];
    this.#heard = false;
    this.#raw.send(bytes);
  }

  /** The next frame of the device; undefined for silence. */
  async receive(within: number = this.#declaration.answerTime): Promise<ReceivedFrame | undefined> {
    const { timers } = this.#declaration;
    const until = timers.now() + within;
    while (this.#frames.length === 0) {
      const left = until - timers.now();
      const chunk = left < 0 ? undefined : await this.#raw.receive(left);
      if (chunk === undefined) return undefined;
      this.#decode(chunk);
    }
    return this.#frames.shift();
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
    if (!this.closed) await this.exchange({ control: { kind: "disc", pollFinal: true } });
    await this.#raw.close();
  }

  #decode(chunk: Uint8Array): void {
    this.#heard = true;
    this.#decoder.append(chunk);
    for (let event = this.#decoder.next(); event !== undefined; event = this.#decoder.next()) {
      if (event.type === "frame") this.#frames.push({ ...event.frame, information: event.frame.information.slice() });
    }
  }
}

/** Clients have addresses of one octet (IEC 62056-46 6.4.2.1). */
export function clientAddress(clientSap: number): HdlcAddress {
  return hdlcAddress({ logical: clientSap, length: 1 });
}

function firstOver({ associations, hdlcAddress: { logical } }: Declaration): DeclaredAssociation | undefined {
  return associations.find(({ options }) => options().serverSap === logical) ?? associations[0];
}

const publicClient = 16;
