import { ByteReader } from "../../../bytes/byte-reader.ts";
import { defaultHdlcParameters, type HdlcParameters } from "../../../hdlc/parameters.ts";
import type { ConformanceCase, Subtest } from "../../case.ts";
import type { Declaration } from "../../declaration.ts";
import { describeAnswer, isSuccess } from "../../test-association.ts";
import type { Tester } from "../../tester.ts";
import { fail, inapplicable, inconclusive, must } from "../../verdict.ts";
import { connect, readLong } from "./linked.ts";

/** Values as they stand in the information field of UA, by identifier. */
function valuesOf(information: Uint8Array): ReadonlyMap<number, number> {
  const values = new Map<number, number>();
  if (information.length === 0) return values;
  const reader = new ByteReader(information);
  must(
    reader.u8("format identifier") === 0x81 && reader.u8("group identifier") === 0x80,
    "the information field of UA does not begin with 81 80",
  );
  const group = reader.sub(reader.u8("group length"), "HDLC parameters");
  while (group.remaining > 0) {
    const identifier = group.u8("parameter identifier");
    const octets = group.bytes(group.u8("parameter length"), "HDLC parameter");
    // Without a value it is the default.
    if (octets.length === 0) continue;
    values.set(
      identifier,
      octets.reduce((sum, octet) => sum * 256 + octet, 0),
    );
  }
  return values;
}

/** Each value of UA, and what of SNRM it must not exceed: the one's transmit meets the other's receive. */
const limits = [
  { identifier: 5, name: "maximum information field length, transmit", meets: "maxInformationFieldLengthReceive", least: 32, most: 2030 },
  { identifier: 6, name: "maximum information field length, receive", meets: "maxInformationFieldLengthTransmit", least: 32, most: 2030 },
  { identifier: 7, name: "window size, transmit", meets: "windowSizeReceive", least: 1, most: 7 },
  { identifier: 8, name: "window size, receive", meets: "windowSizeTransmit", least: 1, most: 7 },
] as const;

/** UA agrees to nothing beyond what was proposed, and to nothing that there is not; what it leaves out is the default. */
function mustBeWithin(acceptance: Uint8Array, proposal: HdlcParameters): void {
  const values = valuesOf(acceptance);
  for (const { identifier, name, meets, least, most } of limits) {
    const value = values.get(identifier) ?? defaultHdlcParameters[meets];
    must(value >= least && value <= most, `UA has ${name} ${value}, outside ${least} to ${most}`);
    must(value <= proposal[meets], `UA has ${name} ${value}, where ${proposal[meets]} is proposed`);
  }
}

/** A link with a proposal that UA must keep to, and so must a long answer. Without a proposal the defaults count. */
async function negotiates(tester: Tester, proposal: HdlcParameters | undefined): Promise<void> {
  const association = await connect(tester, { proposal });
  mustBeWithin(association.link.acceptance, proposal ?? defaultHdlcParameters);
  await association.establish();
  const answer = await readLong(association);
  if (answer.type === "silence" || answer.type === "closed") fail(`a long answer does not come to its end: ${answer.type}`);
  if (!isSuccess(answer)) inconclusive(`there is no long answer: ${describeAnswer(answer)}`);
}

/** The same numbers in both directions. */
function symmetrical(length: number, window: number): HdlcParameters {
  return {
    maxInformationFieldLengthTransmit: length,
    maxInformationFieldLengthReceive: length,
    windowSizeTransmit: window,
    windowSizeReceive: window,
  };
}

/** What the link may be asked for is declared. */
function longestOf({ hdlcProposal }: Declaration): number {
  return Math.min(hdlcProposal.maxInformationFieldLengthTransmit, hdlcProposal.maxInformationFieldLengthReceive);
}

function largestWindowOf({ hdlcProposal }: Declaration): number {
  return Math.min(hdlcProposal.windowSizeTransmit, hdlcProposal.windowSizeReceive);
}

function proposesLength(length: number): Subtest {
  return {
    title: `${length} octets proposed: UA has at most as many, and a long answer keeps to what UA has`,
    run: async (tester) => {
      const most = longestOf(tester.declaration);
      if (length > most) inapplicable(`the link may be asked for ${most} octets at most`);
      await negotiates(tester, symmetrical(length, 1));
    },
  };
}

function proposesWindow(size: number): Subtest {
  return {
    title: `a window of ${size} proposed: UA has at most as many, and a long answer has no more frames in a row than UA has`,
    run: async (tester) => {
      const most = largestWindowOf(tester.declaration);
      if (size > most) inapplicable(`the link may be asked for a window of ${most} at most`);
      await negotiates(tester, symmetrical(128, size));
    },
  };
}

/** What SNRM proposes and UA agrees to (ATS_DL V5, HDLC_NDM2NRM). */
export const negotiationCases: readonly ConformanceCase[] = [
  {
    id: "HDLC_NDM2NRM_P1",
    title: "the maximum length of the information field is negotiated and obeyed",
    group: "hdlc",
    source: "ATS_DL V5 HDLC_NDM2NRM_P1; IEC 62056-46 6.4.4.4.3.2",
    subtests: [
      {
        title: "nothing proposed: UA has 128 octets and a window of 1 at most, and a long answer keeps to what UA has",
        run: (tester) => negotiates(tester, undefined),
      },
      ...[64, 128, 256, 512, 1024, 2030].map(proposesLength),
      {
        title:
          "128 octets to receive and more to transmit proposed: UA has no more than that in either direction, and a long answer keeps to it",
        run: async (tester) => {
          const most = longestOf(tester.declaration);
          if (most <= 128) inapplicable(`the link may be asked for ${most} octets at most`);
          await negotiates(tester, { ...symmetrical(128, 1), maxInformationFieldLengthTransmit: most });
        },
      },
    ],
  },
  {
    id: "HDLC_NDM2NRM_P2",
    title: "the window size is negotiated and obeyed",
    group: "hdlc",
    source: "ATS_DL V5 HDLC_NDM2NRM_P2; IEC 62056-46 6.4.4.4.3.2",
    subtests: [
      ...[1, 2, 3, 4, 5, 6, 7].map(proposesWindow),
      {
        title:
          "a window of 1 to receive and of more to transmit proposed: UA has no more than that in either direction, and a long answer keeps to it",
        run: async (tester) => {
          const most = largestWindowOf(tester.declaration);
          if (most === 1) inapplicable("the link may be asked for a window of 1 at most");
          await negotiates(tester, { ...symmetrical(128, 1), windowSizeTransmit: most });
        },
      },
    ],
  },
];
