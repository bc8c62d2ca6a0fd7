import { expect } from "chai";
import fc from "fast-check";
import { Pseudonyms } from "../../src/log/anonymize.ts";

const octets = (text: string) => new TextEncoder().encode(text);
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
const hex = (digits: string) => Uint8Array.from(Buffer.from(digits.replaceAll(" ", ""), "hex"));

/** Other octets at each call, the same ones in each test. */
function counted(): (length: number) => Uint8Array {
  let next = 1;
  return (length) => Uint8Array.from({ length }, () => (next = (next * 73 + 41) % 251));
}

const pseudonyms = (...names: readonly Uint8Array[]) => new Pseudonyms({ names, secrets: [] }, counted());

describe("Pseudonyms", () => {
  it("gives the same octets the same pseudonym, and others another", () => {
    const names = pseudonyms(octets("35933512"), octets("35933513"));
    expect(text(names.of(octets("35933512")))).to.equal(text(names.of(octets("35933512"))));
    expect(text(names.of(octets("35933512")))).not.to.equal(text(names.of(octets("35933513"))));
    expect(text(names.of(octets("35933512")))).not.to.equal("35933512");
  });

  it("keeps the length and the kind of characters, and the manufacturer of a device name", () => {
    const names = pseudonyms(octets("Ab-12 34"), octets("DGW0000035933512"), hex("4D4D4D0000BC614E"));
    expect(text(names.of(octets("Ab-12 34")))).to.match(/^[A-Z][a-z]-\d\d \d\d$/);
    expect(text(names.of(octets("DGW0000035933512")))).to.match(/^DGW\d{13}$/);
    expect(text(names.of(hex("4D4D4D0000BC614E")))).to.match(/^MMM.{5}$/s);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (name) => pseudonyms(name).of(name).length === name.length));
  });

  it("keeps nothing of a secret, whatever it looks like", () => {
    const secret = octets("ABC12345");
    for (let attempt = 0; attempt < 5; attempt++) {
      const names = new Pseudonyms({ names: [], secrets: [secret] }, (length) => new Uint8Array(length).fill(30 + attempt));
      expect(text(names.of(secret))).to.match(/^(?!ABC)[A-Z]{3}\d{5}$/);
    }
  });

  it("puts the pseudonym of a name where a longer one contains it", () => {
    const names = pseudonyms(octets("DGW0000035933512"), octets("35933512"));
    expect(text(names.of(octets("DGW0000035933512")))).to.match(new RegExp(`${text(names.of(octets("35933512")))}$`));
  });

  for (const [form, written] of [
    ["as it is", "DGW0000035933512"],
    ["in hex digits", Buffer.from("DGW0000035933512").toString("hex")],
    ["in capital hex digits", Buffer.from("DGW0000035933512").toString("hex").toUpperCase()],
    ["as the digits of its number", "no. 35933512!"],
    ["as a number of four octets", text(hex("02244D48"))],
    ["as a number of BCD", text(hex("35933512"))],
  ] as const) {
    it(`wipes out a name that is written ${form}`, () => {
      const content = octets("....").length;
      const all = Buffer.concat([octets("...."), Buffer.from(written, "latin1"), octets("....")]);
      const names = pseudonyms(octets("DGW0000035933512"));
      names.wipe(all);
      expect(all.subarray(0, content).toString()).to.equal("....");
      expect(all.subarray(-content).toString()).to.equal("....");
      for (const whole of names.forms()) expect(all.indexOf(whole)).to.equal(-1);
      expect(all.includes(0)).to.equal(true);
    });
  }

  it("wipes out the number in a system title, in binary and in digits", () => {
    const all = Buffer.concat([hex("AA 0000BC614E AA"), octets(" 12345678 "), octets("4d4d4d0000bc614e")]);
    pseudonyms(hex("4D4D4D0000BC614E")).wipe(all);
    expect(all.toString("latin1")).to.equal(`${text(hex("AA 0000000000 AA"))} ${"\0".repeat(8)} ${"\0".repeat(16)}`);
  });

  it("leaves alone what is found everywhere", () => {
    const all = hex("0000000000000000 FFFFFFFF 000001 07EA0B1701 30303030");
    const before = text(all);
    pseudonyms(new Uint8Array(8), hex("FFFFFFFF"), hex("000001"), hex("07EA0B1701"), octets("00000000")).wipe(all);
    expect(text(all)).to.equal(before);
  });
});
