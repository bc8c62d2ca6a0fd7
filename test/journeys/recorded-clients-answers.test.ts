import { expect } from "chai";
import { ByteReader } from "../../src/bytes/byte-reader.ts";
import { toHex } from "../../src/bytes/hex.ts";
import { plainValue } from "../../src/cosem-objects/plain-value.ts";
import { explain } from "../../src/decode/explain.ts";
import { decodeAarq } from "../../src/dlms/acse/codec.ts";
import { DlmsClientConnection } from "../../src/dlms/association/client-connection.ts";
import type { ClientEvent } from "../../src/dlms/association/events.ts";
import type { NegotiatedContext } from "../../src/dlms/association/negotiation.ts";
import type { ServiceResult } from "../../src/dlms/association/services.ts";
import { readData } from "../../src/dlms/axdr/data.ts";
import { HdlcConnection, HdlcStation } from "../../src/hdlc/index.ts";
import type { ClientApplicationConnection, OutgoingApdu } from "../../src/session/application.ts";
import { ClientSession } from "../../src/session/client-session.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import type { Transport } from "../../src/transport/transport.ts";
import { WrapperConnection } from "../../src/wrapper/index.ts";
import { isAarq, isRlrq, proposalIn } from "../support/lawful-answers.ts";
import { frameHeaders } from "../support/line-watch.ts";
import { proposal } from "../support/recorded-client.ts";
import { agreementOf } from "../support/recorded-server.ts";
import { services } from "../support/recorded-services.ts";
import { allRecordings, exchanges, isPlain, isWelcome, type Recording, recordingsBeside, turns, written } from "../support/recordings.ts";
import { plain } from "../support/vectors.ts";

/** Those that hold an answer to every request. */
const answered = allRecordings((recording) => {
  const all = exchanges(recording);
  return isPlain(recording) && all.length > 0 && all.every(({ answer }) => answer !== undefined);
});

/** Where invoke id and priority stand in the requests and answers that have them: GET, SET, ACTION. */
const invokeOffset = 2;
const numbered = new Set<number | undefined>([0xc0, 0xc1, 0xc3, 0xc4, 0xc5, 0xc7]);

function withInvoke(apdu: Uint8Array, octet: number | undefined): Uint8Array {
  const copy = apdu.slice();
  if (octet !== undefined && numbered.has(copy[0])) copy[invokeOffset] = octet;
  return copy;
}

/** A connection whose requests bear the invoke ids and priorities of the recorded ones, as the recorded answers do. */
class Renumbered implements ClientApplicationConnection<ClientEvent> {
  readonly #connection: DlmsClientConnection;
  readonly #recorded: readonly Uint8Array[];
  /** Every APDU as it was sent. */
  readonly sent: Uint8Array[] = [];
  #own: number | undefined;

  constructor(connection: DlmsClientConnection, recorded: readonly Uint8Array[]) {
    this.#connection = connection;
    this.#recorded = recorded;
  }

  get nextTimeout(): number | undefined {
    return this.#connection.nextTimeout;
  }

  get expectsMore(): boolean {
    return this.#connection.expectsMore;
  }

  receiveApdu(apdu: Uint8Array, now: number): ClientEvent[] {
    return this.#connection.receiveApdu(withInvoke(apdu, this.#own), now);
  }

  handleTimeout(now: number): ClientEvent[] {
    return this.#connection.handleTimeout(now);
  }

  apduToSend(): OutgoingApdu | undefined {
    const apdu = this.#connection.apduToSend();
    if (apdu === undefined) return undefined;
    this.#own = apdu.bytes[invokeOffset];
    const bytes = withInvoke(apdu.bytes, this.#recorded[this.sent.length]?.[invokeOffset]);
    this.sent.push(bytes);
    return { ...apdu, bytes };
  }
}

function linkOf(recording: Recording): HdlcConnection | WrapperConnection {
  const { clientSap, serverSap, link } = recording;
  return link === "wrapper"
    ? new WrapperConnection({ clientSap, serverSap })
    : new HdlcConnection({ ...proposal(recording), clientSap, serverAddress: { logical: serverSap, length: 1 } });
}

function connectionOf({ clientSap, serverSap }: Recording, aarqApdu: Uint8Array): DlmsClientConnection {
  const { authenticationValue, applicationContext } = decodeAarq(aarqApdu);
  const { proposedConformance, clientMaxReceivePduSize } = proposalIn(aarqApdu);
  return new DlmsClientConnection({
    clientSap,
    serverSap,
    authentication: authenticationValue === undefined ? { mechanism: "none" } : { mechanism: "lls", password: authenticationValue },
    referencing: applicationContext === "short-name" ? "short-name" : "logical-name",
    proposedConformance,
    maxReceivePduSize: clientMaxReceivePduSize,
  });
}

/** What our client comes to know of a recorded server. */
interface Heard {
  /** Every APDU of ours. */
  readonly sent: readonly Uint8Array[];
  readonly context: NegotiatedContext | undefined;
  readonly results: readonly ServiceResult[];
  /** Types of all other events of the association. */
  readonly others: readonly string[];
  /** How the link ended. */
  readonly disconnected: string | undefined;
}

/** Says what a recorded server said, when it is asked. */
type Script = (recording: Recording, transport: Transport, timers: VirtualTimers) => void;

/** Its octets, turn by turn, to frames that are those of the recorded client; others have no answer. */
const octets: Script = (recording, transport) => {
  const script = turns(recording)[Symbol.iterator]();
  let asked = script.next().value;
  transport.onData((bytes) => {
    if (asked === undefined) return;
    const hdlc = recording.link === "hdlc";
    if (hdlc && JSON.stringify(frameHeaders(bytes)) !== JSON.stringify(frameHeaders(asked.bytes))) return;
    const { value: reply } = script.next();
    asked = script.next().value;
    if (reply !== undefined) transport.write(reply.bytes);
  });
};

/** Its APDUs, over an HDLC station of ours. */
const apdus: Script = (recording, transport, timers) => {
  const answers = exchanges(recording).flatMap(({ answer }) => answer ?? []);
  const station = new HdlcStation({ physicalAddress: 17, logicalDevices: [recording.serverSap] });
  transport.onData((bytes) => {
    for (const event of station.receiveBytes(bytes, timers.now())) {
      const answer = event.type === "apdu" ? answers.shift() : undefined;
      if (event.type === "apdu" && answer !== undefined) station.send(event.channel, answer, timers.now());
    }
    const reply = station.dataToSend();
    if (reply !== undefined) transport.write(reply);
  });
};

/** Our client asks what the recorded client asked. */
function ask(recording: Recording, script: Script): Heard {
  const requests = exchanges(recording).map(({ request }) => request);
  const timers = new VirtualTimers();
  const { a, b } = memoryTransportPair({ schedule: (delay, callback) => timers.schedule(delay, callback) });
  script(recording, b, timers);
  const connection = connectionOf(recording, requests.find(isAarq) ?? expect.fail("no AARQ"));
  const application = new Renumbered(connection, requests);
  const todo = services(recording).map(({ request }) => request);
  const results: ServiceResult[] = [];
  const others: string[] = [];
  let context: NegotiatedContext | undefined;
  let disconnected: string | undefined;
  const goOn = (): void => {
    const next = connection.state === "associated" ? todo.shift() : undefined;
    if (next !== undefined) connection.request(next, timers.now());
    else if (connection.state === "associated" && requests.some(isRlrq)) connection.release(timers.now());
    else session.disconnect();
  };
  const session: ClientSession<ClientEvent> = new ClientSession(
    { transport: a, timers, application, link: linkOf(recording) },
    {
      onLinkConnected: () => connection.associate(timers.now()),
      onLinkDisconnected: (reason) => {
        disconnected = reason;
      },
      onClosed: () => {},
      onEvent: (event) => {
        if (event.type === "progress") return;
        if (event.type === "associated") context = event.context;
        else if (event.type === "response") results.push(event.result);
        else others.push(event.type);
        if (disconnected === undefined) goOn();
      },
    },
  );
  session.open();
  session.flush();
  while (disconnected === undefined && timers.advanceToNext());
  return { sent: application.sent, context, results, others, disconnected };
}

/** Every value that was read or written, in this order, as the decoder shows them. */
function valuesOf(recording: Recording, results: readonly ServiceResult[]): readonly unknown[] {
  const requests = services(recording).map(({ request }) => request);
  const octets = results.flatMap((result, index): readonly (Uint8Array | undefined)[] => {
    const request = requests[index];
    if (result.service === "set") return request?.service === "set" ? request.values : [];
    return result.service === "get" || result.service === "read" ? result.results.map(({ data }) => data) : [];
  });
  return octets.filter((data) => data !== undefined).map((data) => plainValue(readData(new ByteReader(data))));
}

/** The requests for services. The AARQ and RLRQ of others hold titles, a null mechanism or an Initiate that ours do without. */
const servicesIn = (sent: readonly Uint8Array[]): readonly string[] =>
  sent.filter((apdu) => !isAarq(apdu) && !isRlrq(apdu)).map((apdu) => toHex(apdu));

/** The HDLC server of jDLMS leaves N(R) at 0, so that its octets acknowledge nothing. */
const acknowledgesNothing = ({ server, link }: Recording): boolean => server.startsWith("jdlms") && link === "hdlc";

describe("the answers that recorded clients got", () => {
  before(() => {
    if (recordingsBeside().length === 0) console.log("skipped: there are no recordings but those of test/recordings");
  });

  for (const recording of answered.filter((recording) => !isWelcome(recording))) {
    it(`${recording.name}: keep our client out too`, () => {
      const { context, results, others, disconnected } = ask(recording, octets);
      expect([others, context, results]).to.deep.equal([["rejected"], undefined, []]);
      expect(disconnected).to.equal("local");
    });
  }

  for (const recording of answered.filter(isWelcome)) {
    it(`${recording.name}: tell our client the same, asked with the same octets`, () => {
      const heard = ask(recording, acknowledgesNothing(recording) ? apdus : octets);
      const { maxPduSize, conformance } = agreementOf(recording);
      expect(heard.context?.serverMaxReceivePduSize).to.equal(maxPduSize);
      expect(plain(heard.context?.conformance)).to.deep.equal(plain(conformance));
      expect(servicesIn(heard.sent)).to.deep.equal(servicesIn(exchanges(recording).map(({ request }) => request)));
      expect(plain(heard.results)).to.deep.equal(plain(services(recording).map(({ result }) => result)));
      expect(heard.others).to.deep.equal(exchanges(recording).some(({ request }) => isRlrq(request)) ? ["released"] : []);
      expect(heard.disconnected).to.equal("local");
    });

    it(`${recording.name}: are what the decoder says`, () => {
      const { results } = ask(recording, acknowledgesNothing(recording) ? apdus : octets);
      const explained = explain(written(recording)).readings.map(({ raw }) => raw);
      expect(plain(valuesOf(recording, results))).to.deep.equal(plain(explained));
    });
  }

  for (const recording of answered.filter(acknowledgesNothing)) {
    it(`${recording.name}: go no further where no frame is ever acknowledged`, () => {
      const { context, results, disconnected } = ask(recording, octets);
      expect(context).to.not.equal(undefined);
      expect([results, disconnected]).to.deep.equal([[], "timeout"]);
    });
  }
});
