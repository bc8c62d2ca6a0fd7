import { type HdlcAddressOptions, hdlcAddress } from "../../../hdlc/address.ts";
import { addLlc, llcCommand } from "../../../hdlc/llc.ts";
import type { ConformanceCase, Subtest } from "../../case.ts";
import { describeFrame } from "../../frame-link.ts";
import { clientAddress, type FrameParts, type HdlcLine } from "../../hdlc-line.ts";
import type { Tester } from "../../tester.ts";
import { inapplicable, must } from "../../verdict.ts";
import { readDeviceName } from "../application/refusals.ts";
import { addressesOf } from "./addresses.ts";
import { begin, beginDown, disc, mustBeFresh, mustBeWell, mustStaySilent, snrm } from "./frames.ts";

const everybody = { 1: 0x7f, 2: 0x7f, 4: 0x3fff } as const;
const nobody = 0;

/** SNRM to somebody whom no device may answer for. */
function unanswered(who: string, parts: (tester: Tester, line: HdlcLine) => Partial<FrameParts>): Subtest {
  return {
    title: `SNRM ${who}: silence, then DISC -> DM and SNRM -> UA`,
    run: async (tester) => {
      const line = await tester.hdlc();
      await beginDown(line);
      await mustStaySilent(line, line.encode({ ...snrm, ...parts(tester, line) }), `SNRM ${who}`);
      await mustBeWell(line, `after SNRM ${who}`);
    },
  };
}

function to(address: HdlcAddressOptions): Pick<FrameParts, "destination"> & Partial<FrameParts> {
  return { destination: hdlcAddress(address) };
}

/** The upper address of the device, where it fits. */
function upper({ server }: HdlcLine, length: 2 | 4): number {
  return server.logical < everybody[length] ? server.logical : inapplicable(`the upper address does not fit ${length} octets`);
}

function lower(tester: Tester, length: 2 | 4): number {
  return addressesOf(tester.declaration, length)[0].physical ?? nobody;
}

const unconfirmed = addLlc(llcCommand, readDeviceName);

function ui(pollFinal: boolean, information?: Uint8Array): FrameParts {
  return { control: { kind: "ui", pollFinal }, ...(information && { information }) };
}

/** Frames to everybody and to nobody, and frames that want no answer (IEC 62056-46 6.4.2.3 and 6.4.3). */
export const everybodyCases: readonly ConformanceCase[] = [
  {
    id: "X_HDLC_ALL_STATION",
    title: "what is sent to everybody is never answered",
    group: "extra",
    source: "IEC 62056-46 6.4.2.3",
    subtests: [
      unanswered("to everybody, in one octet", () => to({ logical: everybody[1], length: 1 })),
      ...([2, 4] as const).flatMap((length) => [
        unanswered(`to everybody, in ${length} octets`, () => to({ logical: everybody[length], physical: everybody[length], length })),
        unanswered(`to each logical device of this meter, in ${length} octets`, (tester) =>
          to({ logical: everybody[length], physical: lower(tester, length), length }),
        ),
        unanswered(`to this logical device of each meter, in ${length} octets`, (_, line) =>
          to({ logical: upper(line, length), physical: everybody[length], length }),
        ),
      ]),
      {
        title: "DISC to everybody, in one octet: silence, and the link stays up",
        run: async (tester) => {
          const line = await tester.hdlc();
          await begin(line);
          await mustStaySilent(line, line.encode({ ...disc, ...to({ logical: everybody[1], length: 1 }) }), "DISC to everybody");
          await mustBeFresh(line, "after DISC to everybody");
        },
      },
      {
        title: "UI to everybody, in one octet, P=0: silence, then DISC -> DM and SNRM -> UA",
        run: async (tester) => {
          const line = await tester.hdlc();
          const frame = { ...ui(false, unconfirmed), ...to({ logical: everybody[1], length: 1 }) };
          await beginDown(line);
          await mustStaySilent(line, line.encode(frame), "UI to everybody");
          await mustBeWell(line, "after UI to everybody");
        },
      },
    ],
  },
  {
    id: "X_HDLC_NO_STATION",
    title: "what is sent to nobody, or by nobody, is not answered",
    group: "extra",
    source: "IEC 62056-46 6.4.2.3",
    subtests: [
      unanswered("to nobody, in one octet", () => to({ logical: nobody, length: 1 })),
      unanswered("to nobody, in 2 octets", () => to({ logical: nobody, physical: nobody, length: 2 })),
      unanswered("to nobody, in 4 octets", () => to({ logical: nobody, physical: nobody, length: 4 })),
      unanswered("from nobody", () => ({ source: clientAddress(nobody) })),
    ],
  },
  {
    id: "X_HDLC_UI",
    title: "UI frames leave a link as it is",
    group: "extra",
    source: "IEC 62056-46 6.4.3 and 6.4.4.4.4",
    subtests: [
      {
        title: "UI in NDM, P=0: silence, then DISC -> DM and SNRM -> UA",
        run: async (tester) => {
          const line = await tester.hdlc();
          await beginDown(line);
          await mustStaySilent(line, line.encode(ui(false, unconfirmed)), "UI in NDM");
          await mustBeWell(line, "after UI in NDM");
        },
      },
      {
        title: "UI in NRM, P=0: silence, then RR -> RR with N(R)=0",
        run: async (tester) => {
          const line = await tester.hdlc();
          await begin(line);
          await mustStaySilent(line, line.encode(ui(false, unconfirmed)), "UI in NRM");
          await mustBeFresh(line, "after UI in NRM");
        },
      },
      {
        title: "UI without information in NRM, P=1: UI or RR with F=1, or silence; then RR -> RR with N(R)=0",
        run: async (tester) => {
          const line = await tester.hdlc();
          await begin(line);
          const answer = await line.exchange(ui(true));
          if (answer !== undefined) {
            const { kind, pollFinal } = answer.control;
            must(
              (kind === "ui" || kind === "rr") && pollFinal,
              `UI with P=1 is answered by ${describeFrame(answer)} with F=${pollFinal ? 1 : 0}`,
            );
          }
          await mustBeFresh(line, "after UI with P=1");
        },
      },
    ],
  },
];
