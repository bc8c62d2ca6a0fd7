import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import type { HdlcStationOptions } from "../../src/hdlc/index.ts";
import { addresses, concat, frame, summary } from "./frames.ts";
import { connected, Tool } from "./tool.ts";

const [snrm, disc, rr0] = [0x93, 0x53, 0x11];
const silence: string[] = [];
const ua = /^73 8180/;

/** Sends what must be met with silence, lets the line rest, and checks that the station is in NDM and well. */
function expectSilence(bytes: Uint8Array, options?: Partial<HdlcStationOptions>): void {
  const tool = new Tool(options);
  expect(tool.sends(bytes), toHex(bytes)).to.deep.equal(silence);
  tool.waits(5000);
  expect(tool.sendsFrame(disc)).to.deep.equal(["1F"]);
}

describe("HDLC conformance (ATS_DL)", () => {
  it("HDLC_FRAME_P1: sets up and releases", () => {
    const tool = new Tool();
    expect(tool.sendsFrame(disc)).to.deep.equal(["1F"]);
    expect(tool.sendsFrame(snrm)[0]).to.match(ua);
    expect(tool.sendsFrame(rr0)).to.deep.equal(["11"]);
    expect(tool.sendsFrame(disc)).to.deep.equal(["73"]);
    expect(tool.sendsFrame(disc)).to.deep.equal(["1F"]);
  });

  it("HDLC_FRAME_P2: drops a frame cut short after the inter-octet time-out and stays in NRM", () => {
    const tool = connected();
    expect(tool.sends(frame(rr0).subarray(0, -1))).to.deep.equal(silence);
    tool.waits(1001);
    expect(tool.events.at(-1)).to.include({ type: "discarded", reason: "silence" });
    expect(tool.sendsFrame(rr0)).to.deep.equal(["11"]);
  });

  it("HDLC_FRAME_P3: is in NDM after the inactivity time-out", () => {
    const tool = connected({ inactivityTimeout: 30_000 });
    tool.waits(29_000);
    expect(tool.sendsFrame(rr0)).to.deep.equal(["11"]);
    tool.waits(29_999);
    expect(tool.station.nextTimeout).to.equal(59_000);
    tool.waits(1);
    expect(tool.events.at(-1)).to.deep.equal({ type: "closed", channel: { clientSap: 16, serverSap: 1 }, reason: "timeout" });
    expect(tool.sendsFrame(rr0)).to.deep.equal(["1F"]);
    expect(connected({ inactivityTimeout: 0 }).station.nextTimeout).to.equal(undefined);
  });

  it("HDLC_FRAME_N1: ignores frames without flags", () => {
    const whole = frame(snrm);
    for (const bytes of [whole.subarray(1), whole.subarray(0, -1), whole.subarray(1, -1)]) expectSilence(bytes);
    const tool = connected();
    expect(tool.sendsFrame(disc)).to.deep.equal(["73"]);
    expect(tool.sends(whole.subarray(1)), "the closing flag of DISC does not open the next frame").to.deep.equal(silence);
    expect(tool.sendsFrame(disc)).to.deep.equal(["1F"]);
  });

  it("HDLC_FRAME_N2: ignores frames that are too short", () => {
    for (const hex of ["7E7E", "7EA07E", "7EA0027E", "7EA00503937E", "7EA0060321937E"]) {
      const tool = new Tool();
      expect(tool.sends(fromHex(hex))).to.deep.equal(silence);
      tool.waits(5000);
      expect(tool.sendsFrame(snrm)[0]).to.match(ua);
    }
  });

  it("HDLC_FRAME_N3: ignores other format types", () => {
    for (const type of [0x00, 0x80, 0x90, 0xb0, 0xe0]) {
      const bytes = frame(snrm);
      bytes[1] = type;
      expectSilence(bytes);
    }
  });

  it("HDLC_FRAME_N4: ignores frames whose length is not what it says", () => {
    for (const difference of [-2, -1, 1, 2, 50]) {
      const bytes = frame(snrm, { information: "818000" });
      bytes[2] = (bytes[2] as number) + difference;
      expectSilence(bytes);
    }
  });

  it("HDLC_FRAME_N5: rejects an unknown control field in NRM, and can be set up again", () => {
    const tool = connected();
    expect(tool.sendsFrame(0xff)).to.deep.equal(["97 FF0080"]);
    expect(tool.sendsFrame(rr0), "every poll is answered with the rejection").to.deep.equal(["97 FF0080"]);
    expect(tool.sendsFrame(snrm)[0]).to.match(ua);
    expect(tool.sendsFrame(rr0)).to.deep.equal(["11"]);
    expect(new Tool().sendsFrame(0xff), "in NDM").to.deep.equal(["1F"]);
  });

  it("HDLC_FRAME_N7: ignores a wrong HCS", () => {
    const bytes = frame(snrm, { information: "818000" });
    bytes[7] = (bytes[7] as number) ^ 1;
    expectSilence(bytes);
  });

  it("HDLC_FRAME_N8: ignores a wrong FCS", () => {
    const bytes = frame(snrm);
    bytes[bytes.length - 2] = (bytes[bytes.length - 2] as number) ^ 1;
    expectSilence(bytes);
  });

  it("HDLC_ADDRESS_P1: answers every address form in kind", () => {
    for (const destination of ["03", "0223", "00020023"]) {
      const answer = new Tool().sendsRaw(frame(snrm, { destination })) as Uint8Array;
      expect(summary(answer)[0]).to.match(ua);
      const asked = addresses(frame(snrm, { destination })).split("<");
      expect(addresses(answer).split("<")).to.deep.equal(asked.reverse());
    }
  });

  it("HDLC_ADDRESS_N1: ignores client addresses of two octets, and nobody", () => {
    expectSilence(frame(snrm, { source: "0221" }));
    expectSilence(frame(snrm, { source: "01" }));
  });

  it("HDLC_ADDRESS_N4: ignores unknown destinations", () => {
    for (const destination of ["05", "0225", "0423", "00020025", "00040023", "01", "0201"]) expectSilence(frame(snrm, { destination }));
  });

  it("HDLC_ADDRESS_N6: ignores one octet where more are declared", () => {
    const options = { addressLengths: [2, 4] as const };
    expectSilence(frame(snrm, { destination: "03" }), options);
    expect(new Tool(options).sendsFrame(snrm)[0]).to.match(ua);
  });

  it("HDLC_ADDRESS_N7: ignores destinations of three and five octets", () => {
    expectSilence(fromHex("7E A0 09 00 02 23 21 93 00 00 7E"));
    expectSilence(fromHex("7E A0 0B 00 02 00 00 23 21 93 00 00 7E"));
  });

  it("HDLC_NDM2NRM_P1: negotiates the information field and obeys", () => {
    for (const [proposal, expected] of [
      ["", "818012 050180 060180 070400000001 080400000001"],
      ["818008 05020100 060207EE", "818014 050207EE 06020100 070400000001 080400000001"],
      ["818008 0502FFFF 0602FFFF", "818014 050207EE 060207EE 070400000001 080400000001"],
      ["818006 050140 060120", "818012 050120 060140 070400000001 080400000001"],
    ] as const) {
      expect(new Tool().sendsFrame(snrm, { information: proposal })).to.deep.equal([`73 ${expected.replaceAll(" ", "")}`]);
    }
    const tool = connected({}, "818006 050140 060120");
    tool.sendsFrame(0x10, { information: "E6E600C001" });
    expect(tool.answers("AB".repeat(40))).to.deep.equal([`30+ E6E700${"AB".repeat(29)}`]);
    expect(tool.sendsFrame(0x31)).to.deep.equal([`32 ${"AB".repeat(11)}`]);
  });

  it("HDLC_NDM2NRM_P1: refuses what it cannot read, or what is longer than all can receive", () => {
    for (const information of ["80", "8180FF05", "81".repeat(129)])
      expect(new Tool().sendsFrame(snrm, { information })).to.deep.equal(["1F"]);
  });

  it("HDLC_NDM2NRM_P2: negotiates the window and obeys", () => {
    for (let size = 1; size <= 7; size++) {
      const tool = connected({ windowSizeTransmit: 5 }, `818012 050120 060120 070400000001 08040000000${size}`);
      tool.sendsFrame(0x10, { information: "E6E600C001" });
      const burst = tool.answers("AB".repeat(400));
      expect(burst.length).to.equal(Math.min(size, 5));
      expect(burst.map((line) => Number.parseInt(line.slice(0, 2), 16) & 0x10).indexOf(0x10)).to.equal(burst.length - 1);
    }
  });

  it("HDLC_INFO_P1: exchanges I frames, also when the request is segmented", () => {
    const tool = connected();
    expect(tool.sendsFrame(0x10, { information: "E6E6006001" })).to.deep.equal(silence);
    expect(tool.answers("6102")).to.deep.equal(["30 E6E7006102"]);
    expect(tool.sendsFrame(0x32, { information: "E6E600C001", segmented: true })).to.deep.equal(["51"]);
    expect(tool.sendsFrame(0x34, { information: "0203", segmented: true })).to.deep.equal(["71"]);
    expect(tool.sendsFrame(0x36, { information: "04" })).to.deep.equal(silence);
    expect(tool.answers("C401")).to.deep.equal(["92 E6E700C401"]);
    expect(tool.apdus).to.deep.equal(["6001", "C001020304"]);
  });

  it("HDLC_INFO_N1: rejects an information field longer than negotiated", () => {
    const tool = connected();
    expect(tool.sendsFrame(0x10, { information: "AA".repeat(129) })).to.deep.equal(["97 100020"]);
    expect(tool.apdus).to.deep.equal([]);
  });

  it("HDLC_INFO_N2: rejects a wrong N(R)", () => {
    expect(connected().sendsFrame(0x31)).to.deep.equal(["97 310010"]);
  });

  it("HDLC_INFO_N3: answers a wrong N(S) with the expected one and executes nothing", () => {
    const tool = connected();
    expect(tool.sendsFrame(0x12, { information: "E6E600C001" })).to.deep.equal(["11"]);
    expect(tool.apdus).to.deep.equal([]);
  });

  it("HDLC_NDMOP_N1: answers I, RR and RNR in NDM with DM", () => {
    for (const control of [0x10, 0x11, 0x15]) expect(new Tool().sendsFrame(control)).to.deep.equal(["1F"]);
    expect(new Tool().sendsFrame(0x00), "nobody gave it the turn").to.deep.equal(silence);
  });

  it("executes an I frame once that is sent twice, and answers it twice", () => {
    const tool = connected();
    const request = frame(0x10, { information: "E6E600C001" });
    tool.sends(request);
    expect(tool.answers("C401")).to.deep.equal(["30 E6E700C401"]);
    expect(tool.sends(request)).to.deep.equal(["30 E6E700C401"]);
    expect(tool.sendsFrame(0x32, { information: "E6E600C002" })).to.deep.equal(silence);
    expect(tool.answers("C402")).to.deep.equal(["52 E6E700C402"]);
    expect(tool.apdus).to.deep.equal(["C001", "C002"]);
  });

  it("answers a request repeated before the answer is ready with RR, and later polls with the answer", () => {
    const tool = connected();
    const request = frame(0x10, { information: "E6E600C001" });
    expect(tool.sends(concat(request, request))).to.deep.equal(["31"]);
    expect(tool.sendsFrame(rr0)).to.deep.equal(["31"]);
    expect(tool.answers("C401")).to.deep.equal(silence);
    expect(tool.sendsFrame(rr0)).to.deep.equal(["30 E6E700C401"]);
    expect(tool.apdus).to.deep.equal(["C001"]);
  });

  it("sends no information to a client that is not ready, and goes on when it is", () => {
    const tool = connected();
    tool.sendsFrame(0x10, { information: "E6E600C001" });
    expect(tool.answers("AB".repeat(200))[0]).to.match(/^30\+/);
    expect(tool.sendsFrame(0x35)).to.deep.equal(["31"]);
    expect(tool.sendsFrame(0x31)[0]).to.match(/^32 AB/);
  });
});
