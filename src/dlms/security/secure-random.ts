import { randomBytes } from "node:crypto";

/** Octets from a cryptographically secure source. */
export type RandomSource = (length: number) => Uint8Array;

/** The platform's source. Machines take it as an argument, so that tests can choose. */
export const secureRandom: RandomSource = (length) => Uint8Array.from(randomBytes(length));
