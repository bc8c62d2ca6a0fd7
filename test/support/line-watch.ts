import { AssertionError, expect } from "chai";
import { toHex } from "../../src/bytes/hex.ts";
import {
  decodeParameters,
  defaultHdlcParameters,
  FrameDecoder,
  type HdlcFrame,
  type HdlcParameters,
  llcResponse,
  negotiate,
} from "../../src/hdlc/index.ts";
import { maxWpduPayload, WpduDecoder, wrapperHeaderLength } from "../../src/wrapper/index.ts";

/** Listens to a line, and fails where what the server writes is not lawful. */
export interface LineWatch {
  client(bytes: Uint8Array): void;
  server(bytes: Uint8Array): void;
  /** APDUs that the server has sent in whole since the last call. */
  takeApdus(): readonly Uint8Array[];
  /** Nothing is left half said. */
  end(): void;
}

/** A line that carries wrapper PDUs (IEC 62056-47): the ports change places, the length is that of the APDU. */
export class WrapperWatch implements LineWatch {
  readonly #fromClient = new WpduDecoder(maxWpduPayload);
  #asked: { readonly sourceWPort: number; readonly destinationWPort: number } | undefined;
  #apdus: Uint8Array[] = [];

  client(bytes: Uint8Array): void {
    this.#asked = this.#fromClient.receive(bytes).at(-1) ?? this.#asked;
  }

  server(bytes: Uint8Array): void {
    let end = 0;
    for (const { sourceWPort, destinationWPort, apdu } of new WpduDecoder(maxWpduPayload).receive(bytes)) {
      expect([sourceWPort, destinationWPort]).to.deep.equal([this.#asked?.destinationWPort, this.#asked?.sourceWPort]);
      this.#apdus.push(apdu.slice());
      end += wrapperHeaderLength + apdu.length;
    }
    expect(end, "whole PDUs of version 1").to.equal(bytes.length);
  }

  takeApdus(): readonly Uint8Array[] {
    return this.#apdus.splice(0);
  }

  end(): void {}
}

/** Frames of one side since it was given the turn. */
class Turn {
  readonly #decoder = new FrameDecoder();
  readonly frames: HdlcFrame[] = [];

  append(bytes: Uint8Array): readonly HdlcFrame[] {
    const found: HdlcFrame[] = [];
    this.#decoder.append(bytes.slice());
    for (let event = this.#decoder.next(); event !== undefined; event = this.#decoder.next()) {
      if (event.type === "frame") found.push(event.frame);
    }
    this.frames.push(...found);
    return found;
  }

  start(): void {
    this.frames.length = 0;
  }
}

/**
 * A line that carries HDLC frames (IEC 62056-46, normal response mode): the server speaks when it is given the turn and
 * returns it with its last frame, from the address it was called by; it numbers and acknowledges every I frame, keeps to
 * the window and to the information field that were negotiated, and answers SNRM and DISC with UA.
 */
export class HdlcWatch implements LineWatch {
  readonly #client = new Turn();
  readonly #server = new Turn();
  /** What the server may do. */
  #parameters: HdlcParameters = defaultHdlcParameters;
  #proposed: HdlcParameters = defaultHdlcParameters;
  #clientFrames = 0;
  #serverFrames = 0;
  #segments: Uint8Array[] = [];
  #apdus: Uint8Array[] = [];

  client(bytes: Uint8Array): void {
    this.end();
    this.#client.start();
    this.#server.start();
    for (const { control, information } of this.#client.append(bytes)) {
      if (control.kind === "i") this.#clientFrames += 1;
      if (control.kind !== "snrm") continue;
      this.#clientFrames = 0;
      this.#serverFrames = 0;
      this.#proposed = decodeParameters(information);
    }
  }

  server(bytes: Uint8Array): void {
    for (const frame of this.#server.append(bytes)) this.#onFrame(frame);
  }

  takeApdus(): readonly Uint8Array[] {
    return this.#apdus.splice(0);
  }

  /** The server has returned the turn that it was given, with its last frame and no earlier one. */
  end(): void {
    const given = this.#client.frames.some(({ control }) => control.pollFinal);
    const finals = this.#server.frames.map(({ control }) => control.pollFinal);
    expect(finals, "final bits").to.deep.equal(given ? [...finals.slice(1).fill(false), true] : []);
  }

  #onFrame({ control, source, destination, information, segmented }: HdlcFrame): void {
    const asked = this.#client.frames.at(-1);
    expect(destination, "to the client").to.deep.equal(asked?.source);
    expect(source, "from the address that was called").to.deep.equal(asked?.destination);
    const opening = asked?.control.kind === "snrm" || asked?.control.kind === "disc";
    expect(opening, `${control.kind} for ${asked?.control.kind}`).to.equal(control.kind === "ua");
    if (control.kind === "ua") {
      if (asked?.control.kind === "snrm") this.#onAccepted(decodeParameters(information));
      return;
    }
    if (control.kind !== "i" && control.kind !== "rr") throw new AssertionError(`${control.kind} from the server`);
    expect(control.receiveSequence, "N(R)").to.equal(this.#clientFrames % 8);
    expect(information.length, "information field").to.be.at.most(this.#parameters.maxInformationFieldLengthTransmit);
    if (control.kind !== "i") return;
    expect(control.sendSequence, "N(S)").to.equal(this.#serverFrames % 8);
    this.#serverFrames += 1;
    const numbered = this.#server.frames.filter(({ control: { kind } }) => kind === "i");
    expect(numbered.length, "window").to.be.at.most(this.#parameters.windowSizeTransmit);
    this.#segments.push(information.slice());
    if (!segmented) this.#onSdu(Buffer.concat(this.#segments.splice(0)));
  }

  /** UA says what holds, which is no more than was proposed. */
  #onAccepted(parameters: HdlcParameters): void {
    this.#parameters = negotiate(parameters, this.#proposed);
    expect(this.#parameters, "parameters of UA").to.deep.equal(parameters);
  }

  #onSdu(sdu: Uint8Array): void {
    expect(toHex(sdu.subarray(0, llcResponse.length)), "LLC").to.equal(toHex(llcResponse));
    this.#apdus.push(sdu.subarray(llcResponse.length));
  }
}

/** The watch of a link. */
export const watchOf = (link: "hdlc" | "wrapper"): LineWatch => (link === "hdlc" ? new HdlcWatch() : new WrapperWatch());

/** Of each frame who talks to whom, kind and numbers, and whether more segments follow. */
export function frameHeaders(bytes: Uint8Array): readonly Omit<HdlcFrame, "information">[] {
  return new Turn().append(bytes).map(({ information: _, ...header }) => header);
}
