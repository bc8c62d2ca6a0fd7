import { expect } from "chai";
import { ByteWriter } from "../../src/bytes/byte-writer.ts";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import type { DlmsClient } from "../../src/client/dlms-client.ts";
import { readProfile } from "../../src/client/profile-reader.ts";
import type { CaptureObject } from "../../src/cosem-objects/capture-object.ts";
import { ProfileGeneric } from "../../src/cosem-objects/classes/profile-generic.ts";
import { decodeAare } from "../../src/dlms/acse/codec.ts";
import type { ApplicationContext } from "../../src/dlms/acse/object-identifiers.ts";
import { type Referencing, supportedFor } from "../../src/dlms/association/negotiation.ts";
import { NotificationReceiver } from "../../src/dlms/association/notification-receiver.ts";
import { decodeData } from "../../src/dlms/axdr/data.ts";
import { type CosemDateTime, dateTimeToInstant, decodeDateTime } from "../../src/dlms/axdr/date-time.ts";
import { SecretBytes } from "../../src/dlms/security/secret-bytes.ts";
import { decodeApdu } from "../../src/dlms/xdlms/apdu.ts";
import type { AccessSelection } from "../../src/dlms/xdlms/selective-access.ts";
import { AssociationPair, aarqOf, method, RawServer } from "../dlms/association/pair.ts";
import { aareOf, errorOf, first, get, kinds, RawClient } from "../dlms/association/raw-client.ts";
import { clientTitle, random, security, serverTitle } from "../dlms/association/secure-pair.ts";
import { plain } from "../support/vectors.ts";

/*
 * Pitfalls of implementations and quirks of meters that concern APDUs, by their numbers in the notes on the Green Book.
 * Those of the links are tested with the links.
 */

const contexts = [
  { context: "logical-name", referencing: "logical-name", ciphered: false },
  { context: "short-name", referencing: "short-name", ciphered: false },
  { context: "logical-name-ciphered", referencing: "logical-name", ciphered: true },
  { context: "short-name-ciphered", referencing: "short-name", ciphered: true },
] as const satisfies readonly { readonly context: ApplicationContext; readonly referencing: Referencing; readonly ciphered: boolean }[];

/** Options of a client that opens an association in one of the contexts. */
const clientOf = ({ referencing, ciphered }: { readonly referencing: Referencing; readonly ciphered: boolean }) => ({
  referencing,
  proposedConformance: supportedFor(referencing),
  ...(ciphered && { security: security(clientTitle) }),
});

describe("Opening and closing an association", () => {
  it("with a meter that still has the last one: the client says so, and may try again (pitfall 4)", () => {
    const client = new RawClient();
    client.client.associate(0);
    expect(errorOf(client.receive("D80101"))?.hint).to.match(/earlier session/);
    client.client.associate(1);
    expect(kinds(client.receive(aareOf()))).to.deep.equal(["associated"]);
  });

  it("while the server still has the last one: it is replaced (pitfall 4)", () => {
    const server = new RawServer().associate();
    const answer = server.sendBytes(aarqOf());
    expect(decodeAare(fromHex(answer)).result).to.equal("accepted");
    expect(server.takeEvents()).to.deep.equal(["released", "associated"]);
  });

  it("is refused without user information: the client says why (pitfall 6)", () => {
    const client = new RawClient();
    client.client.associate(0);
    const events = client.receive("6117A109060760857405080101A203020101A305A10302010D");
    expect(kinds(events)).to.deep.equal(["rejected"]);
    expect(errorOf(events)?.details).to.include({ diagnostic: "authentication-failure", result: "rejected-permanent" });
  });

  it("with 0 for the client's size means no limit; 1 to 11 are no sizes (pitfall 7)", () => {
    const sizeFor = (clientMaxReceivePduSize: number): number | undefined => {
      const server = new RawServer();
      server.sendBytes(aarqOf({}, { clientMaxReceivePduSize }));
      const [event] = server.events;
      return event?.type === "associated" ? event.context.clientMaxReceivePduSize : undefined;
    };
    expect(sizeFor(0)).to.equal(0xffff);
    for (let size = 1; size < 12; size++) expect(sizeFor(size), `size ${size}`).to.equal(undefined);
    expect(sizeFor(12)).to.equal(12);
  });

  for (const { context, referencing, ciphered } of contexts) {
    it(`in the context ${context} stands where it is configured, and nowhere else (pitfall 8)`, () => {
      const server = () => ({ servesShortNames: referencing === "short-name", ...(ciphered && { security: security(serverTitle) }) });
      const [event] = new AssociationPair({ client: clientOf({ referencing, ciphered }), server: server() }).associate().clientEvents;
      expect(event?.type === "associated" && event.context.applicationContext).to.equal(context);

      const others = contexts.filter(
        (other) => other.ciphered !== ciphered || (other.referencing === "short-name" && referencing === "logical-name"),
      );
      expect(others.length).to.be.greaterThan(1);
      for (const other of others) {
        const client = new RawClient(clientOf(other));
        client.client.associate(0);
        const { result, diagnostic } = decodeAare(fromHex(new RawServer(server()).send(client.sent().join())));
        expect(result, other.context).to.equal("rejected-permanent");
        expect(diagnostic.value, other.context).to.equal("application-context-name-not-supported");
      }
    });
  }

  it("with a meter of short names that shortens the tag of the conformance (pitfall 9)", () => {
    const client = new RawClient({ referencing: "short-name" });
    client.client.associate(0);
    const [event] = client.receive("6128A109060760857405080102A203020100A305A103020100BE0F040D0800065F04001802200960FA00");
    expect(plain(event)).to.have.nested.property("context.conformance").that.includes.members(["read", "write"]);
    expect(event).to.have.nested.property("context.serverMaxReceivePduSize", 0x960);
    client.sent();
    client.request({ service: "read", variables: [{ variableName: 0x60f8, selection: undefined }] });
    expect(client.sent()).to.deep.equal(["05010260F8"]);
    expect(first(client.receive("0C01000600000000"))).to.deep.include({ type: "response" });
  });

  it("ends though the meter knows no RLRQ, silent or not (pitfall 10)", () => {
    for (const answer of [undefined, "D80202"]) {
      const client = new RawClient({ releaseTimeout: 500 }).associate();
      client.client.release(0);
      if (answer !== undefined) client.receive(answer);
      const events = client.client.state === "idle" ? ["released"] : kinds(client.expire());
      expect(events, answer).to.deep.equal(["released"]);
      expect(client.now, answer).to.be.at.most(500);
    }
  });

  it("sends pass 3 to the association object of that client, where the meter wants it (pitfall 11)", () => {
    const credentials = { mechanism: "hls-md5", secret: SecretBytes.from(fromHex("3132333435363738")) } as const;
    const passThreeFor = (options: { readonly associationObject?: Uint8Array } = {}): string => {
      const pair = new AssociationPair({
        client: { authentication: { mechanism: "hls", credentials, systemTitle: clientTitle, random, ...options } },
        server: { authentication: { mechanism: "hls", credentials, systemTitle: serverTitle }, random },
      }).associate();
      return pair.carried.map(({ bytes }) => toHex(bytes)).find((apdu) => apdu.startsWith("C301")) ?? "";
    };
    expect(passThreeFor()).to.match(/^C301..000F0000280000FF01/);
    expect(passThreeFor({ associationObject: fromHex("0000280003FF") })).to.match(/^C301..000F0000280003FF01/);
  });

  it("proposes conformance with bit 0 as the most significant (pitfall 33)", () => {
    const apdu = decodeApdu(fromHex("01000000065F1F0400007E1F04B0"));
    expect(apdu.type === "initiate-request" && [...apdu.proposedConformance].sort()).to.deep.equal(
      [
        "priority-mgmt-supported",
        "attribute0-supported-with-get",
        "block-transfer-with-get-or-read",
        "block-transfer-with-set-or-write",
        "block-transfer-with-action",
        "multiple-references",
        "get",
        "set",
        "selective-access",
        "event-notification",
        "action",
      ].sort(),
    );
  });
});

describe("Times of meters", () => {
  const instantOf = (hex: string, assumed?: number) => new Date(dateTimeToInstant(decodeDateTime(fromHex(hex)), assumed) ?? Number.NaN);

  it("are UTC less the deviation: -120 is summer in Berlin, whatever the status says (pitfall 16)", () => {
    for (const status of ["00", "80", "FF"]) {
      expect(instantOf(`07E9 07 0A 04 0C 00 00 00 FF88 ${status}`).toISOString()).to.equal("2025-07-10T10:00:00.000Z");
    }
  });

  it("without a deviation are of the zone assumed (pitfall 16)", () => {
    expect(instantOf("07E9 07 0A 04 0C 00 00 00 8000 00", -120).toISOString()).to.equal("2025-07-10T10:00:00.000Z");
    expect(instantOf("07E9 07 0A 04 0C 00 00 00 8000 00").toISOString()).to.equal("2025-07-10T12:00:00.000Z");
  });

  const clock: CaptureObject = { classId: 8, logicalName: "0.0.1.0.0.255", attribute: 2, dataIndex: 0 };
  const energy: CaptureObject = { classId: 3, logicalName: "1.0.1.8.0.255", attribute: 2, dataIndex: 0 };

  /** Parameters of the range that a client asks a profile of these columns for. */
  async function rangeAskedFor(captured: readonly CaptureObject[], from: CosemDateTime, to: CosemDateTime): Promise<string> {
    let asked: AccessSelection | undefined;
    const client = {
      getManyRaw: () => {
        const writer = new ByteWriter();
        ProfileGeneric.attributes.captureObjects.schema.write(writer, captured);
        return Promise.resolve([writer.finish(), fromHex("0600000384")]);
      },
      getRaw: ({ selection }: { readonly selection?: AccessSelection }) => {
        asked = selection;
        return Promise.resolve(fromHex("0100"));
      },
    } as unknown as DlmsClient;
    await readProfile(client, { scalersOf: () => Promise.resolve([]) }, "1.0.99.1.0.255", { kind: "range", from, to });
    return toHex(asked?.parameters ?? new Uint8Array());
  }

  const midnight = (deviation: string) => decodeDateTime(fromHex(`07E9 07 0A FF 00 00 00 FF ${deviation} 00`));

  it("are sent in a range as the caller has them, with a deviation or without (pitfall 17)", async () => {
    for (const deviation of ["8000", "FF88", "0000"]) {
      const range = await rangeAskedFor([clock, energy], midnight(deviation), midnight(deviation));
      expect(range.split(`090C07E9070AFF000000FF${deviation}00`), deviation).to.have.lengthOf(3);
    }
  });

  it("restrict a range by the clock, wherever it is captured (pitfall 18)", async () => {
    for (const captured of [
      [clock, energy],
      [energy, clock],
      [energy, energy, clock, energy],
    ]) {
      const range = await rangeAskedFor(captured, midnight("8000"), midnight("8000"));
      expect(range).to.match(/^0204020412000809060000010000FF0F02120000090C/);
    }
  });
});

describe("Answers of meters", () => {
  const getAnswered = (answer: string) => {
    const client = new RawClient().associate();
    client.request();
    return first(client.receive(answer));
  };
  const response = (data: string) => ({ type: "response", invokeId: 1, result: { service: "get", results: [{ data }] } });

  it("have their octets where the lengths say, of one octet, two, three or five (pitfalls 23, 24)", () => {
    for (const length of ["02", "8102", "820002", "83000002", "8400000002"]) {
      expect(decodeData(fromHex(`09${length}ABCD`)), length).to.deep.equal({ type: "octet-string", value: fromHex("ABCD") });
      expect(getAnswered(`C401C10009${length}ABCD`), length).to.deep.equal(response(`09${length}ABCD`));
      const block = `C402C1010000000100${length}1105`;
      expect(getAnswered(block), length).to.deep.equal(response("1105"));
    }
  });

  it("to ACTION may leave out the presence of return parameters, or what they are (pitfall 25)", () => {
    const answered = (answer: string) => {
      const client = new RawClient().associate();
      client.request({ service: "action", list: false, methods: [{ method, parameter: undefined }] });
      const event = first(client.receive(answer)) as { readonly type: string; readonly result?: unknown };
      return event.result;
    };
    const outcome = (fields: object) => ({ service: "action", results: [{ result: "success", ...fields }] });
    expect(answered("C701C100")).to.deep.equal(outcome({}));
    expect(answered("C701C10000")).to.deep.equal(outcome({}));
    expect(answered("C701C1000100 0903010203")).to.deep.equal(outcome({ returned: { data: "0903010203" } }));
    expect(answered("C701C10001 0903010203")).to.deep.equal(outcome({ returned: { data: "0903010203" } }));
    expect(answered("C701C100 0903010203")).to.deep.equal(outcome({ returned: { data: "0903010203" } }));
    expect(answered("C701C1000101FA")).to.deep.equal(outcome({ returned: { error: "other-reason" } }));
  });

  it("that an object is unavailable are results, and not asked for again (pitfall 35)", () => {
    const client = new RawClient({ retries: 3 }).associate();
    client.request(get);
    client.sent();
    expect(first(client.receive("C401C1010B"))).to.deep.include({
      type: "response",
      result: { service: "get", results: [{ error: "object-unavailable" }] },
    });
    expect(client.sent()).to.deep.equal([]);
    expect(client.client.nextTimeout).to.equal(undefined);
  });
});

describe("Pushes of meters", () => {
  const heard = (...apdus: readonly string[]) => {
    const receiver = new NotificationReceiver(100_000);
    return apdus.flatMap((apdu) => receiver.receiveApdu(fromHex(apdu))).map(plain);
  };
  const bodyOf = (event: unknown) => (event as { readonly notification?: { readonly body?: string } }).notification?.body;

  for (const [form, time] of [
    ["without a time", "00"],
    ["with a time", "0C 07E5 0B 02 02 15 33 00 00 FFC4 00"],
    ["with a time as Data", "090C 07E5 0B 02 02 15 33 00 00 FFC4 00"],
    ["with a time that names no deviation", "0C 07E5 0B 02 02 15 33 00 00 8000 80"],
    ["with a time that names nothing", "0C FFFF FF FF FF FF FF FF FF 8000 FF"],
  ] as const) {
    for (const [root, body] of [
      ["a structure", "0202110516FF"],
      ["an array", "0102110511FF"],
      ["a number", "0600001234"],
    ] as const) {
      it(`${form}, of ${root}, are understood (pitfall 23)`, () => {
        const [event] = heard(`0F00000001 ${time} ${body}`);
        expect(bodyOf(event)).to.equal(body);
      });
    }
  }

  it("one behind the other are each understood (pitfall 23)", () => {
    expect(heard("0F00000001 00 0202110516FF", "0F00000002 00 0102110511FF").map(bodyOf)).to.deep.equal(["0202110516FF", "0102110511FF"]);
  });
});
