import {
  AssociationRejectedError,
  ConfigError,
  DecodeError,
  DlmsError,
  ExceptionResponseError,
  SecurityError,
  TransportError,
} from "../../errors.ts";
import type { LineCounters } from "./line-counters.ts";

/** What was found about one layer, in one sentence. */
export interface Finding {
  readonly layer: "transport" | "link" | "association" | "security" | "objects" | "clock";
  readonly ok: boolean;
  readonly counters: Readonly<Record<string, number>>;
  readonly message: string;
  readonly hint?: string;
}

/** Seconds from which on a clock is doubtful. */
const doubtfulDrift = 300;

const clientHint = "try another --client; 16 is the public one";

/** What an attempt to associate came to, layer by layer: as far as it got, and why no further. */
export function findingsOf(counters: LineCounters, error: unknown): readonly Finding[] {
  const line = { octetsSent: counters.octetsSent, octetsReceived: counters.octetsReceived };
  const frames = { dropped: sum(counters), badCheckSums: counters.badCheckSums };
  const apdus = { sent: counters.apdusSent, received: counters.apdusReceived };
  if (error instanceof ConfigError) throw error;
  if (error instanceof TransportError && counters.octetsSent === 0) {
    return [{ layer: "transport", ok: false, counters: line, message: error.message, ...hintOf(error, "check the address or the port") }];
  }
  const reached: Finding = { layer: "transport", ok: true, counters: line, message: `${line.octetsReceived} octets came back` };
  const quiet = { ...reached, ok: false };
  if (counters.octetsReceived === 0 && error !== undefined) {
    const hint = "check speed, HDLC address (--physical) and cabling, or let dlms scan look";
    return [{ ...quiet, message: "the connection stands, and nothing comes back", hint }];
  }
  if (counters.echoOnly && error !== undefined) {
    return [
      {
        ...quiet,
        message: "only our own octets come back",
        hint: "the line echoes and the meter is silent: turn the probe, check the cable",
      },
    ];
  }
  if (counters.apdusReceived === 0 && error !== undefined) return [reached, linkFault(frames, error)];
  const link: Finding = {
    layer: "link",
    ok: counters.badCheckSums === 0,
    counters: frames,
    message: counters.badCheckSums === 0 ? "frames come whole" : "frames come, some with wrong check sums",
    ...(counters.badCheckSums === 0 ? {} : { hint: "the line is noisy: lower the speed, check screening and termination" }),
  };
  if (error === undefined)
    return [reached, link, { layer: "association", ok: true, counters: apdus, message: "the meter accepts the association" }];
  if (error instanceof SecurityError) return [reached, link, securityFault(apdus, error)];
  return [reached, link, associationFault(apdus, error)];
}

/** What is to be said of the meter's clock. */
export function clockFinding(driftSeconds: number | undefined): Finding {
  if (driftSeconds === undefined)
    return {
      layer: "clock",
      ok: false,
      counters: {},
      message: "the meter gives no time",
      hint: "this client may not read it, or it is invalid",
    };
  const doubtful = Math.abs(driftSeconds) > doubtfulDrift;
  return {
    layer: "clock",
    ok: !doubtful,
    counters: { driftSeconds },
    message: `the clock is ${Math.abs(driftSeconds)} s ${driftSeconds < 0 ? "slow" : "fast"} against this computer`,
    ...(doubtful && { hint: "rows of profiles have wrong stamps: set the clock, and check this computer's" }),
  };
}

function linkFault(frames: Readonly<Record<string, number>>, error: unknown): Finding {
  if ((frames["badCheckSums"] ?? 0) > 0) {
    const hint = "wrong speed or parity, or a noisy line: try another ?baud=";
    return { layer: "link", ok: false, counters: frames, message: "frames come, and none with a right check sum", hint };
  }
  // Without a flag among them octets are held, not dropped.
  if ((frames["dropped"] ?? 0) > 0 || (error instanceof DlmsError && error.layer === "hdlc")) {
    const hint = "wrong speed, or not HDLC: try ?baud=, or tcp:// in place of hdlc://";
    return { layer: "link", ok: false, counters: frames, message: "octets come that are no frames", hint };
  }
  const message = error instanceof DlmsError ? error.message : "the link was not set up";
  return {
    layer: "link",
    ok: false,
    counters: frames,
    message,
    ...hintOf(error, "an old link may still be open: wait for its time-out, usually two minutes"),
  };
}

function associationFault(apdus: Readonly<Record<string, number>>, error: unknown): Finding {
  const found = { layer: "association", ok: false, counters: apdus } as const;
  if (error instanceof AssociationRejectedError) {
    return { ...found, message: `the meter refuses the association: ${String(error.details["diagnostic"])}`, ...hintOf(error, clientHint) };
  }
  if (error instanceof ExceptionResponseError) {
    const hint = "an association of before may still be open: wait, or use another client; under keys check --policy and --system-title";
    return { ...found, message: "the meter answers with an exception", hint };
  }
  if (error instanceof DecodeError)
    return { ...found, message: `the answer is malformed: ${error.message}`, hint: "look at it with --trace hex and dlms decode" };
  return { ...found, message: error instanceof Error ? error.message : String(error), ...hintOf(error, clientHint) };
}

function securityFault(apdus: Readonly<Record<string, number>>, error: SecurityError): Finding {
  const keys = error.code === "deciphering-failed";
  return {
    layer: "security",
    ok: false,
    counters: apdus,
    message: keys ? "APDUs decrypt, and their tag fails: a key is wrong" : error.message,
    ...hintOf(error, keys ? "check --ek and --ak: one of them, or the two exchanged" : "check --auth and the secrets of this client"),
  };
}

function sum({ discarded }: LineCounters): number {
  return [...discarded.values()].reduce((total, count) => total + count, 0);
}

function hintOf(error: unknown, otherwise: string): { readonly hint: string } {
  return { hint: (error instanceof DlmsError ? error.hint : undefined) ?? otherwise };
}
