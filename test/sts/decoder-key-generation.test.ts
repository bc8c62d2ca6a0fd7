import { createHmac } from "node:crypto";
import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { ConfigError } from "../../src/errors.ts";
import { deriveDecoderKey, type KeyDerivation, kdfMessage } from "../../src/sts/decoder-key-generation.ts";
import { encryptDesBlock } from "../../src/sts/des.ts";
import { meterPanOf } from "../../src/sts/meter-pan.ts";
import { VendingKey } from "../../src/sts/vending-key.ts";
import { secretHex } from "./samples.ts";

const desKey = VendingKey.from(fromHex("133457799BBCDFF1"));
const kdfKey = VendingKey.from(Uint8Array.from({ length: 20 }, (_, index) => index));

const derivation: KeyDerivation = {
  pan: meterPanOf("47123456783"),
  supplyGroupCode: 1_234,
  keyType: 2,
  tariffIndex: 7,
  keyRevisionNumber: 3,
  encryption: "07",
  baseDate: 2014,
};

function xor(...values: readonly string[]): string {
  return values
    .reduce((sum, value) => sum ^ BigInt(`0x${value}`), 0n)
    .toString(16)
    .padStart(16, "0")
    .toUpperCase();
}

describe("DKGA02", () => {
  it("stands on DES as FIPS 46 has it", () => {
    expect(toHex(encryptDesBlock(fromHex("133457799BBCDFF1"), fromHex("0123456789ABCDEF")))).to.equal("85E813540F0AB405");
  });

  it("enciphers PANBlock xor CONTROLBlock, and adds both that and the key", () => {
    const data = xor("0072747123456783", "2001234073FFFFFF");
    const expected = xor(toHex(encryptDesBlock(desKey.exposeSecret(), fromHex(data))), data, "133457799BBCDFF1");
    expect(secretHex(deriveDecoderKey("02", desKey, derivation))).to.equal(expected);
  });

  it("takes three digits of the issuer where the decoder reference number has thirteen", () => {
    const data = xor("0000100000000008", "2001234073FFFFFF");
    const expected = xor(toHex(encryptDesBlock(desKey.exposeSecret(), fromHex(data))), data, "133457799BBCDFF1");
    expect(secretHex(deriveDecoderKey("02", desKey, { ...derivation, pan: meterPanOf("0100000000008") }))).to.equal(expected);
  });

  it("makes one common key for all meters of a group, and a key of its own for each otherwise", () => {
    const [one, other] = [meterPanOf("47123456783"), meterPanOf("11111111115")];
    const made = ([2, 3] as const).map((keyType) =>
      [one, other].map((pan) => secretHex(deriveDecoderKey("02", desKey, { ...derivation, pan, keyType }))),
    );
    expect(made[0]?.[0]).not.to.equal(made[0]?.[1]);
    expect(made[1]?.[0]).to.equal(made[1]?.[1]);
  });
});

describe("DKGA04", () => {
  it("puts labels and context through one HMAC, each behind its length", () => {
    const labels = "04 02 3034 02 3134 02 3037 02 3037";
    const context = "04 06 303031323334 01 32 01 33 12 363030373237343731323334353637383334";
    expect(derivation.pan.digits).to.equal("600727471234567834");
    expect(toHex(kdfMessage(derivation))).to.equal(toHex(fromHex(`${labels} 00 ${context} 00000040`)));
  });

  it("takes as many of the first octets as the algorithm has", () => {
    for (const [encryption, length] of [
      ["07", 8],
      ["11", 16],
    ] as const) {
      const made = { ...derivation, encryption };
      const hmac = createHmac("sha256", kdfKey.exposeSecret()).update(kdfMessage(made)).digest();
      expect(secretHex(deriveDecoderKey("04", kdfKey, made))).to.equal(toHex(hmac.subarray(0, length)));
    }
  });

  it("makes another key of every number that goes in", () => {
    const variants: readonly Partial<KeyDerivation>[] = [
      {},
      { pan: meterPanOf("11111111115") },
      { supplyGroupCode: 1_235 },
      { keyType: 1 },
      { tariffIndex: 8 },
      { keyRevisionNumber: 4 },
      { baseDate: 1993 },
      { baseDate: 2035 },
    ];
    const keys = variants.map((variant) => secretHex(deriveDecoderKey("04", kdfKey, { ...derivation, ...variant })));
    expect(new Set(keys).size).to.equal(variants.length);
  });
});

describe("the generation of decoder keys", () => {
  it("is refused by name for what does not go together", () => {
    const wrong = [
      ["02", kdfKey, {}, "vendingKey"],
      ["04", desKey, {}, "vendingKey"],
      ["02", desKey, { encryption: "11" }, "encryption"],
      ["04", kdfKey, { keyType: 3 }, "keyType"],
      ["04", kdfKey, { supplyGroupCode: 1_000_000 }, "supplyGroupCode"],
      ["04", kdfKey, { keyRevisionNumber: 0 }, "keyRevisionNumber"],
      ["02", desKey, { tariffIndex: 100 }, "tariffIndex"],
    ] as const;
    for (const [code, key, part, path] of wrong) {
      expect(() => deriveDecoderKey(code, key, { ...derivation, ...part }), path)
        .to.throw(ConfigError)
        .with.property("path", path);
    }
  });
});
