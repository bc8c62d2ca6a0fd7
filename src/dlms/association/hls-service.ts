import { ByteReader } from "../../bytes/byte-reader.ts";
import { DecodeError, RemoteProtocolError } from "../../errors.ts";
import { octetString } from "../axdr/data-schemas.ts";
import { type Apdu, encodeApdu } from "../xdlms/apdu.ts";
import { vaaNames } from "../xdlms/initiate.ts";
import { encodeOctetString } from "./block-payload.ts";
import type { Referencing } from "./negotiation.ts";
import { methodSelector } from "./services.ts";

/*
 * Passes 3 and 4 of high level security as services: reply_to_HLS_authentication of the association object, an ACTION with
 * logical names, a Read with the answer as parameter with short ones (Green Book 9.2.7.4).
 */

const associationLnClass = 15;
const replyMethod = 1;

/** Octets from the base name of Association SN to reply_to_HLS_authentication. */
const replyOffset = 0x58;
const replyName = vaaNames["short-name"] + replyOffset;

/** The association object that every client may call its own: 0.0.40.0.0.255. */
export const currentAssociationName: Uint8Array = Uint8Array.of(0, 0, 40, 0, 0, 255);

/** Pass 3 of a client. */
export function passThreeRequest(referencing: Referencing, response: Uint8Array, associationObject: Uint8Array): Uint8Array {
  const data = encodeOctetString(response);
  return encodeApdu(
    referencing === "short-name"
      ? {
          type: "read-request",
          specifications: [{ type: "parameterized-access", variableName: replyName, selector: methodSelector, parameters: data }],
        }
      : {
          type: "action-request-normal",
          invoke: { invokeId: 0, confirmed: true, highPriority: true, reserved: 0 },
          method: { classId: associationLnClass, logicalName: associationObject, methodId: replyMethod },
          parameter: data,
        },
  );
}

/**
 * The server's answer to our challenge; undefined where it refused ours.
 * @throws RemoteProtocolError for an APDU that is no answer to pass 3, DecodeError
 */
export function passFourOf(apdu: Apdu): Uint8Array | undefined {
  switch (apdu.type) {
    case "action-response-normal":
      return apdu.result === "success" && apdu.returned?.data !== undefined ? octetsOf(apdu.returned.data) : undefined;
    case "read-response": {
      const [result] = apdu.results;
      return result?.type === "data" ? octetsOf(result.data) : undefined;
    }
    case "exception-response":
    case "confirmed-service-error":
      return undefined;
    default:
      throw new RemoteProtocolError(`${apdu.type} is no answer to the authentication`);
  }
}

/** The client's answer to our challenge, where an APDU is pass 3. */
export function passThree(apdu: Apdu): Uint8Array | undefined {
  try {
    if (apdu.type === "action-request-normal") {
      const { method, parameter } = apdu;
      const reply = method.classId === associationLnClass && method.methodId === replyMethod;
      return reply && parameter !== undefined ? octetsOf(parameter) : undefined;
    }
    if (apdu.type !== "read-request" || apdu.specifications.length !== 1) return undefined;
    const [variable] = apdu.specifications;
    return variable?.type === "parameterized-access" && variable.variableName === replyName ? octetsOf(variable.parameters) : undefined;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** Pass 4 of a server. */
export function passFour(request: Apdu, response: Uint8Array): Apdu {
  const data = encodeOctetString(response);
  if (request.type === "action-request-normal") {
    return { type: "action-response-normal", invoke: request.invoke, result: "success", returned: { data } };
  }
  return { type: "read-response", results: [{ type: "data", data }] };
}

/** The answer to a pass 3 that was not right; it tells no more than that. */
export function refusedPassThree(request: Apdu): Apdu {
  if (request.type === "action-request-normal") {
    return { type: "action-response-normal", invoke: request.invoke, result: "other-reason", returned: undefined };
  }
  return { type: "read-response", results: [{ type: "data-access-error", error: "other-reason" }] };
}

function octetsOf(data: Uint8Array): Uint8Array {
  const reader = new ByteReader(data);
  const octets = octetString.read(reader);
  reader.expectEnd("octet-string");
  return octets;
}
