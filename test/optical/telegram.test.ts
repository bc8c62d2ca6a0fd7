import { expect } from "chai";
import fc from "fast-check";
import { fromHex } from "../../src/bytes/hex.ts";
import { DecodeError } from "../../src/errors.ts";
import { parseTelegram } from "../../src/optical/telegram.ts";
import { logicalNameOfAddress } from "../../src/optical/telegram-address.ts";
import { loadVectors, refusal } from "../support/vectors.ts";

const octets = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** The octets with a parity bit that makes the number of ones even. */
const withParity = (bytes: Uint8Array) =>
  bytes.map((octet) => octet | ([...octet.toString(2)].filter((digit) => digit === "1").length % 2 === 1 ? 0x80 : 0));

/** STX, the data, ETX and the block check character. */
function block(data: string, { start = "\x02", end = "\x03" } = {}): string {
  const checked = data + end;
  return start + checked + String.fromCharCode(octets(checked).reduce((check, octet) => check ^ octet, 0) & 0x7f);
}

const parse = (text: string) => parseTelegram(octets(text));
const code = (text: string) => refusal(() => parse(text));

describe("parseTelegram", () => {
  for (const { name, hex, value } of loadVectors("telegram.json")) {
    it(`reads ${name}`, () => {
      expect(parseTelegram(fromHex(hex))).to.deep.equal(value);
    });

    it(`reads ${name} from a line with even parity`, () => {
      expect(parseTelegram(withParity(fromHex(hex)))).to.deep.equal({ ...(value as object), parityStripped: true });
    });

    it(`reads or refuses ${name} wherever it ends and whatever octet changes, and never takes damage for sound`, () => {
      const bytes = fromHex(hex);
      for (let end = 0; end < bytes.length; end++) refusal(() => parseTelegram(bytes.slice(0, end)));
      for (let at = 0; at < bytes.length; at++) {
        const damaged = bytes.slice();
        damaged[at] = (damaged[at] as number) ^ 0x04;
        refusal(() => {
          const { check, length } = parseTelegram(damaged);
          if (check?.ok === true) expect(at, "damage behind the block check").to.be.at.least(Math.min(length, bytes.length) - 2);
        });
      }
    });
  }

  it("reads a readout: identification, data sets, the line that ends them, block check", () => {
    const telegram = parse(`/ISk5MT174-0001\r\n${block("F.F(00)\r\n1.8.0(000123.4*kWh)\r\n1-0:1.6.1*01(2.5*kW)(2401151200)\r\n!\r\n")}`);
    expect(telegram.identification?.manufacturer).to.equal("ISk");
    expect(telegram.dataSets).to.deep.equal([
      { address: "F.F", logicalName: "0.0.97.97.0.255", values: [{ value: "00" }] },
      { address: "1.8.0", logicalName: "1.0.1.8.0.255", values: [{ value: "000123.4", unit: "kWh" }] },
      { address: "1-0:1.6.1*01", logicalName: "1.0.1.6.1.1", values: [{ value: "2.5", unit: "kW" }, { value: "2401151200" }] },
    ]);
    expect(telegram.check?.ok).to.equal(true);
  });

  it("reads the rows of a load profile, several data sets of a line, and values alone", () => {
    const profile = parse(block("P.01(1220823161500)(00000000)(15)(2)(1.5)(kW)(2.5)(kW)\r\n(0.18)(0.00)\r\n(0.16)(0.01)\r\n"));
    expect(profile.dataSets).to.deep.equal([
      {
        address: "P.01",
        logicalName: "1.0.99.1.0.255",
        values: ["1220823161500", "00000000", "15", "2", "1.5", "kW", "2.5", "kW"].map((value) => ({ value })),
        rows: [
          [{ value: "0.18" }, { value: "0.00" }],
          [{ value: "0.16" }, { value: "0.01" }],
        ],
      },
    ]);
    expect(parse(block("1.8.1(1*kWh)1.8.2(2*kWh)\r\n")).dataSets.map(({ address }) => address)).to.deep.equal(["1.8.1", "1.8.2"]);
    expect(parse(block("(ER01)")).dataSets).to.deep.equal([{ address: "", values: [{ value: "ER01" }] }]);
  });

  it("gives the data of a message with a wrong block check, and says so", () => {
    const right = block("1.8.0(1*kWh)\r\n");
    const wrong = parse(right.replace(/.$/s, "A"));
    expect(wrong.dataSets).to.have.length(1);
    expect(wrong.check).to.deep.equal({ kind: "bcc", ok: false, computed: parse(right).check?.received, received: "41" });
    const p1 = "/ISK5\\2M550T\r\n\r\n1-0:1.7.0(00.1*kW)\r\n!0000\r\n";
    expect(parse(p1).check).to.deep.include({ kind: "crc-16", ok: false, received: "0000" });
  });

  it("names the block check where data with a wrong one make no sense, and the data where it is right", () => {
    expect(code(block("1.8.0)1*kWh(\r\n"))).to.equal("bad-tag");
    expect(code(block("1.8.0)1*kWh(\r\n").replace(/.$/s, "A"))).to.equal("check-failed");
    expect(code("/ISK5M\r\n\r\n1-0:1.7.0)\r\n!0000\r\n")).to.equal("check-failed");
  });

  it("knows a partial block by EOT", () => {
    expect(parse(block("1.8.0(1)", { end: "\x04" }))).to.deep.include({ partial: true });
  });

  it("names a parity error, of the message alone", () => {
    const identification = withParity(octets("/ISk5\\2MT174\r\n"));
    expect(parseTelegram(Uint8Array.of(...identification, 0x7e, 0xa0))).to.deep.include({ length: 14, parityStripped: true });
    const damaged = identification.slice();
    damaged[7] = (damaged[7] as number) ^ 0x80;
    expect(() => parseTelegram(damaged)).to.throw(DecodeError, "parity: odd number of ones at offset 7");
  });

  it("ends where the message ends", () => {
    const first = "/ISk5MT174\r\n";
    expect(parse(`${first}\x06050\r\n`)).to.deep.include({ dataSets: [], length: first.length });
    expect(parse(first + first)).to.deep.include({ length: first.length });
    const readout = block("1.8.0(1)");
    expect(parse(readout + readout).length).to.equal(readout.length);
    const p1 = "/ISK5M\r\n\r\n1-0:1.7.0(1*kW)\r\n!\r\n";
    expect(parse(p1 + p1).length).to.equal(p1.length);
  });

  it("is truncated without its end", () => {
    for (const text of ["", "/ISK5", block("1.8.0(1)").slice(0, -1), "\x021.8.0(1)", "\x01B0", "/ISK5M\r\n\r\n1-0:1.7.0(1)\r\n"]) {
      expect(code(text), JSON.stringify(text)).to.equal("truncated");
    }
    for (const end of ["!", "!A", "!A0A", "!\r"]) expect(code(`/ISK5M\r\n\r\n1-0:1.7.0(1)\r\n${end}`), end).to.equal("truncated");
  });

  it("refuses what is no message", () => {
    for (const text of ["hello", "/?!\r\n", "\x06050\r\n", "/IS\r\n", "/ISK5M\r\n\r\n!ZZZZ\r\n"]) {
      expect(code(text), JSON.stringify(text)).to.equal("bad-tag");
    }
  });

  it("keeps characters above ASCII, as eight bits carry them", () => {
    expect(parse(block("0-1:24.2.1(1*m\xb3)")).dataSets[0]?.values).to.deep.equal([{ value: "1", unit: "m\xb3" }]);
  });

  it("gives a telegram or DecodeError for any octets", () => {
    const piece = fc.constantFrom(
      "/ISK5\\2M\r\n",
      "\x02",
      "\x03",
      "\x01R1",
      "1.8.0(",
      "1*kWh)",
      "\r\n",
      "!",
      "!A0B1\r\n",
      "(",
      ")",
      "\xaf",
      "\x04",
    );
    const text = fc
      .array(fc.oneof(piece, fc.string({ unit: "binary-ascii", maxLength: 5 })), { maxLength: 15 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, (message) => {
        refusal(() => expect(parse(message).length).to.be.within(1, message.length));
      }),
      { numRuns: 500 },
    );
  });

  it("reads a megabyte in a moment", function () {
    this.timeout(20_000);
    expect(parse(block("1.8.0(000123.4*kWh)\r\n".repeat(50_000))).dataSets).to.have.length(50_000);
    expect(code(block("(".repeat(1_000_000)))).to.equal("bad-tag");
  });
});

describe("logicalNameOfAddress", () => {
  it("completes what is left out", () => {
    for (const [address, expected] of [
      ["1-0:1.8.0*255", "1.0.1.8.0.255"],
      ["1-0:1.8.0", "1.0.1.8.0.255"],
      ["0-1:24.2.1", "0.1.24.2.1.255"],
      ["1-1:1.8.0&12", "1.1.1.8.0.12"],
      ["1.8.0", "1.0.1.8.0.255"],
      ["1.8", "1.0.1.8.0.255"],
      ["C.1.0", "0.0.96.1.0.255"],
      ["F.F", "0.0.97.97.0.255"],
      ["P.01", "1.0.99.1.0.255"],
      ["L.1.0", "1.0.98.1.0.255"],
    ] as const) {
      expect(logicalNameOfAddress(address), address).to.equal(expected);
    }
  });

  it("finds none in anything else", () => {
    for (const address of ["", "1", "1.8.0.0", "256-0:1.8.0", "X.1", "1-0:1.8.0*300", " 1.8.0", "R1"]) {
      expect(logicalNameOfAddress(address), address).to.equal(undefined);
    }
  });
});
