import {
  type CaptureBuffer,
  type CreditTerms,
  type CreditUnit,
  hour,
  Meter,
  type MeterConfig,
  type StsConfig,
  second,
  stateCodec,
} from "../../../src/meter-model/index.ts";
import {
  type BaseDate,
  type DecoderKey,
  deriveDecoderKey,
  type EncryptionCode,
  encodeToken,
  type KeyChange,
  type KeyChangeSection,
  type KeyIdentity,
  keyChangeSections,
  meterPanOf,
  misty1,
  neverExpires,
  nextTokenIdentifier,
  sta,
  type Token,
  VendingKey,
} from "../../../src/sts/index.ts";
import { prepaid, start } from "../credit/support.ts";
import { constantLoad, point } from "../support.ts";

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
  readonly keyIdentity: KeyIdentity;
  readonly decoderKey: DecoderKey;
  #latest = -1;

  constructor(encryption: EncryptionCode = "11", identityOfKey: KeyIdentity = identity, meter = pan) {
    this.encryption = encryption;
    this.keyIdentity = identityOfKey;
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

  /** What changes the key to that of another vendor, in the order of the sections. */
  keyChangeSections({ decoderKey, keyIdentity }: Vendor, changes: Partial<KeyChange> = {}): readonly KeyChangeSection[] {
    return keyChangeSections({ ...keyIdentity, decoderKey, keyExpiryNumber: neverExpires, rollover: false, ...changes });
  }

  /** The same as tokens. */
  keyChange(next: Vendor, changes: Partial<KeyChange> = {}): readonly string[] {
    return this.keyChangeSections(next, changes).map((section) => this.encode(section));
  }

  /** Credit in 0.1 kWh. */
  credit(amount: number, at: number, random = 5): string {
    return this.encode({ service: "transfer-credit-electricity", random, tokenIdentifier: this.identifier(at), amount });
  }
}

/** What a meter of this vendor is built with, made at `at`. */
export function stsConfig(vendor: Vendor, at: number): StsConfig {
  return {
    pan,
    algorithm: vendor.algorithm,
    keysExpire: true,
    key: { ...vendor.keyIdentity, decoderKey: vendor.decoderKey.exposeSecret(), keyExpiryNumber: 255 },
    firstIdentifier: nextTokenIdentifier(at, baseDate) ?? 0,
  };
}

/** Without consumption, so that tokens alone change the balance. */
export const idle = constantLoad(point({ current: 0, neutralCurrent: 0, activePower: 0 }));

/** What a test says of the meter of a customer. */
export interface Customer {
  readonly unit?: CreditUnit;
  readonly terms?: Partial<CreditTerms>;
  readonly config?: Partial<MeterConfig>;
  readonly sts?: Partial<StsConfig>;
}

/** A meter of this vendor that is an hour old, without credit and without anything that is lent. */
export function customerOf(vendor: Vendor, { unit = "energy", terms = {}, config = {}, sts = {} }: Customer = {}): Meter {
  const none = { low1: 0, low2: 0, low3: 0, emergencyInitial: 0, emergencyLimit: 0, emergencyLow: 0 };
  const meter = prepaid({ unit, terms: { ...none, ...terms } }, idle, { sts: { ...stsConfig(vendor, start - hour), ...sts }, ...config });
  meter.advance(start + second);
  meter.takeEvents();
  return meter;
}

/** Who sells tokens of the same supply group for another meter. */
export const stranger: Vendor = new Vendor("11", identity, meterPanOf("00000000000"));

/** The meter as it comes back from a store that copies everything. */
export function stored(meter: Meter): Meter {
  const { state, config } = meter;
  const rows = new Map(stateCodec.rowsOf(state));
  const core = structuredClone(stateCodec.core(state));
  const restored = stateCodec.restore(core, (name) => encodedRows(rows.get(name)), stateCodec.blocksOf(state));
  if ("damage" in restored) throw new TypeError(restored.damage);
  return new Meter(config, restored.state, idle);
}

function encodedRows(buffer: CaptureBuffer | undefined): (readonly number[])[] {
  return Array.from({ length: buffer?.length ?? 0 }, (_, index) => stateCodec.encodeRow((buffer as CaptureBuffer).rowAt(index)));
}
