import { createECDH, createPrivateKey, type KeyObject } from "node:crypto";
import { toHex } from "../../bytes/hex.ts";
import { DecodeError, InvariantError } from "../../errors.ts";
import { type Curve, curveOfCoordinate, curves } from "./curve.ts";
import { keyObjectOf } from "./key-object.ts";
import { Opaque } from "./opaque.ts";
import { coordinatesOf, PublicKey } from "./public-key.ts";

/** How often {@link PrivateKey.generate} draws: a good source is refused once in 2^32 (P-256), so the end tells a broken one. */
const attempts = 16;

/** A private key of a signature or a key agreement, which does not print or serialise. */
export class PrivateKey extends Opaque {
  readonly curve: Curve;
  readonly publicKey: PublicKey;

  private constructor(publicKey: PublicKey, key: KeyObject) {
    super(key);
    this.curve = publicKey.curve;
    this.publicKey = publicKey;
  }

  /**
   * The key with this scalar, 32 or 48 octets; the length tells the curve.
   * @throws DecodeError `bad-length`, or `out-of-range` for 0 and for what is not below the order of the curve
   */
  static from(scalar: Uint8Array): PrivateKey {
    const curve = curveOfCoordinate(scalar.length);
    if (curve === undefined) throw new DecodeError("bad-length", "private key", 0, `private key: 32 or 48 octets, not ${scalar.length}`);
    if (!isScalar(curve, scalar)) throw new DecodeError("out-of-range", "private key", 0);
    const ecdh = createECDH(curves[curve].openssl);
    ecdh.setPrivateKey(scalar);
    // Without the leading 04 that marks an uncompressed point.
    const point = ecdh.getPublicKey().subarray(1);
    const { coordinateLength } = curves[curve];
    const [x, y] = [point.subarray(0, coordinateLength), point.subarray(coordinateLength)];
    const jwk = {
      kty: "EC",
      crv: curve,
      x: x.toString("base64url"),
      y: y.toString("base64url"),
      d: Buffer.from(scalar).toString("base64url"),
    };
    return new PrivateKey(PublicKey.from(point), createPrivateKey({ key: jwk, format: "jwk" }));
  }

  /**
   * The key of a PrivateKeyInfo (PKCS #8) in DER, as key files contain it.
   * @throws DecodeError `bad-tag` for anything else, or `out-of-range` for another curve
   */
  static fromPkcs8(der: Uint8Array): PrivateKey {
    let key: KeyObject;
    try {
      key = createPrivateKey({ key: Buffer.from(der), format: "der", type: "pkcs8" });
    } catch {
      throw new DecodeError("bad-tag", "private key", 0, "private key: no PKCS #8");
    }
    return new PrivateKey(PublicKey.from(coordinatesOf(key)), key);
  }

  /**
   * A new key, by testing candidates (NIST FIPS 186-4 B.4.2).
   * @param random a cryptographically secure source of so many octets
   * @throws InvariantError when the source is broken
   */
  static generate(curve: Curve, random: (length: number) => Uint8Array): PrivateKey {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const scalar = random(curves[curve].coordinateLength);
      if (isScalar(curve, scalar)) return PrivateKey.from(scalar);
    }
    throw new InvariantError("the source of randomness gives no private key");
  }

  /** A copy of the scalar, for storing a key that was generated; everyone else hands the object on. */
  exposeSecret(): Uint8Array {
    return Uint8Array.from(Buffer.from(keyObjectOf(this).export({ format: "jwk" }).d ?? "", "base64url"));
  }

  override toString(): string {
    return `PrivateKey(${this.curve})`;
  }
}

function isScalar(curve: Curve, octets: Uint8Array): boolean {
  if (octets.length !== curves[curve].coordinateLength) return false;
  const value = BigInt(`0x${toHex(octets)}`);
  return value > 0n && value < curves[curve].order;
}
