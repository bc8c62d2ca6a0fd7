import { type HdlcAddress, type HdlcAddressLength, hdlcAddress } from "../../../hdlc/address.ts";
import type { ConformanceCase, Subtest } from "../../case.ts";
import type { Declaration } from "../../declaration.ts";
import type { HdlcLine } from "../../hdlc-line.ts";
import { inapplicable, must } from "../../verdict.ts";
import { beginDown, describeAddress, disc, framed, mustAnswer, mustBeWell, mustStaySilent, snrm } from "./frames.ts";

const lengths = [1, 2, 4] as const;

/** The largest usable number of each part (IEC 62056-46 6.4.2.3): those above are for calling, and for everybody. */
const largest = { 1: 0x7d, 2: 0x7d, 4: 0x3ffd } as const;

const octets = { 1: "one octet", 2: "two octets", 4: "four octets" } as const;

function declaredAddresses({ hdlcAddress: first, hdlcAddressForms }: Declaration): readonly HdlcAddress[] {
  return [first, ...hdlcAddressForms].map(hdlcAddress);
}

/** The declared addresses of a length; inapplicable where there is none. */
export function addressesOf(declaration: Declaration, length: HdlcAddressLength): readonly [HdlcAddress, ...HdlcAddress[]] {
  const [first, ...more] = declaredAddresses(declaration).filter((address) => address.length === length);
  return first === undefined ? inapplicable(`no address of ${octets[length]} is declared`) : [first, ...more];
}

/** A number of a part that nobody has who is declared. */
function unknownNumber(declaration: Declaration, part: "logical" | "physical", length: HdlcAddressLength): number {
  const known = new Set(declaredAddresses(declaration).map((address) => address[part]));
  if (part === "logical") for (const { options } of declaration.associations) known.add(options().serverSap);
  let number: number = largest[length];
  while (known.has(number)) number -= 1;
  return number;
}

/** SNRM to somebody else. */
function unknownDestination(length: HdlcAddressLength, part: "logical" | "physical"): Subtest {
  const title = `SNRM to an unknown ${part === "logical" ? "upper" : "lower"} address of ${octets[length]}`;
  return {
    title: `${title}: silence, then DISC -> DM and SNRM -> UA`,
    run: async (tester) => {
      const line = await tester.hdlc();
      const { declaration } = tester;
      const [own] = addressesOf(declaration, length);
      const destination = { ...own, [part]: unknownNumber(declaration, part, length) };
      await beginDown(line);
      await mustStaySilent(line, line.encode({ ...snrm, destination }), `SNRM to ${describeAddress(destination)}`);
      await mustBeWell(line, `after SNRM to ${describeAddress(destination)}`);
    },
  };
}

/** SNRM with an address field that no station has: its octets, the last of which ends it. */
function addressField(
  what: string,
  encode: (line: HdlcLine) => { readonly destination: Uint8Array; readonly source: Uint8Array },
): Subtest {
  return {
    title: `SNRM with ${what} and a right FCS: silence, then DISC -> DM and SNRM -> UA`,
    run: async (tester) => {
      const line = await tester.hdlc();
      const { destination, source } = encode(line);
      const addresses = Uint8Array.of(...destination, ...source);
      const length = 2 + addresses.length + 1 + 2;
      await beginDown(line);
      await mustStaySilent(line, framed(Uint8Array.of(0xa0, length, ...addresses, snrmOctet)), `SNRM with ${what}`);
      await mustBeWell(line, `after SNRM with ${what}`);
    },
  };
}

const snrmOctet = 0x93;

/** Seven bits an octet; bit 0 ends the field. */
function field(...septets: readonly number[]): Uint8Array {
  return Uint8Array.from(septets, (septet, index) => (septet << 1) | (index === septets.length - 1 ? 1 : 0));
}

/** The address of the device and of the client as they are, in the form that can be lengthened. */
function parts({ server, client }: HdlcLine): { readonly logical: number; readonly physical: number; readonly client: number } {
  return { logical: server.logical & 0x7f, physical: (server.physical ?? 0) & 0x7f, client: client.logical };
}

function encoded(line: HdlcLine): Uint8Array {
  const { server } = line;
  return line.encode(snrm).slice(3, 3 + server.length);
}

/** Who is called, and in which form (ATS_DL V5, HDLC_ADDRESS). */
export const addressCases: readonly ConformanceCase[] = [
  {
    id: "HDLC_ADDRESS_P1",
    title: "the device answers to every address it is said to have, from the same address",
    group: "hdlc",
    source: "ATS_DL V5 HDLC_ADDRESS_P1; IEC 62056-46 6.4.2",
    subtests: lengths.map((length) => ({
      title: `declared addresses of ${octets[length]}: SNRM -> UA, RR -> RR, DISC -> UA, from the address called in the form called`,
      run: async (tester) => {
        const line = await tester.hdlc();
        for (const destination of addressesOf(tester.declaration, length)) {
          const when = `to ${describeAddress(destination)}`;
          const { source } = await mustAnswer(line, { ...snrm, destination }, "ua", `SNRM ${when}`);
          must(
            source.length === length && source.physical === destination.physical,
            `SNRM ${when} is answered from ${describeAddress(source)}`,
          );
          const ready = { control: { kind: "rr", receiveSequence: 0, pollFinal: true }, destination } as const;
          await mustAnswer(line, ready, "rr", `RR ${when}`);
          await mustAnswer(line, { ...disc, destination }, "ua", `DISC ${when}`);
        }
      },
    })),
  },
  {
    id: "HDLC_ADDRESS_N1",
    title: "the address of the client is longer than one octet",
    group: "hdlc",
    source: "ATS_DL V5 HDLC_ADDRESS_N1; IEC 62056-46 6.4.2.1",
    subtests: [
      addressField("a client address of two octets", (line) => ({ destination: encoded(line), source: field(parts(line).client, 0x10) })),
      addressField("a client address of four octets", (line) => ({
        destination: encoded(line),
        source: field(0, parts(line).client, 0, 0x10),
      })),
    ],
  },
  {
    id: "HDLC_ADDRESS_N4",
    title: "somebody else is called",
    group: "hdlc",
    source: "ATS_DL V5 HDLC_ADDRESS_N4; IEC 62056-46 6.4.2",
    subtests: [
      unknownDestination(1, "logical"),
      unknownDestination(2, "logical"),
      unknownDestination(2, "physical"),
      unknownDestination(4, "logical"),
      unknownDestination(4, "physical"),
    ],
  },
  {
    id: "HDLC_ADDRESS_N6",
    title: "the device is called by one octet where it has longer addresses",
    group: "hdlc",
    source: "ATS_DL V5 HDLC_ADDRESS_N6; IEC 62056-46 6.4.2",
    subtests: [
      {
        title: "SNRM to the upper address alone, in one octet: silence, then DISC -> DM and SNRM -> UA",
        run: async (tester) => {
          const line = await tester.hdlc();
          const addresses = declaredAddresses(tester.declaration);
          if (addresses.some(({ length }) => length === 1)) inapplicable("an address of one octet is declared");
          const { logical } = line.server;
          if (logical > largest[1]) inapplicable("the upper address does not fit one octet");
          const destination = hdlcAddress({ logical, length: 1 });
          await beginDown(line);
          await mustStaySilent(line, line.encode({ ...snrm, destination }), "SNRM to an address of one octet");
          await mustBeWell(line, "after SNRM to an address of one octet");
        },
      },
    ],
  },
  {
    id: "HDLC_ADDRESS_N7",
    title: "the device is called by an address of a length that there is not",
    group: "hdlc",
    source: "ATS_DL V5 HDLC_ADDRESS_N7; IEC 62056-46 6.4.2",
    subtests: [
      addressField("a destination address of three octets", (line) => {
        const { logical, physical, client } = parts(line);
        return { destination: field(logical, 0, physical), source: field(client) };
      }),
      addressField("a destination address of five octets", (line) => {
        const { logical, physical, client } = parts(line);
        return { destination: field(0, logical, 0, 0, physical), source: field(client) };
      }),
    ],
  },
];
