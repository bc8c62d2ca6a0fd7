import type { ByteReader } from "../../bytes/byte-reader.ts";
import { DecodeError } from "../../errors.ts";
import {
  type DerElement,
  der,
  derBitString,
  derObjectIdentifier,
  derTags,
  derUnsigned,
  readDer,
  readObjectIdentifier,
  readOctetsOfBitString,
  readWholeDer,
} from "./certificate-der.ts";
import { type Curve, curves } from "./curve.ts";
import type { PrivateKey } from "./private-key.ts";
import type { PublicKey } from "./public-key.ts";
import { sign, verifySignature } from "./signature.ts";

/** ecdsa-with-SHA256 and ecdsa-with-SHA384 by the curve of the key that signs (RFC 5758 3.2). */
const algorithms = { "P-256": "2A8648CE3D040302", "P-384": "2A8648CE3D040303" } as const satisfies Record<Curve, string>;

/** What certificates and certificate requests have in common: a signature over a part of their own (RFC 5280 4.1.1). */
export interface SignedDer {
  /** The part that is signed, with its identifier and length. */
  readonly content: DerElement;
  /** AlgorithmIdentifier in DER. */
  readonly algorithm: Uint8Array;
  readonly curve: Curve;
  /** In DER, unlike the signatures of APDUs. */
  readonly signature: Uint8Array;
}

/** @throws DecodeError, `out-of-range` for a signature of another algorithm than ECDSA with the hash of its curve */
export function readSigned(octets: Uint8Array, what: string): SignedDer {
  const { content: reader } = readWholeDer(octets, what, derTags.sequence);
  const content = readDer(reader, what, derTags.sequence);
  const algorithm = readDer(reader, what, derTags.sequence);
  const curve = curveOf(algorithm.content, what);
  const signature = readOctetsOfBitString(reader, what);
  reader.expectEnd(what);
  return { content, algorithm: algorithm.octets, curve, signature };
}

function curveOf(reader: ByteReader, what: string): Curve {
  const offset = reader.offset;
  const identifier = readObjectIdentifier(reader, what);
  reader.expectEnd(what);
  const curve = (Object.keys(algorithms) as Curve[]).find((candidate) => algorithms[candidate] === identifier);
  if (curve === undefined) throw new DecodeError("out-of-range", what, offset, `${what}: neither ECDSA with SHA-256 nor with SHA-384`);
  return curve;
}

/** True where the signature is of this key. */
export function isSignedBy({ content, curve, signature }: SignedDer, key: PublicKey): boolean {
  return key.curve === curve && verifySignature(key, content.octets, signature);
}

/** AlgorithmIdentifier of what a key signs. */
export function signatureAlgorithm(curve: Curve): Uint8Array {
  return der(derTags.sequence, derObjectIdentifier(algorithms[curve]));
}

/** `content` with its signature. */
export function signDer(key: PrivateKey, content: Uint8Array): Uint8Array {
  const { coordinateLength } = curves[key.curve];
  const signature = sign(key, content);
  const [r, s] = [signature.subarray(0, coordinateLength), signature.subarray(coordinateLength)];
  const pair = der(derTags.sequence, derUnsigned(r), derUnsigned(s));
  return der(derTags.sequence, content, signatureAlgorithm(key.curve), derBitString(pair));
}
