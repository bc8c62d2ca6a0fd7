import { expect } from "chai";
import { ByteReader } from "../../src/bytes/byte-reader.ts";
import { toHex } from "../../src/bytes/hex.ts";
import { plainValue } from "../../src/cosem-objects/plain-value.ts";
import { explain } from "../../src/decode/explain.ts";
import { decodeAare, decodeAarq } from "../../src/dlms/acse/codec.ts";
import { DlmsClientConnection } from "../../src/dlms/association/client-connection.ts";
import type { ClientEvent } from "../../src/dlms/association/events.ts";
import type { NegotiatedContext } from "../../src/dlms/association/negotiation.ts";
import type { ServiceRequest, ServiceResult } from "../../src/dlms/association/services.ts";
import { readData } from "../../src/dlms/axdr/data.ts";
import { HdlcConnection } from "../../src/hdlc/index.ts";
import type { ClientApplicationConnection, OutgoingApdu } from "../../src/session/application.ts";
import { ClientSession } from "../../src/session/client-session.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
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
class Heard {
  sent: readonly Uint8Array[] = [];
  context: NegotiatedContext | undefined;
  readonly results: ServiceResult[] = [];
  /** Types of all other events. */
  readonly others: string[] = [];
  disconnected = false;
}

/**
 * Our client asks what the recorded client asked; each of its turns is answered by the octets of the recorded server,
 * provided that it has the frames of the recorded turn.
 */
function ask(recording: Recording): Heard {
  const requests = exchanges(recording).map(({ request }) => request);
  const aarq = requests.find(isAarq) ?? expect.fail("no AARQ");
  const timers = new VirtualTimers();
  const { a, b } = memoryTransportPair({ schedule: (delay, callback) => timers.schedule(delay, callback) });
  const script = turns(recording)[Symbol.iterator]();
  b.onData((bytes) => {
    const recorded = script.next().value ?? expect.fail("a turn that the recorded client has not");
    if (recording.link === "hdlc") expect(frameHeaders(bytes)).to.deep.equal(frameHeaders(recorded.bytes));
    b.write((script.next().value ?? expect.fail("the recorded server says no more")).bytes);
  });

  const heard = new Heard();
  const connection = connectionOf(recording, aarq);
  const application = new Renumbered(connection, requests);
  heard.sent = application.sent;
  const todo: ServiceRequest[] = services(recording).map(({ request }) => request);
  const goOn = (): void => {
    const next = todo.shift();
    if (next !== undefined) connection.request(next, timers.now());
    else if (connection.state === "associated" && requests.some(isRlrq)) connection.release(timers.now());
    else session.disconnect();
  };
  const session: ClientSession<ClientEvent> = new ClientSession(
    { transport: a, timers, application, link: linkOf(recording) },
    {
      onLinkConnected: () => connection.associate(timers.now()),
      onLinkDisconnected: () => {
        heard.disconnected = true;
      },
      onClosed: () => {},
      onEvent: (event) => {
        if (event.type === "progress") return;
        if (event.type === "associated") heard.context = event.context;
        else if (event.type === "response") heard.results.push(event.result);
        else heard.others.push(event.type);
        goOn();
      },
    },
  );
  session.open();
  session.flush();
  // jDLMS keeps the turn behind each segment: what it still has comes when its silence has lasted for too long.
  while (!heard.disconnected && timers.advanceToNext());
  return heard;
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

describe("the answers that recorded clients got", () => {
  before(() => {
    if (recordingsBeside().length === 0) console.log("skipped: there are no recordings but those of test/recordings");
  });

  for (const recording of answered) {
    if (!isWelcome(recording)) {
      it(`${recording.name}: keep our client out too`, () => {
        const heard = ask(recording);
        expect(heard.others).to.deep.equal(["rejected"]);
        expect([heard.context, heard.results]).to.deep.equal([undefined, []]);
        expect(heard.disconnected).to.equal(true);
      });
      continue;
    }
    it(`${recording.name}: tell our client the same`, () => {
      const heard = ask(recording);
      const asked = services(recording);
      const { maxPduSize, conformance } = agreementOf(recording);
      expect(heard.context?.serverMaxReceivePduSize).to.equal(maxPduSize);
      expect([...(heard.context?.conformance ?? [])]).to.deep.equal([...conformance]);
      expect(plain(heard.results)).to.deep.equal(plain(asked.map(({ result }) => result)));
      expect(plain(valuesOf(recording, heard.results))).to.deep.equal(plain(explain(written(recording)).readings.map(({ raw }) => raw)));
      expect(heard.others).to.deep.equal(exchanges(recording).some(({ request }) => isRlrq(request)) ? ["released"] : []);
      expect(heard.disconnected).to.equal(true);
    });

    it(`${recording.name}: answer the same requests of ours, octet by octet`, () => {
      // The AARQ and RLRQ of others hold titles, a null mechanism, or an Initiate that ours have no use for.
      const services = (apdus: readonly Uint8Array[]): readonly string[] =>
        apdus.filter((apdu) => !isAarq(apdu) && !isRlrq(apdu)).map((apdu) => toHex(apdu));
      expect(services(ask(recording).sent)).to.deep.equal(services(exchanges(recording).map(({ request }) => request)));
    });
  }

  it("are accepted although their context is that of ciphered ones (jDLMS)", () => {
    const strange = answered.filter(
      ({ server, authentication, name }) => /^jdlms/.test(server) && authentication === "low" && !/_sn_|wrong/.test(name),
    );
    for (const recording of strange) {
      const [first] = exchanges(recording);
      expect(decodeAare(first?.answer ?? new Uint8Array()).applicationContext).to.equal("logical-name-ciphered");
      expect(ask(recording).context?.applicationContext).to.equal("logical-name-ciphered");
    }
  });
});
