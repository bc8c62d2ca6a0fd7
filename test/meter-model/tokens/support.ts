import type { StsConfig } from "../../../src/meter-model/index.ts";
import {
  type BaseDate,
  type DecoderKey,
  deriveDecoderKey,
  type EncryptionCode,
  encodeToken,
  type KeyIdentity,
  meterPanOf,
  misty1,
  nextTokenIdentifier,
  sta,
  type Token,
  VendingKey,
} from "../../../src/sts/index.ts";

/** The identity of the demonstration meter. */
export const pan = meterPanOf("01234567897");
export const identity: KeyIdentity = { supplyGroupCode: 123_456, keyRevisionNumber: 1, keyType: 2, tariffIndex: 1 };
const vendingKeys = {
  "11": VendingKey.from(Buffer.from("ABABABABABABABAB949494949494949401234567", "hex")),
  "07": VendingKey.from(Buffer.from("ABABABABABABABAB", "hex")),
} as const;
export const baseDate: BaseDate = 2014;

/** Who sells tokens for a meter. */
export class Vendor {
  readonly encryption: EncryptionCode;
  readonly decoderKey: DecoderKey;
  #latest = -1;

  constructor(encryption: EncryptionCode = "11", identityOfKey: KeyIdentity = identity, meter = pan) {
    this.encryption = encryption;
    this.decoderKey = deriveDecoderKey(encryption === "11" ? "04" : "02", vendingKeys[encryption], {
      ...identityOfKey,
      pan: meter,
      encryption,
      baseDate,
    });
  }

  get algorithm() {
    return this.encryption === "11" ? misty1 : sta();
  }

  /** The identifier of the minute of `at`, or the next free one. */
  identifier(at: number): number {
    const identifier = nextTokenIdentifier(at, baseDate, this.#latest);
    if (identifier === undefined) throw new TypeError(`no identifier at ${at}`);
    this.#latest = identifier;
    return identifier;
  }

  encode(token: Token): string {
    return encodeToken(token, this.decoderKey, this.algorithm);
  }

  /** Credit in 0.1 kWh. */
  credit(amount: number, at: number, random = 5): string {
    return this.encode({ service: "transfer-credit-electricity", random, tokenIdentifier: this.identifier(at), amount });
  }
}

/** What a meter of this vendor is built with, made at `at`. */
export function stsConfig(vendor: Vendor, at: number, keyOf: KeyIdentity = identity): StsConfig {
  return {
    pan,
    algorithm: vendor.algorithm,
    keysExpire: true,
    key: { ...keyOf, decoderKey: vendor.decoderKey.exposeSecret(), keyExpiryNumber: 255 },
    firstIdentifier: nextTokenIdentifier(at, baseDate) ?? 0,
  };
}
