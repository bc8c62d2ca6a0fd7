import { type HdlcAddress, sameStation } from "../../../hdlc/address.ts";
import type { ControlField } from "../../../hdlc/control-field.ts";
import { encodeControl } from "../../../hdlc/control-field.ts";
import { fcs16 } from "../../../hdlc/fcs.ts";
import { describeFrame } from "../../frame-link.ts";
import type { FrameParts, HdlcLine, ReceivedFrame } from "../../hdlc-line.ts";
import { fail, inconclusive, must } from "../../verdict.ts";

export const snrm: FrameParts = { control: { kind: "snrm", pollFinal: true } };
export const disc: FrameParts = { control: { kind: "disc", pollFinal: true } };

/** RR that gives the device its turn. */
export function rr(receiveSequence = 0): FrameParts {
  return { control: { kind: "rr", receiveSequence, pollFinal: true } };
}

/** An I frame that gives the device its turn. */
export function iFrame(sendSequence: number, receiveSequence: number, information: Uint8Array): FrameParts {
  return { control: { kind: "i", sendSequence, receiveSequence, pollFinal: true }, information };
}

const flag = 0x7e;

/** Octets between flags. */
export function flagged(content: Uint8Array): Uint8Array {
  return Uint8Array.of(flag, ...content, flag);
}

/** Octets and their frame check sequence, between flags. */
export function framed(content: Uint8Array): Uint8Array {
  const check = fcs16(content);
  return flagged(Uint8Array.of(...content, check & 0xff, check >> 8));
}

/** A frame, changed between its flags and given a right frame check sequence. */
export function changed(frame: Uint8Array, change: (content: Uint8Array) => void): Uint8Array {
  const content = frame.slice(1, -3);
  change(content);
  return framed(content);
}

type Kind = ControlField["kind"];

/** Sends a frame that must be answered by one of a kind, with F=1, from the address called to the one that called. */
export async function mustAnswer<K extends Kind>(line: HdlcLine, parts: FrameParts, kind: K, when: string): Promise<ReceivedFrame> {
  const answer = await line.exchange(parts);
  const { destination = line.server, source = line.client } = parts;
  const what = answer === undefined && line.closed ? "the end of the connection" : describeFrame(answer);
  must(answer?.control.kind === kind, `${when} is answered by ${what} instead of ${kind.toUpperCase()}`);
  must(answer.control.pollFinal, `${when} is answered by ${kind.toUpperCase()} with F=0, where P=1 asks for F=1`);
  mustGoBack(answer, destination, source, when);
  return answer;
}

/** The station called answers, to the one that called. */
function mustGoBack(answer: ReceivedFrame, destination: HdlcAddress, source: HdlcAddress, when: string): void {
  must(
    answer.destination.logical === source.logical,
    `${when} is answered to client ${answer.destination.logical} instead of ${source.logical}`,
  );
  must(
    sameStation(answer.source, destination),
    `${when} is answered from ${describeAddress(answer.source)} instead of ${describeAddress(destination)}`,
  );
}

/** RR with an N(R). */
export async function mustAnswerReady(line: HdlcLine, parts: FrameParts, receiveSequence: number, when: string): Promise<void> {
  const { control } = await mustAnswer(line, parts, "rr", when);
  if (control.kind !== "rr") return;
  must(
    control.receiveSequence === receiveSequence,
    `${when} is answered by RR with N(R)=${control.receiveSequence} instead of ${receiveSequence}`,
  );
}

/** The link is up, and nothing was received on it. */
export function mustBeFresh(line: HdlcLine, when: string): Promise<void> {
  return mustAnswerReady(line, rr(), 0, `RR ${when}`);
}

/** Sends octets to which the device has nothing to say. */
export async function mustStaySilent(line: HdlcLine, bytes: Uint8Array, what: string): Promise<void> {
  const answer = await line.exchangeBytes(bytes);
  if (answer !== undefined) fail(`${what} is answered by ${describeFrame(answer)} instead of silence`);
  must(!line.heard, `${what} is answered by octets that are no frame instead of silence`);
}

/** Frames after which nobody listens any more. */
const enough = 16;

/** The frames that answer octets, until no more come. */
export async function allAnswers(line: HdlcLine, octets: Uint8Array): Promise<readonly ReceivedFrame[]> {
  const heard: ReceivedFrame[] = [];
  for (let frame = await line.exchangeBytes(octets); frame !== undefined && heard.length < enough; frame = await line.receive()) {
    heard.push(frame);
  }
  return heard;
}

/** Brings the link up as a subtest begins: inconclusive where the device does not. */
export async function begin(line: HdlcLine, parts: FrameParts = snrm): Promise<ReceivedFrame> {
  const answer = await line.exchange(parts);
  if (answer?.control.kind === "ua") return answer;
  return inconclusive(`the link cannot be set up: SNRM is answered by ${describeFrame(answer)}`);
}

/** Brings the link down as a subtest begins, whoever left it up: inconclusive where the device does not answer. */
export async function beginDown(line: HdlcLine): Promise<void> {
  const answer = await line.exchange(disc);
  if (answer?.control.kind !== "ua" && answer?.control.kind !== "dm") {
    inconclusive(`the link cannot be released: DISC is answered by ${describeFrame(answer)}`);
  }
}

/** A link is not up, and can be brought up. */
export async function mustBeWell(line: HdlcLine, when: string): Promise<void> {
  await mustAnswer(line, disc, "dm", `DISC ${when}`);
  await mustAnswer(line, snrm, "ua", `SNRM ${when}`);
}

/** Why a frame is rejected: bits of the last octet of FRMR (ISO/IEC 13239 5.5.3.4.2). */
export const rejection = { undefinedControl: 0x80, informationTooLong: 0x20, invalidReceiveSequence: 0x10 } as const;

/** FRMR that names the frame and the reason, or no reason at all; then SNRM sets the link up again. */
export async function mustReject(line: HdlcLine, parts: FrameParts, reason: number, what: string): Promise<void> {
  const { information } = await mustAnswer(line, parts, "frmr", what);
  const [rejected, , given = 0] = information;
  if (rejected !== undefined) {
    must(rejected === encodeControl(parts.control), `${what} is answered by FRMR for another control field`);
    must(given === 0 || (given & reason) !== 0, `${what} is answered by FRMR for another reason`);
  }
  await mustAnswer(line, snrm, "ua", `SNRM after ${what}`);
  await mustBeFresh(line, "after the link was set up again");
}

/** In words. */
export function describeAddress({ logical, physical, length }: HdlcAddress): string {
  return `${physical === undefined ? logical : `${logical}/${physical}`} in ${length} ${length === 1 ? "octet" : "octets"}`;
}
