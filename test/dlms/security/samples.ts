import { expect } from "chai";
import { fromHex } from "../../../src/bytes/hex.ts";
import type { CipherOptions } from "../../../src/dlms/security/apdu-cipher.ts";
import { SecretKey } from "../../../src/dlms/security/secret-key.ts";
import { DecodeError, SecurityError } from "../../../src/errors.ts";
import { loadVectors, type Vector } from "../../support/vectors.ts";

/** A vector with the keys it is made from, all as hex. */
export interface SecurityVector extends Vector {
  readonly keys?: Readonly<Record<string, string>>;
  readonly expect?: Readonly<Record<string, string>>;
}

const vectors = new Map(
  [...loadVectors<SecurityVector>("security.json"), ...loadVectors<SecurityVector>("key-agreement.json")].map((v) => [v.name, v]),
);

/** The octets of a vector, and those of its keys and results by name. */
export function vector(name: string) {
  const found = vectors.get(name);
  expect(found, name).to.not.equal(undefined);
  const { hex, keys, expect: results } = found as SecurityVector;
  const octets = (source: Readonly<Record<string, string>> | undefined, field: string): Uint8Array => {
    expect(source, `${name}: ${field}`).to.have.property(field);
    return fromHex(source?.[field] as string);
  };
  return { bytes: fromHex(hex), key: (field: string) => octets(keys, field), result: (field: string) => octets(results, field) };
}

export const client = fromHex("4D4D4D0000000001");
export const server = fromHex("4D4D4D0000BC614E");
export const encryptionKey = SecretKey.from(fromHex("000102030405060708090A0B0C0D0E0F"));
export const authenticationKey = SecretKey.from(fromHex("D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF"));
export const otherKey = SecretKey.from(fromHex("101112131415161718191A1B1C1D1E1F"));
export const longKey = SecretKey.from(vector("glo-get-suite2-computed").key("guek"));
export const longAuthenticationKey = SecretKey.from(vector("glo-get-suite2-computed").key("gak"));

/** The options of the Green Book's examples, seen from either side since only the originator's title counts. */
export const options: CipherOptions = { key: encryptionKey, authenticationKey, systemTitle: server };
export const longOptions: CipherOptions = { key: longKey, authenticationKey: longAuthenticationKey, systemTitle: server };

/** GET of the clock's time. */
export const getRequest = fromHex("C0010000080000010000FF0200");

/** Octets that count up from `start`: a source of "randomness" that gives something else each time. */
export function counting(start = 1): (length: number) => Uint8Array {
  let next = start;
  return (length) => Uint8Array.from({ length }, () => next++ & 0xff);
}

/** The code with which an action is refused; anything but `SecurityError` and `DecodeError` is passed on. */
export function refusalOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    if (error instanceof SecurityError || error instanceof DecodeError) return error.code;
    throw error;
  }
  return undefined;
}

/** Asserts that `open` refuses every beginning of `bytes`, and `bytes` with any bit inverted or an octet too many. */
export function expectNoDamageAccepted(bytes: Uint8Array, open: (bytes: Uint8Array) => unknown): void {
  for (let end = 0; end < bytes.length; end++)
    expect(
      refusalOf(() => open(bytes.slice(0, end))),
      `first ${end} octets`,
    ).to.be.a("string");
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const damaged = bytes.slice();
    damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
    expect(
      refusalOf(() => open(damaged)),
      `octet ${bit >> 3}, bit ${bit & 7} inverted`,
    ).to.be.a("string");
  }
  expect(
    refusalOf(() => open(Uint8Array.of(...bytes, 0))),
    "an octet too many",
  ).to.be.a("string");
}
