import { expect } from "chai";

/** Fails where a text has a secret in it: as octets, in hex with whatever between the digits, in base64. */
export function expectNoSecrets(where: string, text: string, secrets: readonly Uint8Array[]): void {
  const compact = text.toUpperCase().replace(/[\s:,-]/g, "");
  for (const secret of secrets) {
    const octets = Buffer.from(secret);
    expect(compact.includes(octets.toString("hex").toUpperCase()), where).to.equal(false);
    expect(text.includes(octets.toString("latin1")), `${where}, as octets`).to.equal(false);
    expect(text.includes(octets.toString("base64")), `${where}, in base64`).to.equal(false);
  }
}
