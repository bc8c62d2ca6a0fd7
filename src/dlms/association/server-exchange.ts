import type { Apdu } from "../xdlms/apdu.ts";
import type { ConformanceName } from "../xdlms/conformance.ts";
import type { NegotiatedContext } from "./negotiation.ts";
import type { ProtectionLevel } from "./protection.ts";
import type { ServiceRequest, ServiceResult } from "./services.ts";

/** What one APDU of a request leads to. */
export type ServerStep =
  /**
   * A service to carry out; `respond` makes the answer of its result, or nothing where none is due. The blocks that follow
   * the answer are `needed` to be protected like it.
   */
  | {
      readonly type: "indication";
      readonly request: ServiceRequest;
      readonly respond: (result: ServiceResult, needed: ProtectionLevel) => Uint8Array | undefined;
    }
  /** An answer that needs no service; a block is `needed` to be protected like the answer that it is of. */
  | { readonly type: "answer"; readonly apdu: Apdu; readonly needed?: ProtectionLevel }
  /** Not part of what was negotiated. */
  | { readonly type: "not-negotiated" }
  /** Nothing that a server takes, or could answer. */
  | { readonly type: "unexpected" };

/** The server's side of some services, with their blocks. */
export interface ServerExchange {
  receive(apdu: Apdu): ServerStep;
}

export function negotiated(context: NegotiatedContext, names: readonly ConformanceName[]): boolean {
  return names.every((name) => context.conformance.has(name));
}

/** True where an APDU may be sent as it is: it fits, or general block transfer cuts it (Green Book 9.4.6.13). */
export function goesWhole(length: number, context: NegotiatedContext): boolean {
  return length <= context.clientMaxReceivePduSize || context.conformance.has("general-block-transfer");
}
