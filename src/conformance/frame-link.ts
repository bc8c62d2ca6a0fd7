import type { ControlField } from "../hdlc/control-field.ts";
import { addLlc, llcCommand, removeLlc } from "../hdlc/llc.ts";
import { decodeParameters, defaultHdlcParameters, encodeParameters, type HdlcParameters, negotiate } from "../hdlc/parameters.ts";
import type { FrameParts, HdlcLine, ReceivedFrame } from "./hdlc-line.ts";
import type { Reaction } from "./reaction.ts";
import { fail, inconclusive, must } from "./verdict.ts";

export interface FrameLinkOptions {
  /** What SNRM proposes; without it SNRM has no information field, and the defaults hold. */
  readonly proposal?: HdlcParameters | undefined;
  /** Cut requests into pieces of so many octets, where the link allows more. */
  readonly segmentLength?: number;
  /** Frames of a request to send in a row, where the link allows so many. Default 1. */
  readonly framesInARow?: number;
}

const modulus = 8;
const nothing = new Uint8Array(0);

/** I frames after which an answer counts as endless: the longest APDU in the shortest fields takes half as many. */
const mostPieces = 4096;

/** Frames after which a device counts as one that does not return the turn. */
const mostInATurn = 64;

/**
 * The client's end of a link, frame by frame: it speaks as plainly as possible, polls for what is left, and fails
 * wherever a frame of the device breaks the procedure (IEC 62056-46 6.4.4.4): a wrong number, an information field
 * longer than agreed, more frames in a row than the window, a turn that is not returned.
 */
export class FrameLink {
  readonly line: HdlcLine;
  /** The information field of UA. */
  readonly acceptance: Uint8Array;
  /** What holds, seen from this end. */
  readonly parameters: HdlcParameters;
  readonly #wait: (duration: number) => Promise<void>;
  readonly #options: FrameLinkOptions;
  #sendState = 0;
  #receiveState = 0;

  private constructor(line: HdlcLine, acceptance: Uint8Array, options: FrameLinkOptions, wait: (duration: number) => Promise<void>) {
    this.line = line;
    this.acceptance = acceptance;
    this.parameters = negotiate(options.proposal ?? defaultHdlcParameters, decodeParameters(acceptance));
    this.#options = options;
    this.#wait = wait;
  }

  /**
   * Connects; inconclusive where the device does not.
   * @param wait lets time pass between polls
   */
  static async connect(line: HdlcLine, wait: (duration: number) => Promise<void>, options: FrameLinkOptions = {}): Promise<FrameLink> {
    const information = options.proposal === undefined ? nothing : encodeParameters(options.proposal);
    const answer = await line.exchange({ control: { kind: "snrm", pollFinal: true }, information });
    if (answer?.control.kind !== "ua") return inconclusive(`the link cannot be set up: SNRM is answered by ${describeFrame(answer)}`);
    return new FrameLink(line, answer.information, options, wait);
  }

  /** V(R), the number of the I frame that the device sends next. */
  get receiveState(): number {
    return this.#receiveState;
  }

  /** RR that gives the device its turn. */
  get poll(): FrameParts {
    return { control: { kind: "rr", receiveSequence: this.#receiveState, pollFinal: true } };
  }

  /** The I frames of an APDU, the next to send; the device has its turn after each, or after so many in a row. */
  frames(apdu: Uint8Array): readonly FrameParts[] {
    const { maxInformationFieldLengthTransmit: most, windowSizeTransmit } = this.parameters;
    const { segmentLength = most, framesInARow = 1 } = this.#options;
    const length = Math.min(segmentLength, most);
    const inARow = Math.min(framesInARow, windowSizeTransmit);
    const sdu = addLlc(llcCommand, apdu);
    const count = Math.ceil(sdu.length / length);
    const frames = Array.from({ length: count }, (_, index): FrameParts => {
      const segmented = index < count - 1;
      const sendSequence = (this.#sendState + index) % modulus;
      const pollFinal = !segmented || (index + 1) % inARow === 0;
      return {
        control: { kind: "i", sendSequence, receiveSequence: this.#receiveState, pollFinal },
        segmented,
        information: sdu.subarray(index * length, (index + 1) * length),
      };
    });
    this.#sendState = (this.#sendState + count) % modulus;
    return frames;
  }

  /** Sends an APDU and gives what comes of it, read to its end. */
  async exchange(apdu: Uint8Array): Promise<Reaction> {
    const frames = this.frames(apdu);
    for (const [index, frame] of frames.entries()) {
      if (index === frames.length - 1) return this.read(await this.turn(frame));
      if (frame.control.pollFinal) this.#mustAcknowledge(await this.turn(frame), frame);
      else this.line.send(this.line.encode(frame));
    }
    return fail("no frame was sent");
  }

  /** Sends a frame and gives those of the device until it returns the turn; none for silence. */
  async turn(parts: FrameParts): Promise<readonly ReceivedFrame[]> {
    const frames: ReceivedFrame[] = [];
    this.line.send(this.line.encode(parts));
    for (;;) {
      const frame = await this.line.receive();
      if (frame === undefined) return frames.length === 0 ? frames : fail("the device does not return the turn: no frame has F=1");
      frames.push(frame);
      if (frame.control.pollFinal) return frames;
      must(frames.length < mostInATurn, `the device does not return the turn: none of ${mostInATurn} frames has F=1`);
    }
  }

  /** Takes the frames of a turn, and polls until the APDU they begin is complete. */
  async read(first: readonly ReceivedFrame[]): Promise<Reaction> {
    const pieces: Uint8Array[] = [];
    let polls = 0;
    for (let turn = first; ; turn = await this.turn(this.poll)) {
      if (turn.length === 0) return { type: this.line.closed ? "closed" : "silence" };
      for (const { information, segmented, last } of this.accept(turn)) {
        pieces.push(information);
        if (!segmented) {
          if (!last) fail("frames follow the last one of an answer");
          return { type: "apdu", apdu: removeLlc(joined(pieces)).slice() };
        }
      }
      must(pieces.length < mostPieces, "the answer does not end");
      if (turn.some(({ control }) => control.kind === "i")) continue;
      // The answer is not ready yet.
      if (polls++ === mostPolls) return { type: "silence" };
      await this.#wait(betweenPolls);
    }
  }

  /** Holds the frames of a turn against the procedure, and gives the pieces of information in them. */
  accept(
    turn: readonly ReceivedFrame[],
  ): readonly { readonly information: Uint8Array; readonly segmented: boolean; readonly last: boolean }[] {
    const { maxInformationFieldLengthReceive: longest, windowSizeReceive: window } = this.parameters;
    const count = turn.filter(({ control }) => control.kind === "i").length;
    must(count <= window, `the device sends ${count} I frames in a row where the window is ${window}`);
    return turn.flatMap((frame, index) => {
      const { control, information, segmented } = frame;
      if (control.kind !== "i" && control.kind !== "rr" && control.kind !== "rnr") {
        return fail(`the device answers by ${describeFrame(frame)}, where an I frame or RR was due`);
      }
      mustCarry("N(R)", control.receiveSequence, this.#sendState, frame);
      if (control.kind !== "i") return [];
      mustCarry("N(S)", control.sendSequence, this.#receiveState, frame);
      must(
        information.length <= longest,
        `the device sends an information field of ${information.length} octets where ${longest} are agreed`,
      );
      this.#receiveState = (this.#receiveState + 1) % modulus;
      return [{ information, segmented, last: index === turn.length - 1 }];
    });
  }

  #mustAcknowledge(turn: readonly ReceivedFrame[], { control }: FrameParts): void {
    const [answer] = turn;
    const next = control.kind === "i" ? (control.sendSequence + 1) % modulus : this.#sendState;
    must(answer?.control.kind === "rr", `a segment that others follow is answered by ${describeFrame(answer)} instead of RR`);
    mustCarry("N(R)", answer.control.receiveSequence, next, answer);
  }
}

/** Milliseconds until a device that had no answer is asked again, and how often it is. */
const betweenPolls = 100;
const mostPolls = 50;

function mustCarry(what: "N(S)" | "N(R)", found: number, due: number, frame: ReceivedFrame): void {
  must(found === due, `${describeFrame(frame)} of the device has ${what}=${found} instead of ${due}`);
}

/** In words, for a verdict. */
export function describeFrame(frame: Pick<ReceivedFrame, "control"> | undefined): string {
  return frame === undefined ? "silence" : describeControl(frame.control);
}

function describeControl(control: ControlField): string {
  switch (control.kind) {
    case "i":
      return `I(N(S)=${control.sendSequence}, N(R)=${control.receiveSequence})`;
    case "rr":
    case "rnr":
      return `${control.kind.toUpperCase()}(N(R)=${control.receiveSequence})`;
    case "unknown":
      return `a frame with the control field ${control.octet.toString(16).padStart(2, "0")}`;
    default:
      return control.kind.toUpperCase();
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
