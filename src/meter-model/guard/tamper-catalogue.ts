import type { GuardEventName } from "../events/guard-events.ts";
import { second } from "../units.ts";
import type { Persistence } from "./detector.ts";

/** What the meter takes for tampering, in the order of the bits of the tamper words. */
export const tamperNames = [
  "meterCover",
  "terminalCover",
  "magneticField",
  "relayBypassed",
  "currentReverse",
  "differential",
  "reverseEnergy",
  "communication",
] as const;

/** One kind of tampering. */
export type TamperName = (typeof tamperNames)[number];

/** Tampers that something outside of the measurement tells, with a battery where there is no supply. */
export const contactNames = ["meterCover", "terminalCover", "magneticField", "communication"] as const satisfies readonly TamperName[];

/** Tampers that open the relay where the action mask has their bit: all but what the relay can do nothing about. */
export const trippingTampers = [
  "meterCover",
  "terminalCover",
  "magneticField",
  "currentReverse",
  "differential",
  "reverseEnergy",
] as const satisfies readonly TamperName[];

/** A kind of tampering that may open the relay. */
export type TrippingTamper = (typeof trippingTampers)[number];

/** A kind of tampering that is told to the meter. */
export type ContactName = (typeof contactNames)[number];

/** What there is to know of a tamper besides how it is detected. */
export interface TamperDefinition {
  readonly began: GuardEventName;
  /** Not all have an event of their own for the end. */
  readonly ended?: GuardEventName;
  /** Undefined for the time that is a parameter of the meter. */
  readonly persistence?: Persistence;
  /** One of those that are counted together as tampering with the metrology. */
  readonly metrology?: true;
}

const contact: Persistence = { begin: second, end: second };
const atOnce: Persistence = { begin: 0, end: 0 };
const tenSeconds: Persistence = { begin: 10 * second, end: 10 * second };

/** Every tamper. */
export const tampers: Readonly<Record<TamperName, TamperDefinition>> = {
  meterCover: { began: "meterCoverOpened", ended: "meterCoverClosed", persistence: contact },
  terminalCover: { began: "terminalCoverOpened", ended: "terminalCoverClosed", persistence: contact },
  magneticField: {
    began: "magneticFieldDetected",
    ended: "magneticFieldGone",

    persistence: { begin: 2 * second, end: 2 * second },
  },
  relayBypassed: { began: "relayTamperBegan", ended: "relayTamperEnded", persistence: tenSeconds },
  currentReverse: {
    began: "currentReversed",
    ended: "currentReversalEnded",

    persistence: tenSeconds,
    metrology: true,
  },
  differential: { began: "differentialBegan", ended: "differentialEnded", metrology: true },
  reverseEnergy: { began: "significantReverseEnergy", persistence: atOnce, metrology: true },
  communication: { began: "authenticationFailed", persistence: atOnce },
};

/** The bit of a tamper in the tamper words. */
export function tamperBit(name: TamperName): number {
  return 1 << tamperNames.indexOf(name);
}
