import { decodeAarq, encodeAarq, encodeRlrq } from "../../../src/dlms/acse/codec.ts";
import { decipherUnverified, unprotect } from "../../../src/dlms/security/apdu-cipher.ts";
import { type CipheredApdu, protectApdu, readCipheredApdu } from "../../../src/dlms/security/ciphered-apdu.ts";
import { SecretKey } from "../../../src/dlms/security/secret-key.ts";
import { decodeApdu, encodeApdu } from "../../../src/dlms/xdlms/apdu.ts";
import { apduTags } from "../../../src/dlms/xdlms/tags.ts";
import { DecodeError, SecurityError } from "../../../src/errors.ts";
import { clientTitle, keys } from "../../dlms/association/secure-pair.ts";
import type { ApduFault } from "./harness.ts";

/** What a faulty device makes of a ciphered request that a sound one refuses: the plain APDU, or nothing. */
export type Forgiving = (apdu: CipheredApdu, front: Front) => Uint8Array | undefined;

export const exceptionResponse = encodeApdu({
  type: "exception-response",
  stateError: "service-not-allowed",
  serviceError: "other-reason",
});

export const counterIn = (content: Uint8Array): number => new DataView(content.buffer, content.byteOffset).getUint32(1);

const bothWays = { authenticated: true, encrypted: true, broadcast: false, compressed: false } as const;
export const options = { key: keys.global(0), authenticationKey: keys.authentication(0), systemTitle: clientTitle };

/** Opens with a tag that is right, under any suite with these keys. */
export const opened = (content: Uint8Array, title = clientTitle, key = options.key): Uint8Array | undefined => {
  try {
    return unprotect({ ...options, key }, title, content).plain;
  } catch (error) {
    if (error instanceof SecurityError || error instanceof DecodeError) return undefined;
    throw error;
  }
};

/** Opens and asks for no tag. */
export const deciphered = (content: Uint8Array, key = options.key): Uint8Array | undefined => {
  const plain = decipherUnverified({ ...options, key }, clientTitle, content).plain;
  return plain[0] === apduTags["get-request"].plain || plain[0] === apduTags["set-request"].plain ? Uint8Array.from(plain) : undefined;
};

/** What else is wrong. */
interface Besides {
  /** Takes any RLRQ for the client's. */
  readonly rlrq?: boolean;
  /** False for a dedicated key that is passed over. */
  readonly dedicatedKey?: (key: Uint8Array) => boolean;
  /** Says no to what it forgave and carried out. */
  readonly refuseAfter?: boolean;
  /** Takes requests in clear. */
  readonly inClear?: boolean;
}

/** Stands in front of a sound meter of suite 0 as a part of it that has its keys, and lets through what the fault forgives. */
export class Front implements ApduFault {
  /** Of the association that stands, then of those before. */
  readonly dedicatedKeys: SecretKey[] = [];
  dedicated = false;
  /** Nobody is let in with a counter below it. */
  lowest = 0;
  readonly #forgive: Forgiving;
  readonly #also: Besides;
  #counter = 1_000_000;
  #highest = -1;
  #forgiven = false;

  constructor(forgive: Forgiving, also: Besides = {}) {
    this.#forgive = forgive;
    this.#also = also;
  }

  readonly request = (apdu: Uint8Array): { readonly forward: Uint8Array } | { readonly answer: Uint8Array | undefined } => {
    this.#forgiven = false;
    if (apdu[0] === apduTags.aarq.plain) return this.#aarq(apdu);
    if (apdu[0] === apduTags.rlrq.plain) {
      const initiate = Uint8Array.of(1, 0, 0, 0, 6, 0x5f, 0x1f, 4, 0, 0xff, 0xff, 0xff, 0xff, 0xff);
      return { forward: this.#also.rlrq === true ? encodeRlrq({ reason: 0, userInformation: this.#seal(initiate) }) : apdu };
    }
    if (this.#also.inClear === true && (apdu[0] === 0xc0 || apdu[0] === 0xc1)) return { forward: this.#seal(apdu) };
    if ((apdu[0] as number) < 0xc8) return { forward: apdu };
    const ciphered = readCipheredApdu(apdu);
    const plain = this.#sound(ciphered);
    if (plain !== undefined) return { forward: this.#seal(plain) };
    const forgiven = this.#forgive(ciphered, this);
    if (forgiven === undefined) return ciphered.form === "dedicated" ? { forward: apdu } : { answer: exceptionResponse };
    this.#forgiven = true;
    return { forward: this.#seal(forgiven) };
  };

  readonly answer = (apdu: Uint8Array): Uint8Array | undefined =>
    this.#forgiven && this.#also.refuseAfter === true ? exceptionResponse : apdu;

  /** What a sound device takes: right tag, suite and title, both protections, a counter above the last. */
  #sound({ content, form, systemTitle }: CipheredApdu): Uint8Array | undefined {
    if (form !== "global" || systemTitle !== undefined || content[0] !== 0x30) return undefined;
    const plain = opened(content);
    const counter = counterIn(content);
    if (plain === undefined || counter <= this.#highest || counter < this.lowest) return undefined;
    this.#highest = counter;
    return plain;
  }

  #aarq(apdu: Uint8Array): { readonly forward: Uint8Array } | { readonly answer: Uint8Array | undefined } {
    const aarq = decodeAarq(apdu);
    const content = readCipheredApdu(aarq.userInformation ?? apdu).content;
    if (counterIn(content) < this.lowest) return { answer: undefined };
    const plain = opened(content);
    if (plain === undefined) return { forward: apdu };
    const initiate = decodeApdu(plain);
    if (initiate.type !== "initiate-request") return { forward: apdu };
    this.#highest = Math.max(this.#highest, counterIn(content));
    let { dedicatedKey } = initiate;
    this.dedicated = dedicatedKey !== undefined;
    if (dedicatedKey !== undefined && this.#also.dedicatedKey?.(dedicatedKey) === false) dedicatedKey = undefined;
    if (dedicatedKey?.length === 16) this.dedicatedKeys.unshift(SecretKey.from(dedicatedKey));
    return { forward: encodeAarq({ ...aarq, userInformation: this.#seal(encodeApdu({ ...initiate, dedicatedKey })) }) };
  }

  #seal(plain: Uint8Array): Uint8Array {
    return protectApdu("global", options, { suite: 0, ...bothWays }, this.#counter++, plain);
  }
}
