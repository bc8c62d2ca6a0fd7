import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { explain } from "../../src/decode/explain.ts";
import { isComplete } from "../../src/decode/explanation.ts";
import { encodeApdu } from "../../src/dlms/xdlms/apdu.ts";
import { recordings, written } from "../support/recordings.ts";

const get = "C001C100030100010800FF0200";
const answer = "C401C1000600012345";

interface NamedVector {
  readonly name: string;
  readonly hex: string;
  /** There where the octets are to be refused. */
  readonly error?: unknown;
}

function vectors(file: string): readonly NamedVector[] {
  return JSON.parse(readFileSync(new URL(`../vectors/${file}.json`, import.meta.url), "utf8")) as NamedVector[];
}

function vector(file: string, name: string): Uint8Array {
  return fromHex(vectors(file).find((entry) => entry.name === name)?.hex ?? "");
}

describe("explain", () => {
  it("gives the value of a bare response its type", () => {
    const { apdus, readings, remaining } = explain(fromHex(answer));
    expect(apdus.map(({ type }) => type)).to.deep.equal(["get-response-normal"]);
    expect(readings).to.deep.equal([{ value: 74565, raw: 74565, type: "double-long-unsigned" }]);
    expect(remaining).to.equal(0);
  });

  it("knows what a response answers when the request stands before it", () => {
    const { readings } = explain(fromHex(get + answer));
    expect(readings[0]).to.include({ logicalName: "1.0.1.8.0.255", attribute: 2, name: "Active energy import (+A)", value: 74565 });
  });

  it("takes off the wrapper of several PDUs", () => {
    const { link, readings } = explain(fromHex(`000100100001000D${get}0001000100100009${answer}`));
    expect(link).to.deep.equal([
      { kind: "wrapper", ok: true, version: 1, sourceWPort: 16, destinationWPort: 1, length: 13 },
      { kind: "wrapper", ok: true, version: 1, sourceWPort: 1, destinationWPort: 16, length: 9 },
    ]);
    expect(readings).to.have.lengthOf(1);
  });

  it("joins the segments of a push and scales its values", () => {
    const frames = [1, 2, 3].map((part) => vector("hdlc", `ui-segmented-push-${part}-of-3`));
    const explanation = explain(Buffer.concat(frames));
    expect(isComplete(explanation), JSON.stringify(explanation.link)).to.equal(true);
    expect(explanation.apdus.map(({ type }) => type)).to.deep.equal(["data-notification"]);
    const voltage = explanation.readings.find(({ logicalName }) => logicalName === "1.0.32.7.0.255");
    expect(voltage).to.include({ value: 233.6, unit: "V", raw: 2336 });
  });

  it("joins the blocks of a response", () => {
    const block = (number: number, last: boolean, raw: string): string =>
      `C402C1${last ? "01" : "00"}0000000${number}00${(raw.length / 2).toString(16).padStart(2, "0")}${raw}`;
    const { readings, warnings } = explain(fromHex(get + block(1, false, "060001") + block(2, true, "2345")));
    expect(readings.map(({ value }) => value)).to.deep.equal([74565]);
    expect(warnings).to.deep.equal([]);
    expect(explain(fromHex(block(1, false, "060001"))).warnings).to.deep.equal(["the blocks of the last answer have no end"]);
    expect(explain(fromHex(block(1, false, "060001") + block(3, true, "2345"))).warnings).to.deep.equal([
      "block 3 does not follow the one before it",
    ]);
  });

  it("joins the blocks of a SET, and says what is written", () => {
    const first = "C102C100030100010800FF0200" + "0000000001" + "03060001";
    const last = "C103C1" + "0100000002" + "022345";
    const { readings, apdus, warnings } = explain(fromHex(first + last));
    expect(warnings).to.deep.equal([]);
    expect(readings[0]).to.include({ attribute: 2, value: 74565 });
    expect(apdus[1]).to.deep.include({ blocks: 2, joined: { type: "double-long-unsigned", value: 74565 } });
  });

  it("joins the blocks of a Read response, of the whole body and of the data alone", () => {
    const block = (number: number, last: boolean, raw: string): string =>
      `0C0102${last ? "01" : "00"}000${number}${(raw.length / 2).toString(16).padStart(2, "0")}${raw}`;
    const whole = explain(fromHex(block(1, false, "0200060001") + block(2, true, "23450104")));
    expect(whole.warnings).to.deep.equal([]);
    expect(whole.apdus[1]).to.deep.include({ blocks: 2 });
    expect(whole.apdus[1]?.["joined"]).to.deep.equal({
      results: [
        { type: "data", data: { type: "double-long-unsigned", value: 74565 } },
        { type: "data-access-error", error: "object-undefined" },
      ],
    });
    expect(whole.readings.map(({ value }) => value)).to.deep.equal([74565]);
    const alone = explain(fromHex(block(1, false, "060001") + block(2, true, "2345")));
    expect(alone.readings.map(({ value }) => value)).to.deep.equal([74565]);
    expect(explain(fromHex(block(1, false, "060001"))).warnings).to.deep.equal(["the blocks of the last Read response have no end"]);
  });

  it("joins the blocks of a long Read request and of a long Write request", () => {
    const specifications = [{ type: "variable-name", variableName: 0xfa08 }] as const;
    const values = [fromHex("0600012345")];
    const [read, write] = [
      encodeApdu({ type: "read-request", specifications }),
      encodeApdu({ type: "write-request", specifications, data: values }),
    ].map((apdu) => [apdu.slice(1, 3), apdu.slice(3)]) as [Uint8Array[], Uint8Array[]];
    const reads = read.map((raw, index) => {
      const block = { type: "read-data-block-access", lastBlock: index === 1, blockNumber: index + 1, raw } as const;
      return encodeApdu({ type: "read-request", specifications: [block] });
    });
    expect(explain(Buffer.concat(reads)).apdus[1]).to.deep.include({
      blocks: 2,
      joined: { specifications: [{ type: "variable-name", variableName: 0xfa08 }] },
    });
    const writes = write.map((raw, index) => {
      const block = { type: "write-data-block-access", lastBlock: index === 1, blockNumber: index + 1 } as const;
      return encodeApdu({ type: "write-request", specifications: [block], data: [Uint8Array.of(9, raw.length, ...raw)] });
    });
    const { readings, apdus, warnings } = explain(Buffer.concat(writes));
    expect(warnings).to.deep.equal([]);
    expect(apdus[1]?.["joined"]).to.deep.include({ data: [{ type: "double-long-unsigned", value: 74565 }] });
    expect(readings.map(({ value }) => value)).to.deep.equal([74565]);
  });

  it("gives the values that a meter with short names answers and reports", () => {
    expect(explain(fromHex("0C0200060001234500120007")).readings.map(({ value }) => value)).to.deep.equal([74565, 7]);
  });

  it("gives what an ACCESS read its attributes", () => {
    const request = "D94000000100" + "0101" + "00030100010800FF02" + "0100";
    const response = "DA40000001000001" + "0600012345" + "010100";
    const { readings, remaining } = explain(fromHex(request + response));
    expect(remaining).to.equal(0);
    expect(readings).to.have.lengthOf(1);
    expect(readings[0]).to.include({ logicalName: "1.0.1.8.0.255", attribute: 2, value: 74565 });
  });

  it("shows what is in clear of a ciphered APDU, and no password", () => {
    const { apdus } = explain(vector("wrapper", "wrapper-udp-general-glo"));
    expect(apdus[0]).to.deep.include({ type: "general-glo-ciphering", systemTitle: "2F19229199164103", invocationCounter: 0x1e5 });
    const aarq = explain(vector("acse", "aarq-ln-lls")).apdus[0];
    expect(aarq).to.include({ type: "aarq", mechanism: "lls", authenticationValue: "(8 octets)" });
    expect(JSON.stringify(aarq)).to.not.contain("3132333435363738");
  });

  it("names the layer that fails, and keeps what came before", () => {
    const damaged = explain(fromHex("7EA0070321930F027E"));
    expect(damaged.link).to.have.lengthOf(1);
    expect(damaged.link[0]).to.include({ kind: "hdlc", ok: false, error: "fcs" });
    const cut = explain(fromHex("7EA0070321930F017E7EA00703"));
    expect(cut.link.map(({ ok }) => ok)).to.deep.equal([true, false]);
    expect(cut.remaining).to.be.greaterThan(0);
    const short = explain(fromHex("0001001000010010C001"));
    expect(short.link[0]).to.include({ kind: "wrapper", ok: false });
    const unknown = explain(fromHex(`${get}EE01`));
    expect(unknown.apdus.map(({ type }) => type)).to.deep.equal(["get-request-normal", "unknown"]);
    expect(unknown.remaining).to.equal(2);
    for (const explanation of [damaged, cut, short, unknown]) expect(isComplete(explanation)).to.equal(false);
  });

  for (const file of ["acse", "xdlms"]) {
    it(`understands every lawful APDU of ${file}.json`, () => {
      for (const { name, hex } of vectors(file).filter(({ error }) => error === undefined)) {
        const explanation = explain(fromHex(hex));
        expect(isComplete(explanation), `${name}: ${JSON.stringify(explanation)}`).to.equal(true);
      }
    });
  }

  for (const recording of recordings()) {
    it(`decodes ${recording.name} to the last octet, either way`, () => {
      for (const side of ["client", "server"] as const) {
        const explanation = explain(written(recording, side));
        expect(isComplete(explanation), JSON.stringify(explanation.apdus.filter((apdu) => "error" in apdu))).to.equal(true);
      }
      const whole = explain(written(recording));
      expect(isComplete(whole)).to.equal(true);
      expect(whole.readings.filter(({ logicalName }) => logicalName !== undefined)).to.not.deep.equal([]);
      // The C server sends the clock twice: a value, and octets that belong to nothing.
      for (const warning of whole.warnings)
        expect(warning).to.match(/^18 octets behind the get-response-normal|^rlre: its lengths are wrong/);
      if (!recording.name.includes("gurux-c_")) expect(whole.warnings).to.deep.equal([]);
    });
  }

  it("never throws, whatever the octets", () => {
    const starts = ["", "7E", "7EA0", "0001001000010004", "60", "61", "0F", "DB08", "C4", "E0"].map((hex) => [...fromHex(hex)]);
    fc.assert(
      fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 200 }), (start, rest) => {
        explain(Uint8Array.from([...start, ...rest]));
      }),
      { numRuns: 5000 },
    );
  });

  it("stays quick with long rubbish", function () {
    this.timeout(5000);
    for (const octet of [0x00, 0x01, 0x7e, 0xc4, 0xdb, 0xff]) explain(new Uint8Array(1 << 18).fill(octet));
  });

  for (const [what, unit] of [
    ["transfers of one octet", "E080000100000100"],
    ["transfers of a tag alone", "E0800001000001C4"],
    ["identification lines", toHex(Buffer.from("/ABC5meter\r\n"))],
    ["lines that begin like an identification", toHex(Buffer.from("/A\r\n"))],
    ["data messages without an end", toHex(Buffer.from("\u0002A("))],
  ] as const) {
    it(`takes time in proportion to the input for ${what}`, function () {
      this.timeout(60_000);
      const once = (bytes: Uint8Array): number => {
        const start = process.cpuUsage();
        explain(bytes);
        return process.cpuUsage(start).user;
      };
      // The best of three: the collector and the compiler work for other tests as well.
      const time = (length: number): number => {
        const bytes = fromHex(unit.repeat(Math.ceil(length / (unit.length / 2))));
        return Math.min(once(bytes), once(bytes), once(bytes));
      };
      // Sixteen times the input; what is quadratic takes 256 times as long.
      expect(time(1 << 16)).to.be.lessThan(96 * Math.max(time(1 << 12), 4000));
    });
  }
});
