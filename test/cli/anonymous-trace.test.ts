import { expect } from "chai";
import fc from "fast-check";
import { toHex } from "../../src/bytes/hex.ts";
import { AnonymousTrace } from "../../src/cli/diagnose/anonymous-trace.ts";
import { explain } from "../../src/decode/explain.ts";
import { isComplete } from "../../src/decode/explanation.ts";
import { readHexText } from "../../src/decode/input-text.ts";
import { encodeFrame, hdlcAddress } from "../../src/hdlc/index.ts";
import { encodeWpdu } from "../../src/wrapper/index.ts";

const hex = (digits: string) => Uint8Array.from(Buffer.from(digits.replaceAll(" ", ""), "hex"));
const ascii = (text: string) => Buffer.from(text).toString("hex");

let seed = 7;
/** Other octets at each call. */
const random = (length: number) => Uint8Array.from({ length }, () => (seed = (seed * 75 + 74) % 65_537) & 0xff);

interface Passed {
  readonly direction: "sent" | "received";
  readonly bytes: Uint8Array;
}

const sent = (bytes: Uint8Array): Passed => ({ direction: "sent", bytes });
const received = (bytes: Uint8Array): Passed => ({ direction: "received", bytes });

function published(...passed: readonly Passed[]): string {
  const trace = new AnonymousTrace();
  passed.forEach((each, index) => {
    trace.sink({ at: index * 10, layer: "line", ...each });
  });
  return trace.lines(random).join("\n");
}

const octetsOf = (text: string) => (text === "" ? new Uint8Array(0) : readHexText(text).bytes);

/** From the meter with this physical address, in segments where there are several parts. */
function frames(physical: number, ...parts: readonly string[]): readonly Passed[] {
  return parts.map((part, index) =>
    received(
      encodeFrame({
        segmented: index < parts.length - 1,
        destination: hdlcAddress({ logical: 2 }),
        source: hdlcAddress({ logical: 1, physical, length: 4 }),
        control: { kind: "i", sendSequence: index, receiveSequence: 1, pollFinal: index === parts.length - 1 },
        information: hex(part),
      }),
    ),
  );
}

const serial = "35933512";
const title = "4447570002244D48";
const name = "DGW0000035933512";

/** Nothing of the meter is left, in octets, in digits, in hex digits, in BCD or as a number. */
function expectNothingOf(text: string, ...identities: readonly string[]): void {
  const octets = Buffer.from(octetsOf(text));
  for (const identity of identities) {
    const bytes = /^[0-9A-F]{16}$/.test(identity) ? hex(identity) : Buffer.from(identity);
    for (const form of [bytes, Buffer.from(toHex(bytes)), Buffer.from(toHex(bytes).toLowerCase())]) {
      expect(octets.indexOf(form), `${identity} as ${toHex(form)}`).to.equal(-1);
    }
  }
  for (const form of [ascii(serial), serial, "02244D48"]) expect(octets.indexOf(hex(form)), form).to.equal(-1);
  expect(text).not.to.contain(serial);
}

describe("AnonymousTrace", () => {
  it("makes up titles, passwords and challenges, the same for the same ones", () => {
    const aare =
      "61 3C A1 09 06 07 60 85 74 05 08 01 03 A2 03 02 01 00 A3 05 A1 03 02 01 0E" +
      `A4 0A 04 08 ${title} 88 02 07 80 89 07 60 85 74 05 08 02 05 AA 0A 80 08 ${ascii("Pa55w0rd")}`;
    const glo = `DB 08 ${title} 12 30 00000005 112233445566778899AABBCC01`;
    const text = published(
      received(encodeWpdu({ sourceWPort: 1, destinationWPort: 3, apdu: hex(aare) })),
      received(encodeWpdu({ sourceWPort: 1, destinationWPort: 3, apdu: hex(glo) })),
    );
    expectNothingOf(text, title, "Pa55w0rd");
    expect(toHex(octetsOf(text))).to.contain("1230000000050000000000");
    const titles = [...toHex(octetsOf(text)).matchAll(/(?:A40A0408|DB08)(.{16})/g)].map(([, found]) => found);
    expect(titles).to.have.length(2);
    expect(titles[0]).to.equal(titles[1]);
    expect(titles[0]).to.match(/^444757/);
  });

  it("makes up names in plain answers, wherever segments cut them, and renews the check sums", () => {
    const answer = `E6E700 C403C1 04 00 0910 ${ascii(name)} 00 0908 ${ascii(serial)} 00 06 02244D4800 090C 07EA0B17 01 16000500 00FFC400`;
    const digits = answer.replaceAll(" ", "");
    const parts = [digits.slice(0, 40), digits.slice(40, 80), digits.slice(80)];
    const text = published(...frames(3512, ...parts));
    expectNothingOf(text, name, serial);
    const explanation = explain(octetsOf(text));
    expect(isComplete(explanation), JSON.stringify(explanation)).to.equal(true);
    expect(explanation.link.every(({ ok }) => ok)).to.equal(true);
    expect(toHex(octetsOf(text))).to.contain("07EA0B170116000500");
  });

  it("counts physical addresses anew, for they come from serial numbers", () => {
    const text = published(
      ...frames(3512, "E6E700 C401C100 1101"),
      ...frames(3513, "E6E700 C401C100 1102"),
      ...frames(3512, "E6E700 C401C100 1103"),
    );
    expect(explain(octetsOf(text)).link.map(({ source }) => source)).to.deep.equal(["1/16", "1/17", "1/16"]);
  });

  it("leaves a broadcast a broadcast, and what is no name as it is", () => {
    const [first] = frames(0x3fff, "E6E700 C401C100 060000162E");
    expect(toHex(octetsOf(published(first as Passed)))).to.equal(toHex((first as Passed).bytes));
  });

  it("shows nothing of ciphered content, and nothing of what it does not understand", () => {
    const text = published(
      sent(
        encodeWpdu({
          sourceWPort: 3,
          destinationWPort: 1,
          apdu: hex("C8 1E 30 00001C03 AABBCCDDEEFF00112233445566778899AABBCCDDEEFF001122"),
        }),
      ),
      received(Buffer.from(`no frame: ${serial}`)),
    );
    expect(text).to.match(/not understood/);
    expect(text).not.to.contain("AA BB");
    expectNothingOf(text, serial);
    expect(explain(octetsOf(text)).apdus.map(({ type, note }) => [type, note])).to.deep.equal([
      ["get-request", "ciphered: needs the encryption key"],
    ]);
  });

  it("leaves out the telegrams of an optical port, in which every line may name the meter", () => {
    const readout = `/LGZ5ZMD${serial}\r\n`;
    const data = `\u0002C.1.0(${serial})\r\n1.8.0(000123*kWh)\r\n!\r\n\u0003`;
    const check = [...Buffer.from(data)].slice(1).reduce((sum, octet) => sum ^ octet, 0);
    const text = published(received(Buffer.concat([Buffer.from(readout), Buffer.from(data), Uint8Array.of(check)])));
    expect(text).to.match(/^# left out here/);
    expect(text.split("\n")).to.have.length(1);
  });

  it("holds nothing of a name, whatever passed the line with it", () => {
    const chunk = fc.uint8Array({ maxLength: 60 });
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 4 }), fc.boolean(), (rubbish, inFrames) => {
        const answer = `C401C100 0910 ${ascii(name)}`;
        const known = inFrames
          ? frames(3512, `E6E700${answer}`)
          : [received(encodeWpdu({ sourceWPort: 1, destinationWPort: 2, apdu: hex(answer) }))];
        const text = published(...known, ...rubbish.map(received), ...known);
        expect(Buffer.from(octetsOf(text)).indexOf(name)).to.equal(-1);
      }),
    );
  });

  it("ends where it gets long, whatever number of names a peer sends", () => {
    const names = (message: number) =>
      Array.from(
        { length: 250 },
        (_, index) => `0904${((message * 250 + index) * 69_069 + 0x10203040).toString(16).padStart(8, "0").slice(-8)}`,
      );
    const answers = Array.from({ length: 60 }, (_, message) =>
      received(encodeWpdu({ sourceWPort: 1, destinationWPort: 2, apdu: hex(`C401C100 0181FA ${names(message).join("")}`) })),
    );
    const text = published(...answers);
    expect(text).to.match(/# the rest is left out, since it is long$/);
    expect(octetsOf(text).length).to.be.within(30_000, 32_768);
  });

  it("is empty where nothing passed", () => {
    expect(published()).to.equal("");
  });
});
