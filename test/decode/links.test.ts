import { readFileSync } from "node:fs";
import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { explain, explainFully } from "../../src/decode/explain.ts";
import { isComplete } from "../../src/decode/explanation.ts";
import { encodeFrame } from "../../src/hdlc/index.ts";
import { encodeWpdu } from "../../src/wrapper/index.ts";

const get = fromHex("C001C100030100010800FF0200");
const answer = fromHex("C401C1000600012345");
const llcCommand = fromHex("E6E600");
const llcResponse = fromHex("E6E700");
const client = { logical: 16, length: 1 } as const;
const server = { logical: 1, length: 1 } as const;

const join = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);

function wrapped(apdu: Uint8Array): Uint8Array {
  return encodeWpdu({ sourceWPort: 16, destinationWPort: 1, apdu });
}

function frame(information: Uint8Array, { sequence = 0, segmented = false, toServer = true } = {}): Uint8Array {
  return encodeFrame({
    segmented,
    destination: toServer ? server : client,
    source: toServer ? client : server,
    control: { kind: "i", sendSequence: sequence, receiveSequence: 0, pollFinal: true },
    information,
  });
}

/** A long frame of the M-Bus with a segment from SAP 1 to SAP 103. */
function mbus(controlInformation: number, octets: Uint8Array): Uint8Array {
  const body = join(Uint8Array.of(0x53, 0xff, controlInformation, 0x01, 0x67), octets);
  const sum = body.reduce((total, octet) => (total + octet) & 0xff, 0);
  return join(Uint8Array.of(0x68, body.length, body.length, 0x68), body, Uint8Array.of(sum, 0x16));
}

function types(bytes: Uint8Array): readonly string[] {
  return explain(bytes).apdus.map(({ type }) => type);
}

function hdlcVector(name: string): Uint8Array {
  const vectors = JSON.parse(readFileSync(new URL("../vectors/hdlc.json", import.meta.url), "utf8")) as { name: string; hex: string }[];
  return fromHex(vectors.find((entry) => entry.name === name)?.hex ?? "");
}

describe("explain, the links", () => {
  it("understands messages of every link one after the other", () => {
    const telegram = Buffer.from("/ISk5MT174-0001\r\n\x021.8.0(000123.4*kWh)\r\n!\r\n\x03");
    const bcc = telegram.subarray(telegram.indexOf(2) + 1).reduce((check, octet) => check ^ octet, 0);
    const bytes = join(frame(join(llcCommand, get)), wrapped(get), telegram, Uint8Array.of(bcc), mbus(0x10, answer), get, answer);
    const explanation = explain(bytes);
    expect(isComplete(explanation), JSON.stringify(explanation)).to.equal(true);
    expect(explanation.link.map(({ kind }) => kind)).to.deep.equal(["hdlc", "wrapper", "iec62056-21", "mbus"]);
    expect(types(bytes)).to.deep.equal([
      "get-request-normal",
      "get-request-normal",
      "get-response-normal",
      "get-request-normal",
      "get-response-normal",
    ]);
    expect(explanation.readings.at(-1)).to.deep.equal({
      logicalName: "1.0.1.8.0.255",
      name: "Active energy import (+A)",
      value: 123.4,
      unit: "kWh",
      raw: "000123.4",
      type: "visible-string",
    });
  });

  it("goes on after rubbish, and tells of it", () => {
    for (const good of [frame(join(llcCommand, get)), wrapped(get), mbus(0x10, get)]) {
      const { link, apdus, remaining } = explain(join(good, fromHex("FFEE99"), good));
      expect(apdus.map(({ type }) => type)).to.deep.equal(["get-request-normal", "get-request-normal"]);
      expect(link.map(({ ok }) => ok)).to.deep.equal([true, false, true]);
      expect(link[1]).to.include({ kind: "none", error: "unknown format", bytes: "FFEE99" });
      expect(remaining).to.equal(3);
    }
  });

  it("names what is wrong with a damaged message, and reads the next one", () => {
    const good = frame(join(llcCommand, get));
    const damage = (at: number): Uint8Array => good.map((octet, index) => (index === at ? octet ^ 1 : octet));
    for (const [at, error] of [
      [4, "address"],
      [6, "hcs"],
      [good.length - 6, "fcs"],
    ] as const) {
      const { link, apdus } = explain(join(damage(at), good));
      expect(link.map(({ ok }) => ok)).to.deep.equal([false, true]);
      expect(link[0]).to.include({ kind: "hdlc", error });
      expect(apdus).to.have.lengthOf(1);
    }
    const long = mbus(0x10, get).map((octet, index) => (index === 12 ? octet ^ 1 : octet));
    expect(explain(join(long, mbus(0x10, get))).link.map(({ error }) => error)).to.deep.equal(["wrong check sum", undefined]);
    expect(explain(good.subarray(0, 15)).link[0]).to.include({ kind: "hdlc", error: "truncated frame" });
    expect(explain(wrapped(get).subarray(0, 15)).link[0]).to.include({ kind: "wrapper", error: "6 octets of the APDU are missing" });
    expect(explain(mbus(0x10, get).subarray(0, 15)).link[0]).to.include({ kind: "mbus", error: "truncated frame" });
  });

  it("reads frames that share a flag", () => {
    const one = frame(join(llcCommand, get));
    const two = frame(join(llcResponse, answer), { toServer: false });
    const explanation = explain(join(one, two.subarray(1)));
    expect(isComplete(explanation)).to.equal(true);
    expect(explanation.readings[0]).to.include({ logicalName: "1.0.1.8.0.255", value: 0x12345 });
  });

  it("joins the segments of each direction for itself", () => {
    const first = (toServer: boolean, sdu: Uint8Array) => frame(sdu.subarray(0, 8), { segmented: true, toServer });
    const second = (toServer: boolean, sdu: Uint8Array) => frame(sdu.subarray(8), { sequence: 1, toServer });
    const request = join(llcCommand, get);
    const response = join(llcResponse, answer);
    const bytes = join(first(true, request), first(false, response), second(true, request), second(false, response));
    expect(types(bytes)).to.deep.equal(["get-request-normal", "get-response-normal"]);
  });

  it("explains no message of which a segment is missing", () => {
    const sdu = join(llcCommand, get);
    const part = (start: number, end: number, sequence: number, segmented = true) =>
      frame(sdu.subarray(start, end), { sequence, segmented });
    const gap = explain(join(part(0, 5, 0), part(8, 16, 2, false), frame(sdu, { sequence: 3 })));
    expect(gap.warnings).to.deep.equal(["16>1: a segment is missing"]);
    expect(gap.apdus).to.have.lengthOf(1);
    const twice = explain(join(part(0, 5, 0), part(0, 5, 0), part(5, 16, 1, false)));
    expect(twice.warnings).to.deep.equal(["a segment of 16>1 comes twice"]);
    expect(twice.apdus.map(({ type }) => type)).to.deep.equal(["get-request-normal"]);
    expect(explain(part(0, 5, 0)).warnings).to.deep.equal(["the segments of 16>1 have no end"]);
    expect(explain(mbus(0x11, get)).warnings).to.deep.equal(["255: 1 > 103: the beginning of a message is missing"]);
  });

  it("joins the segments of M-Bus frames", () => {
    const explanation = explain(join(mbus(0x00, answer.subarray(0, 4)), mbus(0x11, answer.subarray(4))));
    expect(explanation.readings.map(({ value }) => value)).to.deep.equal([0x12345]);
    expect(explanation.link[1]).to.include({ kind: "mbus", ok: true, sequence: 1, final: true });
  });

  it("takes a doubled LLC header, and an APDU with LLC but without frame", () => {
    const doubled = explain(frame(join(llcResponse, llcResponse, answer), { toServer: false }));
    expect(doubled.warnings).to.deep.equal(["the LLC header stands there 2 times"]);
    expect(doubled.readings).to.have.lengthOf(1);
    expect(explain(join(llcResponse, answer))).to.deep.include({ link: [{ kind: "llc", ok: true }], warnings: [] });
  });

  it("joins general block transfer whose LLC stands before the first block alone", () => {
    const bytes = join(...[1, 2, 3].map((part) => hdlcVector(`gbt-push-ui-${part}-of-3`)));
    const { apdus, readings, warnings } = explain(bytes);
    expect(warnings).to.deep.equal([]);
    expect(apdus.map(({ type }) => type)).to.deep.equal([
      "general-block-transfer",
      "general-block-transfer",
      "general-block-transfer",
      "data-notification",
    ]);
    expect(readings).to.not.deep.equal([]);
  });

  it("reads what stands behind a gateway prefix", () => {
    const { apdus, readings } = explain(join(fromHex("E6000401020304"), get, fromHex("E7000401020304"), answer));
    expect(apdus[0]).to.deep.include({ type: "gateway-request", networkId: 0, physicalDeviceAddress: "01020304" });
    expect(apdus.map((apdu) => (apdu["apdu"] as { type: string }).type)).to.deep.equal(["get-request-normal", "get-response-normal"]);
    expect(readings[0]).to.include({ logicalName: "1.0.1.8.0.255" });
  });

  it("reads sign-on and identification before HDLC", () => {
    const bytes = join(Buffer.from("/?!\r\n/GRX5\\212345678\r\n\x06252\r\n"), frame(join(llcCommand, get)));
    const explanation = explain(bytes);
    expect(isComplete(explanation), JSON.stringify(explanation.link)).to.equal(true);
    expect(explanation.link.map(({ kind, message }) => message ?? kind)).to.deep.equal([
      "request",
      "iec62056-21",
      "acknowledgement",
      "hdlc",
    ]);
    expect(explanation.link[1]?.["identification"]).to.include({ manufacturer: "GRX", baudCharacter: "5", modeE: true });
  });

  it("keeps the octets of each APDU", () => {
    const { apdus } = explainFully(join(wrapped(get), frame(join(llcResponse, answer), { toServer: false })));
    expect(apdus.map(({ octets }) => toHex(octets))).to.deep.equal([toHex(get), toHex(answer)]);
  });
});
