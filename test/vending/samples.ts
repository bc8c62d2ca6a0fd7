import { fromHex } from "../../src/bytes/hex.ts";
import { ConfigError } from "../../src/errors.ts";
import { type EncryptionCode, type KeyGenerationCode, parseMeterNumber, VendingKey } from "../../src/sts/index.ts";
import { type KeyTerms, type MeterKey, meterKeyOf } from "../../src/vending/index.ts";

/** The vending key of the demonstration. */
export const vendingKeyHex = "ABABABABABABABAB949494949494949401234567";

/** The decoder reference number of the demonstration's meter, and another. */
export const meterNumber = "01234567897";
export const otherMeterNumber = "01000000016";

export const terms: KeyTerms = {
  supplyGroupCode: 123_456,
  keyRevisionNumber: 1,
  keyType: 2,
  tariffIndex: 1,
  baseDate: 2014,
  keyExpiryNumber: 255,
};

export const noon: number = Date.UTC(2026, 10, 22, 12);
export const minute = 60_000;

export interface KeySample {
  readonly number?: string;
  readonly encryption?: EncryptionCode;
  readonly generation?: KeyGenerationCode;
  readonly key?: string;
}

/** The key of the demonstration's meter, or one that differs in something. */
export function meterKey(
  changes: Partial<KeyTerms> = {},
  { number = meterNumber, encryption = "11", generation = "04", key = vendingKeyHex }: KeySample = {},
): MeterKey {
  return meterKeyOf(parseMeterNumber(number), encryption, generation, VendingKey.from(fromHex(key)), { ...terms, ...changes });
}

/** The path of the ConfigError an action throws. */
export function refusedPath(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ConfigError) return error.path;
    throw error;
  }
  throw new TypeError("nothing was refused");
}
