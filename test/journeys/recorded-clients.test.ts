import { expect } from "chai";
import { toHex } from "../../src/bytes/hex.ts";
import { ApduCarrier } from "../../src/dlms/association/apdu-carrier.ts";
import { supportedConformance } from "../../src/dlms/association/negotiation.ts";
import { decodeApdu, encodeApdu } from "../../src/dlms/xdlms/apdu.ts";
import { expectAccepted, expectLawful, expectRejected, expectReleased, isAarq, isRlrq, proposalIn } from "../support/lawful-answers.ts";
import { RecordedClient, type Serve } from "../support/recorded-client.ts";
import { agreementOf, sampleMeterFor, twinOf } from "../support/recorded-server.ts";
import { type RecordedService, resultOf, services } from "../support/recorded-services.ts";
import { allRecordings, exchanges, isPlain, isWelcome, type Recording, recordingsBeside } from "../support/recordings.ts";
import { plain } from "../support/vectors.ts";

/** Those whose client got as far as to send an APDU. */
const spoken = allRecordings((recording) => isPlain(recording) && exchanges(recording).length > 0);

interface Played {
  readonly service: RecordedService;
  /** Each whole, however it was carried. */
  readonly answers: readonly Uint8Array[];
}

/**
 * The APDUs of a recorded client over our links. They are the recorded ones, except that as many blocks are asked for
 * as our server's answer has.
 */
class Player {
  readonly #client: RecordedClient;
  readonly #recording: Recording;
  /** Of general block transfer: how many blocks came. */
  generalBlocks = 0;

  constructor(recording: Recording, serve: Serve) {
    this.#recording = recording;
    this.#client = new RecordedClient(recording, serve);
    expect(this.#client.connected).to.equal(true);
  }

  play(): readonly Played[] {
    const recorded = exchanges(this.#recording).map(({ request }) => request);
    let pduSize = 0;
    for (const aarq of recorded.filter(isAarq)) {
      if (isWelcome(this.#recording)) expectAccepted(aarq, this.#ask(aarq));
      else expectRejected(aarq, this.#ask(aarq));
      pduSize = proposalIn(aarq).clientMaxReceivePduSize;
    }
    const played = services(this.#recording)
      .filter(({ result }) => result !== undefined)
      .map((service) => ({ service, answers: this.#carryOut(service, pduSize) }));
    for (const rlrq of recorded.filter(isRlrq)) expectReleased(this.#ask(rlrq));
    this.#client.disconnect();
    expect(this.#client.connected).to.equal(false);
    return played;
  }

  #carryOut(service: RecordedService, pduSize: number): readonly Uint8Array[] {
    const answers: Uint8Array[] = [];
    let request = service.exchanges[0]?.request;
    while (request !== undefined) {
      const answer = this.#whole(this.#ask(request), pduSize);
      expectLawful(request, answer, pduSize);
      answers.push(answer);
      request = nextRequest(answer, service.exchanges[answers.length]?.request);
    }
    return answers;
  }

  #ask(request: Uint8Array): Uint8Array {
    const answers = this.#client.ask(request);
    expect(answers, `answers to ${toHex(request)}`).to.have.lengthOf(1);
    return answers[0] as Uint8Array;
  }

  /** What an answer in blocks of general block transfer holds, a block at a time; any other answer as it is. */
  #whole(answer: Uint8Array, pduSize: number): Uint8Array {
    const acknowledgements: Uint8Array[] = [];
    const carrier = new ApduCarrier({ answers: false, window: 1, maxLength: 0xffff }, ({ bytes }) => acknowledgements.push(bytes));
    let received = answer;
    for (let block = decodeApdu(received); block.type === "general-block-transfer"; block = decodeApdu(received)) {
      this.generalBlocks += 1;
      expect(received.length, "PDU size").to.be.at.most(pduSize);
      const step = carrier.receive(block);
      if (step.type === "apdu") return step.bytes;
      received = this.#ask(acknowledgements.shift() as Uint8Array);
    }
    return received;
  }
}

/** Undefined after the last block. What we would ask is what the recorded client asked, as long as it did. */
function nextRequest(answerApdu: Uint8Array, recorded: Uint8Array | undefined): Uint8Array | undefined {
  const answer = decodeApdu(answerApdu);
  if (answer.type !== "get-response-with-datablock" || answer.lastBlock) return undefined;
  const { invoke, blockNumber } = answer;
  const needed = encodeApdu({ type: "get-request-next", invoke, blockNumber });
  if (recorded !== undefined) expect(toHex(needed)).to.equal(toHex(recorded));
  return needed;
}

function expectRecordedValues(played: readonly Played[]): void {
  for (const { service, answers } of played) expect(plain(resultOf(answers))).to.deep.equal(plain(service.result));
}

const proposesGbt = (recording: Recording): boolean =>
  exchanges(recording).some(({ request }) => isAarq(request) && proposalIn(request).proposedConformance.has("general-block-transfer"));

describe("recorded clients", () => {
  before(() => {
    if (recordingsBeside().length === 0) console.log("skipped: there are no recordings but those of test/recordings");
  });

  for (const recording of spoken) {
    describe(recording.name, () => {
      it("gets a lawful answer to everything from the sample meter", () => {
        const played = new Player(recording, sampleMeterFor(recording)).play();
        for (const { answers } of played) expect(resultOf(answers)).to.not.equal(undefined);
      });

      if (!isWelcome(recording)) return;

      it("gets the values that were recorded from a server that has them", () => {
        const player = new Player(recording, twinOf(recording));
        expectRecordedValues(player.play());
        expect(player.generalBlocks).to.equal(0);
      });

      if (!proposesGbt(recording)) return;

      it("gets them by general block transfer, which it offers, where they are long", () => {
        const player = new Player(recording, twinOf(recording, { conformance: supportedConformance }));
        const played = player.play();
        expectRecordedValues(played);
        const { maxPduSize } = agreementOf(recording);
        const lengths = played.flatMap(({ answers }) => answers.map(({ length }) => length));
        expect(player.generalBlocks > 0).to.equal(lengths.some((length) => length > maxPduSize));
      });
    });
  }

  it("reads from the sample meter what both servers have", () => {
    const found = new Set<string>();
    for (const recording of spoken) {
      for (const { service, answers } of isWelcome(recording) ? new Player(recording, sampleMeterFor(recording)).play() : []) {
        const result = resultOf(answers);
        if (service.request.service !== "get" || result?.service !== "get") continue;
        for (const [index, { attribute }] of service.request.attributes.entries()) {
          if (result.results[index]?.data !== undefined)
            found.add(`${attribute.classId} ${toHex(attribute.logicalName)} ${attribute.attributeId}`);
        }
      }
    }
    expect([...found]).to.include.members(["8 0000010000FF 2", "1 00002A0000FF 2", "15 0000280000FF 2"]);
  });
});
