import { toHex } from "../../bytes/hex.ts";
import { arrayOf, bitString, enumeration, octetString, structure } from "../../dlms/axdr/data-schemas.ts";
import { dateTime } from "../../dlms/axdr/date-time.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";

const tokenStatus = structure({
  statusCode: enumeration({
    "format-ok": 0,
    "authentication-ok": 1,
    "validation-ok": 2,
    "execution-ok": 3,
    "format-failure": 4,
    "authentication-failure": 5,
    "validation-failure": 6,
    "execution-failure": 7,
    received: 8,
  }),
  dataValue: bitString,
});

/** Token gateway, class 115 version 0 (Blue Book 4.6.5). */
export const TokenGateway = defineClass({
  classId: 115,
  version: 0,
  name: "Token gateway",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    token: attribute(2, octetString, "r", "the last token that was entered", { dynamic: true }),
    tokenTime: attribute(3, dateTime, "r", "when it was entered", { dynamic: true }),
    tokenDescription: attribute(4, arrayOf(octetString), "r", "what it was", { dynamic: true }),
    tokenDeliveryMethod: attribute(5, enumeration({ remote: 0, local: 1, manual: 2 }), "r", "how it came", { dynamic: true }),
    tokenStatus: attribute(6, tokenStatus, "r", "what became of it", { dynamic: true }),
  },
  methods: {
    enter: method(1, octetString, "gives the meter a token"),
  },
});

/** Digits of an STS token. */
const tokenDigits = 20;

/**
 * The digits that a client gives as octets, for which the standard leaves the form open: 20 digits in ASCII, the number of 66
 * bits in 9 octets, or 10 octets of two digits each. What is none of these is handed on as the text that it may be, of which
 * the meter need not keep more than shows that it is no token.
 */
export function tokenText(octets: Uint8Array): string {
  const hex = toHex(octets);
  if (octets.length === 9) return BigInt(`0x${hex}`).toString().padStart(tokenDigits, "0");
  if (octets.length === 10 && /^\d+$/.test(hex)) return hex;
  return String.fromCharCode(...octets.subarray(0, 2 * tokenDigits));
}
