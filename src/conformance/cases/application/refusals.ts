import { type Apdu, decodeApdu, encodeApdu } from "../../../dlms/xdlms/apdu.ts";
import type { Reaction } from "../../reaction.ts";
import { type Answer, describeAnswer, isSuccess, logicalDeviceNameValue } from "../../test-association.ts";
import { fail } from "../../verdict.ts";

/** How requests of this tester are numbered. */
export const invoke = { invokeId: 1, confirmed: true, highPriority: true, reserved: 0 } as const;

/** GET of the logical device name, which any client may read. */
export const readDeviceName: Uint8Array = encodeApdu({
  type: "get-request-normal",
  invoke,
  attribute: logicalDeviceNameValue,
  selection: undefined,
});

/** Silence, the end of the connection and an APDU that refuses are lawful; anything that serves fails. */
export function mayRefuse(reaction: Reaction, what: string): void {
  if (reaction.type !== "apdu") return;
  mustRefuse(decodeApdu(reaction.apdu), what);
}

/** The device answers, and says no. */
export function mustRefuse(answer: Answer, what: string): void {
  if (isRefusal(answer)) return;
  fail(isSuccess(answer) ? `${what} is served` : `${what} is answered by ${describeAnswer(answer)}`);
}

/** An answer that says no, whichever way the service has for it. */
export function isRefusal(answer: Answer | Apdu): boolean {
  switch (answer.type) {
    case "exception-response":
    case "confirmed-service-error":
      return true;
    case "get-response-normal":
    case "set-response-normal":
    case "action-response-normal":
    case "read-response":
    case "write-response":
      return !isSuccess(answer);
    default:
      return false;
  }
}
