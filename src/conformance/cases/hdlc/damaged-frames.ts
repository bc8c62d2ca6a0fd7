import { encodeParameters } from "../../../hdlc/parameters.ts";
import type { ConformanceCase, Subtest } from "../../case.ts";
import type { HdlcLine } from "../../hdlc-line.ts";
import type { Tester } from "../../tester.ts";
import { begin, beginDown, changed, flagged, framed, iFrame, mustAnswer, mustBeFresh, mustBeWell, mustStaySilent, snrm } from "./frames.ts";

/** SNRM with an information field, and so with a header check sequence. */
function proposing(line: HdlcLine): Uint8Array {
  const least = {
    maxInformationFieldLengthTransmit: 128,
    maxInformationFieldLengthReceive: 128,
    windowSizeTransmit: 1,
    windowSizeReceive: 1,
  };
  return line.encode({ ...snrm, information: encodeParameters(least) });
}

/** Octets of a frame in front of its HCS: flag, format, addresses and control field. */
function headerLength(line: HdlcLine): number {
  return 1 + 2 + line.server.length + line.client.length + 1;
}

/** A frame with another HCS, and a right FCS. */
function wrongHcs(line: HdlcLine, frame: Uint8Array): Uint8Array {
  return changed(damaged(frame, headerLength(line)), () => {});
}

/** A line on which no link is up. */
async function released(tester: Tester): Promise<HdlcLine> {
  const line = await tester.hdlc();
  await beginDown(line);
  return line;
}

/** The same on a connection that is new, as the closing flag of a frame before could pass for an opening one. */
async function releasedBefore(tester: Tester): Promise<HdlcLine> {
  await released(tester);
  return tester.hdlc();
}

/** Damage in NDM: silence, and the link is not up, but can be set up. */
function ignoredInNdm(what: string, damage: (line: HdlcLine) => Uint8Array, begun = released): Subtest {
  return {
    title: `${what}: silence, then DISC -> DM and SNRM -> UA`,
    run: async (tester) => {
      const line = await begun(tester);
      await mustStaySilent(line, damage(line), what);
      await mustBeWell(line, `after ${what}`);
    },
  };
}

/** Damage in NRM: silence, and the link is as it was. */
function ignoredInNrm(what: string, damage: (line: HdlcLine) => Uint8Array): Subtest {
  return {
    title: `${what}: silence, then RR -> RR with N(R)=0`,
    run: async (tester) => {
      const line = await tester.hdlc();
      await begin(line);
      await mustStaySilent(line, damage(line), what);
      await mustBeFresh(line, `after ${what}`);
    },
  };
}

/** Too little between the flags: silence, and the link can be set up. */
function tooShort(what: string, octets: (line: HdlcLine) => Uint8Array): Subtest {
  return {
    title: `${what}: silence, then SNRM -> UA`,
    run: async (tester) => {
      const line = await released(tester);
      await mustStaySilent(line, octets(line), what);
      await mustAnswer(line, snrm, "ua", `SNRM after ${what}`);
    },
  };
}

const formatTypes = [0x00, 0x20, 0x80, 0x90, 0xb0, 0xe0, 0xf0] as const;
const lengthFaults = [-2, -1, 1, 2, 50] as const;

const information = new Uint8Array(16);

/** SNRM with another length in its format field, and a frame check sequence that is right for it. */
function withLength(line: HdlcLine, length: (right: number) => number): Uint8Array {
  return changed(line.encode(snrm), (content) => {
    const value = length(content.length + 2);
    content[0] = 0xa0 | (value >> 8);
    content[1] = value & 0xff;
  });
}

/** An octet inverted in one bit. */
function damaged(frame: Uint8Array, at: number): Uint8Array {
  const copy = frame.slice();
  copy[at] = (copy[at] as number) ^ 0x01;
  return copy;
}

/** Frames that no station may take for one (ATS_DL V5, HDLC_FRAME_N1 to N4). */
export const damagedFrameCases: readonly ConformanceCase[] = [
  {
    id: "HDLC_FRAME_N1",
    title: "flags are missing",
    group: "hdlc",
    source: "ATS_DL V5 HDLC_FRAME_N1; IEC 62056-46 6.4.1",
    subtests: [
      ignoredInNdm("SNRM without its opening flag", (line) => line.encode(snrm).subarray(1), releasedBefore),
      ignoredInNdm("SNRM without its closing flag", (line) => line.encode(snrm).subarray(0, -1), releasedBefore),
      ignoredInNdm("SNRM without both flags", (line) => line.encode(snrm).subarray(1, -1), releasedBefore),
    ],
  },
  {
    id: "HDLC_FRAME_N2",
    title: "there is too little between the flags",
    group: "hdlc",
    source: "ATS_DL V5 HDLC_FRAME_N2; IEC 62056-46 6.4.1",
    subtests: [
      tooShort("a pair of flags", () => flagged(new Uint8Array())),
      tooShort("a format field alone", () => flagged(Uint8Array.of(0xa0, 0x02))),
      tooShort("a format field and its FCS", () => framed(Uint8Array.of(0xa0, 0x04))),
      tooShort("a frame that ends with its destination address, and its FCS", (line) => cutContent(line, line.server.length)),
      tooShort("a frame that ends with its addresses, and its FCS", (line) => cutContent(line, line.server.length + line.client.length)),
    ],
  },
  {
    id: "HDLC_FRAME_N3",
    title: "the format type is another than 3",
    group: "hdlc",
    source: "ATS_DL V5 HDLC_FRAME_N3; IEC 62056-46 6.4.1",
    subtests: formatTypes.map((type) =>
      ignoredInNdm(`SNRM with ${(type >> 4).toString(2).padStart(4, "0")} for 1010 in the format field and a right FCS`, (line) =>
        changed(line.encode(snrm), (content) => {
          content[0] = type | ((content[0] as number) & 0x0f);
        }),
      ),
    ),
  },
  {
    id: "HDLC_FRAME_N4",
    title: "the length in the format field is wrong",
    group: "hdlc",
    source: "ATS_DL V5 HDLC_FRAME_N4; IEC 62056-46 6.4.1",
    subtests: [
      ...lengthFaults.map((fault) =>
        ignoredInNdm(`SNRM whose length field says ${Math.abs(fault)} too ${fault < 0 ? "little" : "much"}, with a right FCS`, (line) =>
          withLength(line, (right) => right + fault),
        ),
      ),
      ignoredInNdm("SNRM whose length field says 0, with a right FCS", (line) => withLength(line, () => 0)),
      ignoredInNdm("SNRM whose length field says 2047, with a right FCS", (line) => withLength(line, () => 0x7ff)),
    ],
  },
];

/** Frames whose check sequences are wrong (ATS_DL V5, HDLC_FRAME_N7 and N8). */
export const wrongCheckCases: readonly ConformanceCase[] = [
  {
    id: "HDLC_FRAME_N7",
    title: "the header check sequence is wrong",
    group: "hdlc",
    source: "ATS_DL V5 HDLC_FRAME_N7; IEC 62056-46 6.4.1",
    subtests: [
      ignoredInNdm("SNRM with a wrong HCS and a right FCS", (line) => wrongHcs(line, proposing(line))),
      ignoredInNrm("an I frame with a wrong HCS and a right FCS", (line) => wrongHcs(line, line.encode(iFrame(0, 0, information)))),
    ],
  },
  {
    id: "HDLC_FRAME_N8",
    title: "the frame check sequence is wrong",
    group: "hdlc",
    source: "ATS_DL V5 HDLC_FRAME_N8; IEC 62056-46 6.4.1",
    subtests: [
      ignoredInNdm("SNRM without information and with a wrong FCS", (line) => damaged(line.encode(snrm), line.encode(snrm).length - 3)),
      ignoredInNdm("SNRM with information, a right HCS and a wrong FCS", (line) => damaged(proposing(line), proposing(line).length - 3)),
      ignoredInNrm("an I frame with a right HCS and a wrong octet of information", (line) =>
        damaged(line.encode(iFrame(0, 0, information)), headerLength(line) + 4),
      ),
    ],
  },
];

/** SNRM that ends after so many octets behind its format field; length and FCS are right for what is there. */
function cutContent(line: HdlcLine, octets: number): Uint8Array {
  const content = line.encode(snrm).slice(1, 1 + 2 + octets);
  content[1] = content.length + 2;
  return framed(content);
}
