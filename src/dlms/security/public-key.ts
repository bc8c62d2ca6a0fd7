import { createPublicKey, type KeyObject } from "node:crypto";
import { DecodeError } from "../../errors.ts";
import { type Curve, curveOfCoordinate, curves } from "./curve.ts";
import { keepKeyObject, keyObjectOf } from "./key-object.ts";

/** A public key of a signature or a key agreement: a point that has been proven to lie on its curve. */
export class PublicKey {
  readonly curve: Curve;
  /** X and Y, 64 or 96 octets, as DLMS/COSEM carries keys. */
  readonly octets: Uint8Array;

  private constructor(curve: Curve, octets: Uint8Array, key: KeyObject) {
    this.curve = curve;
    this.octets = octets;
    keepKeyObject(this, key);
  }

  /**
   * The key with these coordinates, X then Y; the length tells the curve. The octets are copied.
   * @throws DecodeError `bad-length`, or `out-of-range` for a point that is not on the curve
   */
  static from(octets: Uint8Array): PublicKey {
    const curve = curveOfCoordinate(octets.length / 2);
    if (curve === undefined) throw new DecodeError("bad-length", "public key", 0, `public key: 64 or 96 octets, not ${octets.length}`);
    const copy = Uint8Array.from(octets);
    const { coordinateLength } = curves[curve];
    const jwk = { kty: "EC", crv: curve, x: base64url(copy.subarray(0, coordinateLength)), y: base64url(copy.subarray(coordinateLength)) };
    try {
      // OpenSSL refuses points beside the curve, with which a peer could draw a static key out (invalid curve attack).
      return new PublicKey(curve, copy, createPublicKey({ key: jwk, format: "jwk" }));
    } catch {
      throw new DecodeError("out-of-range", "public key", 0, `public key: no point of ${curve}`);
    }
  }

  /**
   * The key of a SubjectPublicKeyInfo in DER, as certificates contain it.
   * @throws DecodeError `bad-tag` for anything else, or `out-of-range` for another curve
   */
  static fromSpki(der: Uint8Array): PublicKey {
    let key: KeyObject;
    try {
      key = createPublicKey({ key: Buffer.from(der), format: "der", type: "spki" });
    } catch {
      throw new DecodeError("bad-tag", "public key", 0, "public key: no SubjectPublicKeyInfo");
    }
    return PublicKey.from(coordinatesOf(key));
  }

  /** Whether both are the same point. */
  equals(other: PublicKey): boolean {
    return keyObjectOf(this).equals(keyObjectOf(other));
  }
}

/**
 * X and Y of a key.
 * @throws DecodeError `out-of-range` when it is not of one of the curves
 */
export function coordinatesOf(key: KeyObject): Uint8Array {
  const { crv, x = "", y = "" } = key.asymmetricKeyType === "ec" ? key.export({ format: "jwk" }) : {};
  if (crv === undefined || !(crv in curves)) throw new DecodeError("out-of-range", "key", 0, "key: neither of P-256 nor of P-384");
  return Uint8Array.from(Buffer.concat([Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]));
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
