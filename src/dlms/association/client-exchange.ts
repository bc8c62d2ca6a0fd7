import { type DlmsError, ExceptionResponseError, LocalProtocolError, RemoteProtocolError } from "../../errors.ts";
import type { Apdu } from "../xdlms/apdu.ts";
import type { NegotiatedContext } from "./negotiation.ts";
import type { ServiceResult } from "./services.ts";

/** What one APDU of the answer leads to. */
export type ExchangeStep =
  | { readonly type: "send"; readonly apdu: Uint8Array }
  /** A block arrived; `apdu` asks for the next. */
  | { readonly type: "progress"; readonly apdu: Uint8Array; readonly receivedBytes: number }
  /** Something that came before, or too late: nothing is to be done. */
  | { readonly type: "ignore" }
  | { readonly type: "done"; readonly result: ServiceResult }
  | { readonly type: "failed"; readonly error: DlmsError };

/** One request of a client from its first APDU to its result, with the blocks of its service either way. */
export interface ClientExchange {
  /** The APDU last sent may be sent again when nothing answers: it changes nothing, or the server knows it again. */
  readonly repeatable: boolean;
  /** The first APDU, or why the request cannot be made. */
  start(): ExchangeStep;
  /** False for an APDU that is no answer to this request. */
  concerns(apdu: Apdu): boolean;
  receive(apdu: Apdu): ExchangeStep;
}

export const failed = (error: DlmsError): ExchangeStep => ({ type: "failed", error });

/** The answers that refuse any service as a whole. */
export function refusal(apdu: Apdu): ExchangeStep | undefined {
  switch (apdu.type) {
    case "exception-response":
      return failed(
        new ExceptionResponseError(`the meter answered ${apdu.stateError}, ${apdu.serviceError}`, {
          details: { stateError: apdu.stateError, serviceError: apdu.serviceError, invocationCounter: apdu.invocationCounter },
        }),
      );
    case "confirmed-service-error":
      return failed(
        new ExceptionResponseError(`the meter answered ${apdu.service} error, ${apdu.errorClass}: ${apdu.value}`, {
          details: { service: apdu.service, errorClass: apdu.errorClass, value: apdu.value },
        }),
      );
    default:
      return undefined;
  }
}

/** True for the APDUs that {@link refusal} understands; they do not say which request they refuse. */
export function isRefusal(apdu: Apdu): boolean {
  return apdu.type === "exception-response" || apdu.type === "confirmed-service-error";
}

/** The result, provided that every element has one. */
export function complete(result: ServiceResult, expected: number): ExchangeStep {
  const received = result.results.length;
  if (received === expected) return { type: "done", result };
  return failed(new RemoteProtocolError(`${received} results for ${expected} requests`, { details: { received, expected } }));
}

export function unexpected(apdu: Apdu, service: string): ExchangeStep {
  return failed(
    new RemoteProtocolError(`${apdu.type} is no answer to ${service}`, { details: { received: apdu.type, expected: service } }),
  );
}

/** True where an APDU may be sent as it is: it fits, or general block transfer cuts it (Green Book 9.4.6.13). */
export function goesWhole(length: number, context: NegotiatedContext): boolean {
  return length <= context.serverMaxReceivePduSize || context.conformance.has("general-block-transfer");
}

export function tooLong(length: number, context: NegotiatedContext, hint: string): ExchangeStep {
  return failed(
    new LocalProtocolError(`the request takes ${length} octets, the meter accepts ${context.serverMaxReceivePduSize}`, { hint }),
  );
}
