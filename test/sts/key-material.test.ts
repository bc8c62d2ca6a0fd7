import { inspect } from "node:util";
import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { SecurityError } from "../../src/errors.ts";
import { DecoderKey } from "../../src/sts/decoder-key.ts";
import { type KeyChange, keyChangeSections } from "../../src/sts/key-change.ts";
import { KeyPart } from "../../src/sts/key-part.ts";
import { VendingKey } from "../../src/sts/vending-key.ts";
import { expectNoSecrets } from "../support/no-secrets.ts";
import { refusal } from "../support/vectors.ts";
import { algorithms, secretHex } from "./samples.ts";

const decoderOctets = fromHex("C3A5F00D17E2B964D8310E7FA2964C5B");
const vendingOctets = fromHex("7C2FE9D1A80345B6913AC7F00D62D49EB158E377");
const decoderKey = DecoderKey.from(decoderOctets);
const vendingKey = VendingKey.from(vendingOctets);
const part = KeyPart.of(0xc3a5f00d);

const secrets = [decoderOctets, vendingOctets];
/** Each quarter of the decoder key in hex, as a number, and as a list of octets. */
const quarters = [0, 4, 8, 12].flatMap((start) => {
  const octets = decoderOctets.slice(start, start + 4);
  return [toHex(octets).toLowerCase(), String(new DataView(octets.buffer).getUint32(0)), octets.join(",")];
});

/** Everything that a log, a debugger or a serialiser makes of a value. */
function printed(value: object): string {
  const shown = [inspect(value, { depth: 9, showHidden: true, getters: true }), JSON.stringify(value), `${[Object.entries(value)]}`];
  return [...shown, String(value), ...Reflect.ownKeys(value).map(String)].join("\n");
}

describe("key material", () => {
  it("is not printed, on its own or inside of something", () => {
    const change: KeyChange = {
      decoderKey,
      keyExpiryNumber: 255,
      keyRevisionNumber: 1,
      keyType: 2,
      tariffIndex: 1,
      rollover: false,
      supplyGroupCode: 1,
    };
    for (const value of [decoderKey, vendingKey, part, change, { nested: [decoderKey, { vendingKey }] }, ...keyChangeSections(change)]) {
      const text = printed(value);
      expectNoSecrets(value.constructor.name, text, secrets);
      expect(quarters.filter((quarter) => text.replace(/\s/g, "").toLowerCase().includes(quarter))).to.deep.equal([]);
    }
    expect(printed(decoderKey)).to.include("DecoderKey(16)");
    expect(printed(vendingKey)).to.include("VendingKey(20)");
    expect(printed(part)).to.include("KeyPart");
  });

  it("is not in the message of an error", () => {
    let caught: unknown;
    try {
      algorithms["07"].cipher(decoderKey);
    } catch (error) {
      caught = error;
    }
    expect(caught).to.be.instanceOf(SecurityError);
    expectNoSecrets("suite-mismatch", printed(caught as SecurityError), secrets);
  });

  it("is copied when it goes in and when it comes out", () => {
    const octets = decoderOctets.slice();
    const key = DecoderKey.from(octets);
    octets.fill(0);
    key.exposeSecret().fill(0);
    expect(key.exposeSecret()).to.deep.equal(decoderOctets);
  });

  it("is equal to the same octets and to nothing else", () => {
    expect(decoderKey.equals(DecoderKey.from(decoderOctets))).to.equal(true);
    expect(decoderKey.equals(DecoderKey.from(decoderOctets.with(15, 0)))).to.equal(false);
    expect(decoderKey.equals(DecoderKey.from(decoderOctets.slice(0, 8)))).to.equal(false);
  });

  it("has the lengths of the standard", () => {
    const taken = (from: (octets: Uint8Array) => unknown) =>
      Array.from({ length: 40 }, (_, length) => length).filter(
        (length) => refusal(() => from(new Uint8Array(length).fill(1))) === undefined,
      );
    expect(taken(DecoderKey.from)).to.deep.equal([8, 16]);
    expect(taken(VendingKey.from)).to.deep.equal([8, 20]);
  });

  it("for DES has odd parity in every octet", () => {
    expect(refusal(() => VendingKey.from(fromHex("0123456789ABCDEF")))).to.equal(undefined);
    for (let octet = 0; octet < 8; octet++) {
      const even = fromHex("0123456789ABCDEF");
      even[octet] = (even[octet] as number) ^ 1;
      expect(refusal(() => VendingKey.from(even))).to.equal("check-failed");
    }
  });

  it("as a part is the number it was made of", () => {
    expect([0, 1, 0x8000_0000, 0xffff_ffff].map((value) => secretHex(KeyPart.of(value)))).to.deep.equal([
      "00000000",
      "00000001",
      "80000000",
      "FFFFFFFF",
    ]);
  });
});
