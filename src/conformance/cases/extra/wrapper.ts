import { allStationWPort, maxWpduPayload } from "../../../wrapper/header.ts";
import type { ConformanceCase, Subtest } from "../../case.ts";
import type { DeclaredAssociation } from "../../declaration.ts";
import { describeAnswer, isSuccess, TestAssociation } from "../../test-association.ts";
import type { Tester } from "../../tester.ts";
import { fail, inapplicable, must, VerdictError } from "../../verdict.ts";
import { type Ports, type WrapperLine, WrapperPorts } from "../../wrapper-line.ts";
import { mayRefuse } from "../application/refusals.ts";
import { shortRequest } from "../hdlc/linked.ts";

/** An association on a line whose octets are the test's. */
type WrappedAssociation = TestAssociation<WrapperPorts>;

function prepare(line: WrapperLine, declared: DeclaredAssociation): WrappedAssociation {
  const options = declared.options();
  return new TestAssociation(new WrapperPorts(line, options), options);
}

async function associated(tester: Tester): Promise<WrappedAssociation> {
  const association = prepare(await tester.wrapper(), tester.association);
  await association.establish();
  return association;
}

/** The same over a stream; inapplicable over datagrams. */
async function associatedOverStream(tester: Tester): Promise<WrappedAssociation> {
  const association = await associated(tester);
  return association.link.line.datagrams ? inapplicable("a datagram holds one wrapper PDU, whole") : association;
}

/** On a new connection everything is as before. */
async function mustServeNext(tester: Tester, when: string): Promise<void> {
  try {
    await (await tester.associate()).mustServe(`${when}, on a new connection`);
  } catch (error) {
    if (error instanceof VerdictError) fail(`${when}, a new connection is not served: ${error.message}`);
    throw error;
  }
}

function together(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** The wrapper PDU of a request, with one field of its header changed. */
function withField(association: WrappedAssociation, at: number, value: (right: number) => number): Uint8Array {
  const wpdu = association.link.encode(association.protect(shortRequest(association)));
  const header = new DataView(wpdu.buffer, wpdu.byteOffset);
  header.setUint16(at, value(header.getUint16(at)));
  return wpdu;
}

const versionAt = 0;
const lengthAt = 6;

/** Octets that ask for nothing: no answer, and whoever comes next is served. */
function ignored(what: string, octets: (association: WrappedAssociation) => Uint8Array): Subtest {
  return {
    title: `${what}: silence or the end of the connection, and a new connection is served`,
    run: async (tester) => {
      const association = await associated(tester);
      const { line } = association.link;
      line.send(octets(association));
      if ((await line.receive()) !== undefined) fail(`${what} is answered`);
      // A datagram that makes no sense says nothing of the next one.
      if (line.datagrams) await association.mustServe(`after ${what}`);
      await mustServeNext(tester, `after ${what}`);
    },
  };
}

/** Octets that may be refused, but not served. */
function refused(what: string, octets: (association: WrappedAssociation) => Uint8Array): Subtest {
  return {
    title: `${what}: a refusal, silence or the end of the connection, and a new connection is served`,
    run: async (tester) => {
      const association = await associated(tester);
      const { link } = association;
      link.line.send(octets(association));
      mayRefuse(await link.receive(), what);
      await mustServeNext(tester, `after ${what}`);
    },
  };
}

/** AARQ between other ports than those of the association that stands: not answered, and the association is as it was. */
function unknownPorts(what: string, choose: (ports: Ports, tester: Tester) => Ports): Subtest {
  return {
    title: `AARQ ${what}: silence or the end of the connection; the association that stands is not harmed by it`,
    run: async (tester) => {
      const association = await associated(tester);
      const { line, ports } = association.link;
      const others = new WrapperPorts(line, choose(ports, tester));
      line.send(others.encode(prepare(line, tester.association).aarq()));
      if ((await line.receive()) !== undefined) fail(`AARQ ${what} is answered`);
      if (!line.closed) await association.mustServe(`after AARQ ${what}`);
      await mustServeNext(tester, `after AARQ ${what}`);
    },
  };
}

const noStation = 0;
/** The last port that a logical device may have (IEC 62056-47). */
const lastServerPort = 0x7e;

function unknownServer({ declaration }: Tester): number {
  const known = new Set(declaration.associations.map(({ options }) => options().serverSap));
  let port = lastServerPort;
  while (known.has(port)) port -= 1;
  return port;
}

/** Milliseconds between two pieces, so that they travel apart. */
const betweenPieces = 20;

/** Sends octets in pieces that end at the places given. */
async function inPieces(tester: Tester, line: WrapperLine, octets: Uint8Array, ends: readonly number[]): Promise<void> {
  let start = 0;
  for (const end of [...ends, octets.length]) {
    if (start > 0) await tester.wait(betweenPieces);
    line.send(octets.subarray(start, end));
    start = end;
  }
}

async function mustBeServed(association: WrappedAssociation, what: string): Promise<void> {
  const answer = await association.exchangeApdu(shortRequest(association));
  must(isSuccess(answer), `${what} is answered by ${describeAnswer(answer)}`);
}

/** Another pair of ports than the first, with an association that is declared. */
function otherChannel({ declaration, association }: Tester): DeclaredAssociation {
  const first = association.options();
  const other = declaration.associations.find(({ options }) => {
    const { clientSap, serverSap } = options();
    return clientSap !== first.clientSap || serverSap !== first.serverSap;
  });
  return other ?? inapplicable("no association between other ports is declared");
}

/** The wrapper beyond what any abstract test suite has of it (IEC 62056-47). */
export const wrapperCases: readonly ConformanceCase[] = [
  {
    id: "X_WRAPPER_VERSION",
    title: "the version of a wrapper PDU is another than 1",
    group: "extra",
    source: "IEC 62056-47",
    subtests: [0x0000, 0x0002, 0x0100].map((version) =>
      ignored(`a request with version ${version}`, (association) => withField(association, versionAt, () => version)),
    ),
  },
  {
    id: "X_WRAPPER_LENGTH",
    title: "the length of a wrapper PDU is wrong",
    group: "extra",
    source: "IEC 62056-47",
    subtests: [
      ignored("a header with length 0", (association) => withField(association, lengthAt, () => 0).subarray(0, 8)),
      ignored("a request whose length is 1 more than follows", (association) => withField(association, lengthAt, (right) => right + 1)),
      ignored("a request whose length is 65535", (association) => withField(association, lengthAt, () => maxWpduPayload)),
      ignored("a header and nothing more", (association) => withField(association, lengthAt, (right) => right).subarray(0, 8)),
      refused("a request whose length is 3 less than follows", (association) => withField(association, lengthAt, (right) => right - 3)),
      refused("65000 octets that are no APDU", ({ link }) => link.encode(new Uint8Array(65_000))),
    ],
  },
  {
    id: "X_WRAPPER_SPLIT",
    title: "wrapper PDUs arrive in pieces",
    group: "extra",
    source: "IEC 62056-47",
    subtests: [
      {
        title: "an association and a request octet by octet: opened, and served",
        run: async (tester) => {
          const line = await tester.wrapper();
          if (line.datagrams) inapplicable("a datagram holds one wrapper PDU, whole");
          const association = prepare(line, tester.association);
          association.link.deliver = async (_, wpdu) => {
            for (let at = 0; at < wpdu.length; at++) line.send(wpdu.subarray(at, at + 1));
          };
          const opening = await association.open();
          must(opening.type === "accepted", `an association that is asked for octet by octet is ${opening.type}`);
          await association.authenticate(opening.aare);
          await mustBeServed(association, "a request octet by octet");
        },
      },
      {
        title: "a request in two pieces, cut in turn at every octet: served each time",
        run: async (tester) => {
          const association = await associatedOverStream(tester);
          const { link } = association;
          const { length } = link.encode(association.protect(shortRequest(association)));
          for (let cut = 1; cut < length; cut++) {
            link.deliver = (line, wpdu) => inPieces(tester, line, wpdu, [cut]);
            await mustBeServed(association, `a request cut after octet ${cut}`);
          }
        },
      },
    ],
  },
  {
    id: "X_WRAPPER_TOGETHER",
    title: "wrapper PDUs arrive together",
    group: "extra",
    source: "IEC 62056-47",
    subtests: [
      {
        title: "two requests in one segment: both are served",
        run: (tester) => twoRequests(tester, Number.POSITIVE_INFINITY),
      },
      {
        title: "a request and the beginning of the next in one segment, then the rest: both are served",
        run: (tester) => twoRequests(tester, 5),
      },
    ],
  },
  {
    id: "X_WRAPPER_SAP",
    title: "wrapper PDUs go between ports that nobody has",
    group: "extra",
    source: "IEC 62056-47; Green Book, table of reserved wrapper ports",
    subtests: [
      unknownPorts("to a port that no declared logical device has", ({ clientSap }, tester) => ({
        clientSap,
        serverSap: unknownServer(tester),
      })),
      unknownPorts("to port 0, nobody", ({ clientSap }) => ({ clientSap, serverSap: noStation })),
      {
        // A request, as an association that is asked for between the same client and everybody may replace the one that stands.
        title: "a request to port 127, everybody: silence or the end of the connection; the association that stands is not harmed by it",
        run: async (tester) => {
          const association = await associated(tester);
          const { line, ports } = association.link;
          const everybody = new WrapperPorts(line, { ...ports, serverSap: allStationWPort });
          line.send(everybody.encode(association.protect(shortRequest(association))));
          if ((await line.receive()) !== undefined) fail("a request to everybody is answered");
          if (!line.closed) await association.mustServe("after a request to everybody");
          await mustServeNext(tester, "after a request to everybody");
        },
      },
      {
        title: "AARQ from port 0, nobody: refused in any way, and a new connection is served",
        run: async (tester) => {
          const { serverSap } = tester.association.options();
          const line = await tester.wrapper();
          const nobody = new TestAssociation(new WrapperPorts(line, { clientSap: noStation, serverSap }), tester.association.options());
          const { type } = await nobody.open();
          must(type !== "accepted", "an association is opened by port 0, nobody");
          await mustServeNext(tester, "after AARQ from port 0");
        },
      },
    ],
  },
  {
    id: "X_WRAPPER_CHANNELS",
    title: "several associations share a connection",
    group: "extra",
    source: "IEC 62056-47; Green Book 9.3.2",
    subtests: [
      {
        title: "AARQ between other ports: accepted, refused or not answered, and the first association is served on",
        run: async (tester) => {
          const other = otherChannel(tester);
          const first = await associated(tester);
          await prepare(first.link.line, other).open();
          must(!first.link.line.closed, "the connection is closed when a second association is asked for");
          await first.mustServe("after AARQ between other ports");
        },
      },
      {
        title: "two associations: each is served while the other stands, and the second when the first was released",
        run: async (tester) => {
          const other = otherChannel(tester);
          const first = await associated(tester);
          const second = prepare(first.link.line, other);
          const opening = await second.open();
          if (opening.type !== "accepted") return inapplicable("the device takes one association on a connection");
          await second.authenticate(opening.aare);
          await second.mustServe("on the ports of the second association");
          await first.mustServe("on the ports of the first association");
          const release = await first.release();
          must(release.type !== "closed", "the connection is closed when the first of two associations is released");
          await second.mustServe("after the first association was released");
        },
      },
    ],
  },
];

/** Two requests, so many octets of the second together with the first. */
async function twoRequests(tester: Tester, octets: number): Promise<void> {
  const association = await associatedOverStream(tester);
  const { link } = association;
  let second: Uint8Array = new Uint8Array();
  link.deliver = async (line, wpdu) => {
    second = link.encode(association.protect(shortRequest(association)));
    line.send(together(wpdu, second.subarray(0, octets)));
  };
  await mustBeServed(association, "the first of two requests");
  link.deliver = async (line) => {
    if (octets < second.length) line.send(second.subarray(octets));
  };
  await mustBeServed(association, "the second of two requests");
}
