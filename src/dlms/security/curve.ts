/** Elliptic curves of the security suites (NIST FIPS 186-4): lengths in octets, group order for drawing keys. */
export const curves = {
  "P-256": {
    coordinateLength: 32,
    openssl: "prime256v1",
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    hash: "sha256",
  },
  "P-384": {
    coordinateLength: 48,
    openssl: "secp384r1",
    order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    hash: "sha384",
  },
} as const;

/** Name of a curve, as JWK (RFC 7518) and WebCrypto spell it. */
export type Curve = keyof typeof curves;

/** The curve whose coordinates have this length, or undefined. */
export function curveOfCoordinate(length: number): Curve | undefined {
  return (Object.keys(curves) as Curve[]).find((curve) => curves[curve].coordinateLength === length);
}
