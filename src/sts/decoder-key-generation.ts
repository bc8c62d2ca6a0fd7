import { createHmac } from "node:crypto";
import { fromHex } from "../bytes/hex.ts";
import { ConfigError } from "../errors.ts";
import { DecoderKey } from "./decoder-key.ts";
import { encryptDesBlock } from "./des.ts";
import { decoderKeyLengths, type EncryptionCode } from "./encryption-algorithm.ts";
import { checkKeyIdentity, type KeyIdentity } from "./key-identity.ts";
import { keyTypes } from "./key-type.ts";
import type { MeterPan } from "./meter-pan.ts";
import type { BaseDate } from "./token-identifier.ts";
import type { VendingKey } from "./vending-key.ts";

/**
 * The two digits that name a way to derive decoder keys: 02 is DES, 04 is KDF-HMAC-SHA-256. 01 and 03 are withdrawn, and no
 * vector of theirs is published.
 */
export type KeyGenerationCode = "02" | "04";

/** Whose key is derived, and for what. */
export interface KeyDerivation extends KeyIdentity {
  readonly pan: MeterPan;
  readonly encryption: EncryptionCode;
  /** Makes a difference with DKGA04 only. */
  readonly baseDate: BaseDate;
}

/**
 * The decoder key of a meter.
 * @throws ConfigError with the name of the field that is out of range or does not go with the algorithm
 */
export function deriveDecoderKey(algorithm: KeyGenerationCode, vendingKey: VendingKey, derivation: KeyDerivation): DecoderKey {
  checkKeyIdentity(derivation);
  return algorithm === "02" ? byDes(vendingKey, derivation) : byKdf(vendingKey, derivation);
}

/** DKGA02: DES of PANBlock xor CONTROLBlock, xor both the data and the key. */
function byDes(vendingKey: VendingKey, derivation: KeyDerivation): DecoderKey {
  if (vendingKey.length !== 8) throw new ConfigError("vendingKey", "DKGA02 takes a key of 8 octets");
  if (derivation.encryption !== "07") throw new ConfigError("encryption", "DKGA02 makes keys for EA07 only");
  const key = vendingKey.exposeSecret();
  const data = xor(panBlock(derivation), controlBlock(derivation));
  return DecoderKey.from(xor(xor(encryptDesBlock(key, data), data), key));
}

/** Digits 2 to 17 of the PAN, as nibbles; a common key is for every meter of the issuer. */
function panBlock({ pan, keyType }: KeyDerivation): Uint8Array {
  const { issuer, decoderReferenceNumber } = pan;
  const meter = keyType === keyTypes.common ? "0".repeat(decoderReferenceNumber.length) : decoderReferenceNumber;
  return fromHex((issuer + meter).slice(1));
}

function controlBlock({ keyType, supplyGroupCode, tariffIndex, keyRevisionNumber }: KeyDerivation): Uint8Array {
  return fromHex(`${keyType}${decimal(supplyGroupCode, 6)}${decimal(tariffIndex, 2)}${keyRevisionNumber}FFFFFF`);
}

/** DKGA04: the first octets of one HMAC-SHA-256 over labels and context, each behind its length. */
function byKdf(vendingKey: VendingKey, derivation: KeyDerivation): DecoderKey {
  if (vendingKey.length !== 20) throw new ConfigError("vendingKey", "DKGA04 takes a key of 20 octets");
  if (derivation.keyType === keyTypes.common) {
    throw new ConfigError("keyType", "which PAN DKGA04 takes for a common key is not known");
  }
  const length = decoderKeyLengths[derivation.encryption];
  const hmac = createHmac("sha256", vendingKey.exposeSecret()).update(kdfMessage(derivation));
  return DecoderKey.from(hmac.digest().subarray(0, length));
}

/** What DKGA04 puts through its HMAC: public but for what the numbers of the meter are. */
export function kdfMessage(derivation: KeyDerivation): Uint8Array {
  const { encryption, baseDate, pan, supplyGroupCode, keyType, tariffIndex, keyRevisionNumber } = derivation;
  const labels = ["04", decimal(baseDate % 100, 2), encryption, decimal(tariffIndex, 2)];
  const context = [decimal(supplyGroupCode, 6), String(keyType), String(keyRevisionNumber), pan.digits];
  const bits = 8 * decoderKeyLengths[encryption];
  return Buffer.concat([fieldsOf(labels), Uint8Array.of(0), fieldsOf(context), Uint8Array.of(0, 0, 0, bits)]);
}

function fieldsOf(texts: readonly string[]): Uint8Array {
  return Buffer.concat([
    Uint8Array.of(texts.length),
    ...texts.map((text) => Buffer.from(String.fromCharCode(text.length) + text, "latin1")),
  ]);
}

function decimal(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}

function xor(left: Uint8Array, right: Uint8Array): Uint8Array {
  return left.map((octet, index) => octet ^ (right[index] as number));
}
