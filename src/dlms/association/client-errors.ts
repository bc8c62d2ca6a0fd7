import { LocalProtocolError, TransportError } from "../../errors.ts";
import type { NegotiatedContext } from "./negotiation.ts";
import type { ServiceRequest } from "./services.ts";

/** Why a general block transfer ended early. */
export const abortReasons = {
  "by-peer": "the meter gave up the block transfer",
  "too-long": "the answer is longer than allowed",
  nested: "the meter sent blocks in blocks",
} as const;

export function noAssociation(): TransportError {
  return new TransportError("timeout", "the meter did not answer the association request", {
    layer: "acse",
    hint: "check --client and --server; an association of an earlier session may still be open",
  });
}

export function noAnswer(): TransportError {
  return new TransportError("timeout", "the meter did not answer in time", {
    layer: "xdlms",
    hint: "try again, or allow more time with --timeout",
  });
}

export function tooLong(length: number): LocalProtocolError {
  return new LocalProtocolError(`the blocks of ${length} octets cannot be counted`, { hint: "ask for less at once" });
}

export function wrongReferencing({ service }: ServiceRequest, { referencing }: NegotiatedContext): LocalProtocolError {
  return new LocalProtocolError(
    `${service} is no service of an association with ${referencing === "short-name" ? "short" : "logical"} names`,
  );
}
