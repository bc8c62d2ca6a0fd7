import { createCipheriv } from "node:crypto";

/** One block of eight octets under single DES: with one key three times, triple DES is that, and OpenSSL still has it. */
export function encryptDesBlock(key: Uint8Array, block: Uint8Array): Uint8Array {
  const cipher = createCipheriv("des-ede3-ecb", Buffer.concat([key, key, key]), null);
  cipher.setAutoPadding(false);
  return new Uint8Array(Buffer.concat([cipher.update(block), cipher.final()]));
}
