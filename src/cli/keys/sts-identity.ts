import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Frozen } from "../../config/load.ts";
import { resolveSecret, type SecretReference } from "../../config/secret.ts";
import type { VirtualMeterConfig } from "../../config/virtual-meter.ts";
import { ConfigError, DecodeError } from "../../errors.ts";
import type { StsConfig } from "../../meter-model/index.ts";
import {
  type BaseDate,
  DecoderKey,
  decoderKeyLengths,
  deriveDecoderKey,
  type EncryptionAlgorithm,
  type EncryptionCode,
  type KeyType,
  meterPanOf,
  misty1,
  neverExpires,
  nextTokenIdentifier,
  sta,
  staTablesFrom,
  VendingKey,
} from "../../sts/index.ts";

type Sts = Frozen<VirtualMeterConfig>["sts"];

/** The demonstration meter, of which a configuration says what is different. */
const demonstration = {
  drn: "01234567897",
  sgc: 123_456,
  krn: 1,
  kt: 2,
  ti: 1,
  ken: neverExpires,
  ea: 11,
  dkga: 4,
  baseDate: 2014,
} as const;

/**
 * What the meter is in its STS system: undefined for a configuration without any key, whose meter takes no tokens.
 * @param directory that relative files start from
 * @param madeAt ms since 1970: older tokens are none of the meter's
 * @throws ConfigError for a secret that cannot be had, or a number that goes with none
 */
export function stsIdentity(sts: Sts, directory: string, madeAt: number): StsConfig | undefined {
  if (sts.decoderKey === undefined && sts.vendingKey === undefined) return undefined;
  const { drn = demonstration.drn, krn = demonstration.krn, kt = demonstration.kt, ti = demonstration.ti } = sts;
  const { ken = demonstration.ken, sgc = demonstration.sgc, ea = demonstration.ea, dkga = demonstration.dkga } = sts;
  const baseDate: BaseDate = sts.baseDate ?? demonstration.baseDate;
  const encryption: EncryptionCode = ea === 7 ? "07" : "11";
  const identity = { supplyGroupCode: sgc, keyRevisionNumber: krn, keyType: kt as KeyType, tariffIndex: ti };
  const pan = located("sts.drn", () => meterPanOf(drn, sts.iin));
  const decoderKey =
    sts.decoderKey === undefined
      ? located("sts.vendingKey", () =>
          deriveDecoderKey(dkga === 2 ? "02" : "04", VendingKey.from(octetsOf(sts.vendingKey, "sts.vendingKey", directory)), {
            ...identity,
            pan,
            encryption,
            baseDate,
          }),
        )
      : located("sts.decoderKey", () => DecoderKey.from(octetsOf(sts.decoderKey, "sts.decoderKey", directory)));
  if (decoderKey.length !== decoderKeyLengths[encryption]) {
    throw new ConfigError(
      "sts.decoderKey",
      `expected ${decoderKeyLengths[encryption]} octets for EA${encryption}, got ${decoderKey.length}`,
    );
  }
  return {
    pan,
    algorithm: encryption === "11" ? misty1 : staAlgorithm(sts, directory),
    keysExpire: true,
    key: { ...identity, decoderKey: decoderKey.exposeSecret(), keyExpiryNumber: ken },
    firstIdentifier: nextTokenIdentifier(madeAt, baseDate) ?? 0,
  };
}

/** The substitution and permutation tables are the members' of the STS Association; without a file those of the published sample. */
function staAlgorithm({ tables }: Sts, directory: string): EncryptionAlgorithm {
  if (tables === undefined) return sta();
  const path = resolve(directory, tables);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new ConfigError("sts.tables", `${path} cannot be read`, { cause });
  }
  return located("sts.tables", () => sta(staTablesFrom(text)));
}

function octetsOf(reference: SecretReference | undefined, path: string, directory: string): Uint8Array {
  if (reference === undefined) throw new ConfigError(path, "expected a secret, got nothing");
  return resolveSecret(reference, { path, format: "key", environment: process.env, directory }).bytes;
}

/** Says where in the configuration it is that cannot be read. */
function located<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError) throw new ConfigError(path, error.message, { cause: error });
    throw error;
  }
}
