import type { OpenWay } from "../client/connect.ts";
import { RawChannel } from "../client/raw-channel.ts";
import type { Channel } from "../session/data-link.ts";
import type { TraceSink } from "../transport/trace.ts";
import type { Declaration } from "./declaration.ts";
import type { Reaction } from "./reaction.ts";

/** A connected link on which APDUs are sent as they are, and answers awaited. */
export class ApduLink {
  readonly #declaration: Declaration;
  readonly #received: Uint8Array[] = [];
  #channel: RawChannel | undefined;
  #closed = false;
  #wake: (() => void) | undefined;

  private constructor(declaration: Declaration) {
    this.#declaration = declaration;
  }

  /** @throws TransportError where the device does not connect the link */
  static async open(way: OpenWay, channel: Channel, declaration: Declaration, trace: TraceSink): Promise<ApduLink> {
    const link = new ApduLink(declaration);
    const { timers, answerTime, hdlcAddress, hdlcProposal } = declaration;
    link.#channel = await RawChannel.open(
      way,
      channel,
      {
        onApdu: (apdu) => {
          link.#received.push(apdu);
          link.#wake?.();
        },
        onClosed: () => {
          link.#closed = true;
          link.#wake?.();
        },
      },
      {
        timers,
        timeout: answerTime,
        trace,
        physicalAddress: hdlcAddress.physical,
        maxInformationFieldLength: hdlcProposal.maxInformationFieldLengthTransmit,
        windowSize: hdlcProposal.windowSizeTransmit,
      },
    );
    return link;
  }

  /** Sends an APDU; what was received before and nobody asked for is dropped. */
  send(apdu: Uint8Array): void {
    this.#received.length = 0;
    this.#channel?.send(apdu);
  }

  /** What the device does next, within the time it may take. */
  receive(within: number = this.#declaration.answerTime): Promise<Reaction> {
    return new Promise((resolve) => {
      const settle = (reaction: Reaction): void => {
        this.#wake = undefined;
        cancel();
        resolve(reaction);
      };
      const look = (): void => {
        const apdu = this.#received.shift();
        if (apdu !== undefined) settle({ type: "apdu", apdu });
        else if (this.#closed) settle({ type: "closed" });
      };
      const cancel = this.#declaration.timers.schedule(within, () => settle({ type: "silence" }));
      this.#wake = look;
      look();
    });
  }

  /** Sends an APDU and gives what comes of it. */
  exchange(apdu: Uint8Array): Promise<Reaction> {
    this.send(apdu);
    return this.receive();
  }

  async close(): Promise<void> {
    await this.#channel?.close();
  }
}
