import { ConfigError } from "../errors.ts";
import {
  type BaseDate,
  type DecoderKey,
  deriveDecoderKey,
  type EncryptionCode,
  type KeyGenerationCode,
  type KeyIdentity,
  type MeterPan,
  neverExpires,
  type VendingKey,
} from "../sts/index.ts";

/** What goes with a vending key and the meters it is for. */
export interface KeyTerms extends KeyIdentity {
  readonly baseDate: BaseDate;
  /** 0 to 255, of which 255 is never. */
  readonly keyExpiryNumber: number;
}

/** The key of one meter, and all that tokens under it need. */
export interface MeterKey extends KeyTerms {
  readonly pan: MeterPan;
  readonly decoderKey: DecoderKey;
}

/**
 * The key of a meter under a vending key.
 * @throws ConfigError with the name of the field that is out of range or does not go with the others
 */
export function meterKeyOf(
  pan: MeterPan,
  encryption: EncryptionCode,
  generation: KeyGenerationCode,
  vendingKey: VendingKey,
  terms: KeyTerms,
): MeterKey {
  const { keyExpiryNumber } = terms;
  if (!Number.isInteger(keyExpiryNumber) || keyExpiryNumber < 0 || keyExpiryNumber > neverExpires) {
    throw new ConfigError("keyExpiryNumber", `expected an integer from 0 to ${neverExpires}, got ${keyExpiryNumber}`);
  }
  return { ...terms, pan, decoderKey: deriveDecoderKey(generation, vendingKey, { ...terms, pan, encryption }) };
}
