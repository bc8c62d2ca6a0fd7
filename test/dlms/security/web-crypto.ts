import { toHex } from "../../../src/bytes/hex.ts";

/*
 * A second implementation of what the suites need, over WebCrypto: no vectors are published for suite 2. It shares no code
 * with src, and takes and gives octets only.
 */

const { subtle } = globalThis.crypto;

type Bytes = Uint8Array<ArrayBuffer>;

const own = (bytes: Uint8Array): Bytes => Uint8Array.from(bytes);

/** AES-GCM with a tag of 96 bits: cipher text, then the tag. */
export async function sealGcm(key: Uint8Array, iv: Uint8Array, additionalData: Uint8Array, plain: Uint8Array): Promise<Uint8Array> {
  const handle = await subtle.importKey("raw", own(key), "AES-GCM", false, ["encrypt"]);
  const parameters = { name: "AES-GCM", iv: own(iv), additionalData: own(additionalData), tagLength: 96 };
  return new Uint8Array(await subtle.encrypt(parameters, handle, own(plain)));
}

export type NamedCurve = "P-256" | "P-384";

const hashOf = { "P-256": "SHA-256", "P-384": "SHA-384" } as const;
const coordinateOf = { "P-256": 32, "P-384": 48 } as const;

/** A key pair of WebCrypto as the octets that DLMS/COSEM carries. */
export interface OctetKeyPair {
  readonly curve: NamedCurve;
  /** Scalar. */
  readonly privateKey: Uint8Array;
  /** X and Y. */
  readonly publicKey: Uint8Array;
}

/** A new pair for signatures or key agreement. */
export async function newKeyPair(curve: NamedCurve): Promise<OctetKeyPair> {
  const pair = await subtle.generateKey({ name: "ECDSA", namedCurve: curve }, true, ["sign", "verify"]);
  const { d = "", x = "", y = "" } = await subtle.exportKey("jwk", pair.privateKey);
  const octets = (text: string) => Uint8Array.from(Buffer.from(text, "base64url"));
  return { curve, privateKey: octets(d), publicKey: Uint8Array.of(...octets(x), ...octets(y)) };
}

function jwkOf({ curve, privateKey, publicKey }: OctetKeyPair, withPrivate: boolean) {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
  const half = coordinateOf[curve];
  const d = withPrivate ? { d: text(privateKey) } : {};
  return { kty: "EC", crv: curve, x: text(publicKey.subarray(0, half)), y: text(publicKey.subarray(half)), ...d };
}

/** ECDSA as R and S. */
export async function signEcdsa(pair: OctetKeyPair, data: Uint8Array): Promise<Uint8Array> {
  const key = await subtle.importKey("jwk", jwkOf(pair, true), { name: "ECDSA", namedCurve: pair.curve }, false, ["sign"]);
  return new Uint8Array(await subtle.sign({ name: "ECDSA", hash: hashOf[pair.curve] }, key, own(data)));
}

export async function verifyEcdsa(pair: OctetKeyPair, data: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const key = await subtle.importKey("jwk", jwkOf(pair, false), { name: "ECDSA", namedCurve: pair.curve }, false, ["verify"]);
  return subtle.verify({ name: "ECDSA", hash: hashOf[pair.curve] }, key, own(signature), own(data));
}

/** ECDH, then one iteration of the concatenation KDF over the octets given; hex of the first `length` octets. */
export async function deriveKey(pair: OctetKeyPair, peer: OctetKeyPair, otherInfo: Uint8Array, length: number): Promise<string> {
  const algorithm = { name: "ECDH", namedCurve: pair.curve };
  const privateKey = await subtle.importKey("jwk", jwkOf(pair, true), algorithm, false, ["deriveBits"]);
  const publicKey = await subtle.importKey("jwk", jwkOf(peer, false), algorithm, false, []);
  const shared = await subtle.deriveBits({ name: "ECDH", public: publicKey }, privateKey, coordinateOf[pair.curve] * 8);
  const input = Uint8Array.of(0, 0, 0, 1, ...new Uint8Array(shared), ...otherInfo);
  return toHex(new Uint8Array(await subtle.digest(hashOf[pair.curve], input)).subarray(0, length));
}
