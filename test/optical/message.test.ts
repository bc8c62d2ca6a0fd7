import { expect } from "chai";
import fc from "fast-check";
import { toHex } from "../../src/bytes/hex.ts";
import { ConfigError } from "../../src/errors.ts";
import {
  commandMessage,
  control,
  dataMessage,
  dataSet,
  identificationMessage,
  readoutMessage,
  requestMessage,
  selectMessage,
} from "../../src/optical/message.ts";
import { MessageCollector } from "../../src/optical/message-collector.ts";
import { withEvenParity } from "../../src/optical/parity.ts";

/** What would make another message of it, or another character of it. */
const injections = [
  "\r",
  "\n",
  "\r\n",
  "\x01",
  "\x02",
  "\x03",
  "\x04",
  "\x06",
  "\x15",
  "\x00",
  "\x7f",
  "\x80",
  "\u00e4",
  "\u20ac",
  "\u{1f50c}",
];
const reserved = ["/", "!", "(", ")"];

function refuses(write: (text: string) => unknown, texts: readonly string[]): void {
  for (const text of texts) {
    for (const where of [text, `1${text}`, `${text}1`]) expect(() => write(where), JSON.stringify(where)).to.throw(ConfigError);
  }
}

describe("Messages of IEC 62056-21", () => {
  it("are written as the standard has them", () => {
    expect(toHex(requestMessage("00123"))).to.equal("2F3F3030313233210D0A");
    expect(toHex(identificationMessage("/DGW5\\2A"))).to.equal("2F444757355C32410D0A");
    expect(toHex(selectMessage("2", "5", "2"))).to.equal("063235320D0A");
    expect(toHex(commandMessage("B0"))).to.equal("0142300371");
    expect(toHex(commandMessage("P1", "(00000000)"))).to.equal("01503102283030303030303030290361");
    expect(toHex(readoutMessage(["1(2)"]))).to.equal("02312832290D0A210D0A0320");
    expect(dataSet("1.6.0", "1*kW", "2")).to.equal("1.6.0(1*kW)(2)");
  });

  it("are not written with anything that ends them early or is no character of theirs", () => {
    refuses((text) => requestMessage(text), [...injections, "/", "!", "0".repeat(33)]);
    refuses((text) => identificationMessage(text), injections);
    refuses((text) => selectMessage("0", text, "0"), [...injections, "55", " "]);
    refuses((text) => dataMessage(text), injections);
    refuses((text) => readoutMessage(["1(2)", text]), injections);
    refuses((text) => commandMessage("W1", text), injections);
    refuses((text) => commandMessage(text), [...injections, "w1", "W12"]);
    refuses((text) => dataSet(text, "1"), [...injections, ...reserved]);
    refuses((text) => dataSet("1", text), [...injections, ...reserved]);
  });

  it("do not tell what they refuse, as it may be a password", () => {
    expect(() => dataSet("", "secret)")).to.throw(ConfigError, /^value: expected printable characters without \( \) \/ and !$/);
  });

  it("are read back as they were written, whatever they carry", () => {
    const characters = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 60 });
    fc.assert(
      fc.property(characters, (data) => {
        const collector = new MessageCollector();
        const found = Array.from(withEvenParity(dataMessage(data)), (octet) => collector.push(octet)).filter((message) => message);
        expect(found).to.deep.equal([{ type: "block", data, last: true, valid: true }]);
      }),
    );
  });

  it("are refused or are one message, whatever text is put into them", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        let written: Uint8Array;
        try {
          written = commandMessage("W1", dataSet("C.1", text));
        } catch (error) {
          expect(error).to.be.instanceOf(ConfigError);
          return;
        }
        expect(
          written
            .subarray(0, -1)
            .filter((octet) => octet < 0x20)
            .join(),
        ).to.equal([control.soh, control.stx, control.etx].join());
      }),
    );
  });
});

describe("A collector of messages", () => {
  const collect = (octets: Uint8Array) => {
    const collector = new MessageCollector();
    return Array.from(octets, (octet) => collector.push(octet)).filter((message) => message !== undefined);
  };

  it("gives a block with a character of odd parity as one that is not valid, as soon as it ends", () => {
    const block = withEvenParity(dataMessage("1.8.0(1)"));
    for (let place = 0; place < block.length; place++) {
      const damaged = Uint8Array.from(block);
      damaged[place] = (block[place] as number) ^ 0x80;
      expect(collect(damaged), String(place)).to.deep.equal([{ type: "block", data: "1.8.0(1)", last: true, valid: false }]);
    }
  });

  it("passes over short messages with a character of odd parity", () => {
    for (const message of [requestMessage(), Uint8Array.of(control.nak), Uint8Array.of(control.ack)]) {
      const damaged = withEvenParity(message);
      damaged[0] = (damaged[0] as number) ^ 0x80;
      expect(collect(damaged)).to.deep.equal([]);
    }
  });

  it("begins anew with the request behind half an option select", () => {
    const collector = new MessageCollector();
    collector.expectsSelect = true;
    const found = Array.from(withEvenParity(Uint8Array.of(control.ack, 0x30, ...requestMessage())), (octet) => collector.push(octet));
    expect(found.filter((message) => message !== undefined)).to.deep.equal([{ type: "line", text: "/?!" }]);
  });
});
