import { expect } from "chai";

/** Fails where a text has a secret in it: as octets, in hex with whatever between the digits, in base64. */
export function expectNoSecrets(where: string, text: string, secrets: readonly Uint8Array[]): void {
  const compact = text.toUpperCase().replace(/[\s:,-]/g, "");
  const joined = text.replace(/\s/g, "");
  for (const secret of secrets) {
    const octets = Buffer.from(secret);
    expect(compact.includes(octets.toString("hex").toUpperCase()), where).to.equal(false);
    expect(text.includes(octets.toString("latin1")), `${where}, as octets`).to.equal(false);
    for (const start of [0, 1, 2]) {
      // Within something longer, as a key in PEM, a secret begins anywhere in a group of three octets.
      const groups = octets.subarray(start, start + Math.floor((octets.length - start) / 3) * 3);
      expect(joined.includes(groups.toString("base64")), `${where}, in base64`).to.equal(false);
    }
  }
}
