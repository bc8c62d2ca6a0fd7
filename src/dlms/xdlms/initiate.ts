import type { Infer } from "../axdr/schema.ts";
import { boolean, i8, octetString, optional, sequence, u8, u16, withDefault } from "../axdr/untagged.ts";
import { conformance } from "./conformance.ts";

/** The only version of DLMS in use. */
export const dlmsVersion = 6;

/** vaa-name of InitiateResponse: 7 with logical names, the base name of the association object with short ones. */
export const vaaNames = { "logical-name": 0x0007, "short-name": 0xfa00 } as const;

/** xDLMS-Initiate.request (Green Book 9.5). */
export const initiateRequest = sequence("InitiateRequest", {
  dedicatedKey: optional(octetString),
  responseAllowed: withDefault(boolean, true),
  proposedQualityOfService: optional(i8),
  proposedDlmsVersionNumber: u8,
  proposedConformance: conformance,
  /** 0 means no limit; 1..11 are reserved. */
  clientMaxReceivePduSize: u16,
});
export type InitiateRequest = Infer<typeof initiateRequest>;

/** xDLMS-Initiate.response (Green Book 9.5). */
export const initiateResponse = sequence("InitiateResponse", {
  negotiatedQualityOfService: optional(i8),
  negotiatedDlmsVersionNumber: u8,
  negotiatedConformance: conformance,
  serverMaxReceivePduSize: u16,
  vaaName: u16,
});
export type InitiateResponse = Infer<typeof initiateResponse>;
