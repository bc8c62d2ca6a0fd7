import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { ApduCarrier, type CarrierStep } from "../../../src/dlms/association/apdu-carrier.ts";
import { type ApduOf, decodeApdu } from "../../../src/dlms/xdlms/apdu.ts";
import { apduTags } from "../../../src/dlms/xdlms/tags.ts";

const blockOf = (bytes: Uint8Array) => decodeApdu(bytes) as ApduOf<"general-block-transfer">;

interface Options {
  readonly answers?: boolean;
  readonly window?: number;
  readonly maxLength?: number;
  readonly maxPduSize?: number;
}

/** One end of a transfer, spoken to in octets. */
class End {
  readonly carrier: ApduCarrier;
  readonly received: string[] = [];
  readonly #outgoing: Uint8Array[] = [];

  constructor({ answers = false, window = 5, maxLength = 1_000_000, maxPduSize = 64 }: Options = {}) {
    this.carrier = new ApduCarrier({ answers, window, maxLength }, ({ bytes }) => this.#outgoing.push(bytes));
    this.carrier.start({ maxPduSize, generalBlockTransfer: true });
  }

  /** Takes a block; what comes of it, and what is sent in return. */
  hear(hex: string): string[] {
    this.take(fromHex(hex));
    return this.sent();
  }

  take(bytes: Uint8Array): CarrierStep {
    if (bytes[0] !== apduTags["general-block-transfer"].plain) {
      this.received.push(toHex(bytes));
      return { type: "apdu", bytes };
    }
    const step = this.carrier.receive(blockOf(bytes));
    if (step.type === "apdu") this.received.push(toHex(step.bytes));
    return step;
  }

  sent(): string[] {
    return this.#outgoing.splice(0).map((bytes) => toHex(bytes));
  }

  takeSent(): Uint8Array[] {
    return this.#outgoing.splice(0);
  }
}

const reassembled = "C4020102030405060708090A0B0C0D0E0F";
const blocks = {
  1: "E00500010000820002C402",
  2: "E045000200018200020102",
  3: "E045000300018200020304",
  4: "E045000400018200020506",
  5: "E045000500018200020708",
  6: "E00500060001820002090A",
  7: "E04500070002 820002 0B0C",
  8: "E04500080002 820002 0D0E",
  9: "E085000900028200010F",
} as const;

describe("General block transfer", () => {
  describe("receiving, as the exchange of energyICT's tests goes", () => {
    it("acknowledges the first block with its own window, and each window with its last block", () => {
      const end = new End();
      expect(end.hear(blocks[1])).to.deep.equal(["E0850001000100"]);
      for (const number of [2, 3, 4, 5] as const) expect(end.hear(blocks[number])).to.deep.equal([]);
      expect(end.hear(blocks[6])).to.deep.equal(["E0850002000600"]);
      expect(end.hear(blocks[7])).to.deep.equal([]);
      expect(end.hear(blocks[8])).to.deep.equal([]);
      expect(end.hear(blocks[9])).to.deep.equal([]);
      expect(end.received).to.deep.equal([reassembled]);
    });

    it("asks for a lost block alone, and keeps those behind it", () => {
      const end = new End();
      end.hear(blocks[1]);
      for (const number of [2, 3, 5] as const) end.hear(blocks[number]);
      expect(end.hear(blocks[6])).to.deep.equal(["E0810002000300"]);
      expect(end.hear("E001000400028200020506")).to.deep.equal(["E0850003000600"]);
      for (const number of [7, 8, 9] as const) end.hear(blocks[number]);
      expect(end.received).to.deep.equal([reassembled]);
    });

    it("repeats its acknowledgement with the same number", () => {
      const end = new End();
      end.hear(blocks[1]);
      end.carrier.repeat();
      expect(end.sent()).to.deep.equal(["E0850001000100"]);
    });

    it("says that the turn is still the peer's after a streaming block alone", () => {
      const end = new End();
      end.hear(blocks[1]);
      expect(end.carrier.expectsMore).to.equal(false);
      end.hear(blocks[2]);
      expect(end.carrier.expectsMore).to.equal(true);
    });
  });

  describe("sending", () => {
    const apdu = fromHex(`C401C10009820100${"AB".repeat(256)}`);

    it("sends an APDU that fits as it is", () => {
      const end = new End({ answers: true });
      end.carrier.send(fromHex("C401C1001105"));
      expect(end.sent()).to.deep.equal(["C401C1001105"]);
    });

    it("begins with one block, goes on with the window that the peer then states, and keeps to the size", () => {
      const end = new End({ answers: true });
      end.carrier.send(apdu);
      const [first, ...none] = end.sent();
      expect(none).to.deep.equal([]);
      expect(first).to.match(/^E0050001000039/);
      const rest = end.hear("E0830001000100");
      expect(rest.map((hex) => hex.slice(0, 14))).to.deep.equal(["E0450002000139", "E0450003000139", "E0050004000139"]);
      expect(Math.max(...rest.map((hex) => hex.length / 2))).to.equal(64);
      const [last] = end.hear("E0830002000400");
      expect(last).to.match(/^E08500050002/);
      expect([first, ...rest, last].map((hex) => toHex(blockOf(fromHex(hex as string)).raw)).join("")).to.equal(toHex(apdu));
    });

    it("remembers the peer's window for the next APDU", () => {
      const end = new End({ answers: true });
      end.carrier.send(apdu);
      end.hear("E0830001000100");
      end.carrier.reset();
      end.sent();
      end.carrier.send(apdu);
      expect(end.sent()).to.have.length(3);
    });

    it("sends again from the block behind the last acknowledged, as many as the peer wants", () => {
      const end = new End({ answers: true });
      end.carrier.send(apdu);
      end.hear("E0850001000100");
      expect(end.hear("E0810002000200").map((hex) => hex.slice(0, 10))).to.deep.equal(["E005000300"]);
    });

    it("sends nothing when the peer acknowledges the last block", () => {
      const end = new End({ answers: true, maxPduSize: 200 });
      end.carrier.send(apdu);
      end.hear("E0850001000100");
      expect(end.hear("E0850002000200")).to.deep.equal([]);
    });

    it("streams an unconfirmed APDU with window 0, nothing awaited", () => {
      const end = new End({ answers: true, maxPduSize: 200 });
      end.carrier.sendUnconfirmed(apdu);
      const [first, second] = end.sent();
      expect([first?.slice(0, 12), second?.slice(0, 12)]).to.deep.equal(["E04000010000", "E0C000020000"]);
      const client = new End();
      for (const block of [first, second]) expect(client.hear(block as string)).to.deep.equal([]);
      expect(client.received).to.deep.equal([toHex(apdu)]);
    });
  });

  describe("given what it should not be", () => {
    it("drops an unconfirmed transfer with a gap, and takes the next one", () => {
      const end = new End();
      expect(end.take(fromHex("E0400001000002AABB")).type).to.equal("waiting");
      expect(end.take(fromHex("E0C00003000002EEFF")).type).to.equal("lost");
      expect(end.take(fromHex("E0400001000001AA")).type).to.equal("waiting");
      expect(end.take(fromHex("E0C00002000001BB")).type).to.equal("apdu");
      expect(end.received).to.deep.equal(["AABB"]);
    });

    it("aborts a transfer that grows beyond what is allowed", () => {
      const end = new End({ maxLength: 3 });
      end.hear("E00500010000 02 AABB");
      expect(end.take(fromHex("E00500020001 02 CCDD"))).to.deep.equal({ type: "aborted", reason: "too-long" });
      expect(end.sent().at(-1)).to.equal("E0800000000000");
      expect(end.carrier.active).to.equal(false);
    });

    it("holds no more blocks behind a gap than the window allows, whatever comes", () => {
      const end = new End({ maxLength: 10_000 });
      for (let number = 100; number < 60_000; number += 7) end.take(fromHex(`E045${number.toString(16).padStart(4, "0")}0000 01 AA`));
      expect(end.received).to.deep.equal([]);
    });

    it("ends when the peer gives up", () => {
      const end = new End();
      end.hear(blocks[1]);
      expect(end.take(fromHex("E0800000000000"))).to.deep.equal({ type: "aborted", reason: "by-peer" });
    });

    it("takes no blocks out of blocks, which could be one in the other without end", () => {
      const inner = "E0810001000005C401C10011";
      for (const answers of [false, true]) {
        const end = new End({ answers });
        expect(end.take(fromHex(`E08100010000 0C ${inner}`)), String(answers)).to.deep.equal({ type: "aborted", reason: "nested" });
        expect(end.sent(), "what the peer is told").to.deep.equal(["E0800000000000"]);
        expect(end.carrier.active).to.equal(false);
      }
      expect(new End().take(fromHex(`E0C000010000 0C ${inner}`)), "unconfirmed").to.deep.equal({ type: "lost" });
    });

    it("joins no blocks that came unasked with those of an answer", () => {
      const end = new End();
      end.hear("E08100020000 02 EEEE");
      end.carrier.send(fromHex("C001C100030100010800FF0200"));
      expect(end.take(fromHex("E04100010000 05 C401C10011")).type).to.equal("progress");
      expect(end.take(fromHex("E08100020000 01 05")).type).to.equal("apdu");
      expect(end.received).to.deep.equal(["C401C1001105"]);
    });

    it("has numbers left for its answer however many acknowledgements it was made to send", () => {
      const end = new End({ answers: true, maxPduSize: 12 });
      const empty = blockOf(fromHex("E00100000000 00"));
      const count = 33_000;
      for (let blockNumber = 1; blockNumber <= count; blockNumber++) end.carrier.receive({ ...empty, blockNumber });
      expect(end.takeSent().length).to.equal(count);
      const request = { ...empty, blockNumber: count + 1, lastBlock: true, window: 63, raw: fromHex("C0") };
      expect(end.carrier.receive(request).type).to.equal("apdu");
      const longest = 32_767 * 5;
      expect(end.carrier.carries(longest) && !end.carrier.carries(longest + 1)).to.equal(true);
      end.carrier.send(new Uint8Array(longest));
      const numbers: number[] = [];
      for (let sent = end.takeSent(); sent.length > 0; sent = end.takeSent()) {
        numbers.push(...sent.map((bytes) => blockOf(bytes).blockNumber));
        const last = blockOf(sent.at(-1) ?? new Uint8Array());
        if (last.lastBlock) break;
        end.carrier.receive({ ...empty, window: 63, blockNumberAck: last.blockNumber });
      }
      expect(numbers.length).to.equal(32_767);
      expect(numbers.every((number, index) => index === 0 || number === (numbers[index - 1] ?? 0) + 1)).to.equal(true);
    });

    it("takes a new request after a whole one, and a repeated first block for what it is", () => {
      const end = new End({ answers: true });
      end.hear("E00500010000 02 C001");
      end.hear("E00500010000 02 C001");
      end.hear("E08500020001 01 AA");
      end.hear("E00500010000 02 C001");
      end.hear("E08500020001 01 BB");
      expect(end.received).to.deep.equal(["C001AA", "C001BB"]);
    });
  });

  it("carries requests and answers of any length over a link that loses, doubles and reorders blocks", () => {
    const size = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 40, max: 4000 }));
    fc.assert(
      fc.property(
        size,
        size,
        fc.integer({ min: 20, max: 300 }),
        fc.integer({ min: 1, max: 63 }),
        fc.integer({ min: 1, max: 63 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 99 })),
        (requestSize, answerSize, maxPduSize, clientWindow, serverWindow, chance) => {
          const client = new End({ window: clientWindow, maxPduSize });
          const server = new End({ answers: true, window: serverWindow, maxPduSize });
          const request = Uint8Array.from({ length: requestSize }, (_, index) => (index * 7) & 0xff);
          const answer = Uint8Array.from({ length: answerSize }, (_, index) => (index * 13) & 0xff);
          request[0] = 0xc0;
          answer[0] = 0xc4;
          const pass = (sent: readonly Uint8Array[], always: boolean): Uint8Array[] => {
            const arrived: Uint8Array[] = [];
            for (const bytes of sent) {
              const fate = always ? 99 : (chance.next().value as number);
              if (fate < 20) continue;
              arrived.push(bytes);
              if (fate < 25) arrived.push(bytes);
              if (fate > 90 && arrived.length > 1) arrived.reverse();
            }
            return arrived;
          };
          client.carrier.send(request);
          let answered = false;
          for (let round = 0; round < 5000 && client.received.length === 0; round++) {
            // What is not in blocks is not repeated here: it always arrives.
            const plain = requestSize <= maxPduSize;
            const toServer = pass(client.takeSent(), plain && round === 0);
            for (const bytes of toServer) server.take(bytes);
            if (!answered && server.received.length > 0) {
              answered = true;
              server.carrier.send(answer);
            }
            const toClient = pass(server.takeSent(), answerSize <= maxPduSize && !server.carrier.active);
            for (const bytes of toClient) client.take(bytes);
            if (toServer.length === 0 && toClient.length === 0) {
              if (plain && !client.carrier.active && answered) server.carrier.repeat();
              else client.carrier.repeat();
            }
          }
          expect(server.received[0]).to.equal(toHex(request));
          expect(client.received[0]).to.equal(toHex(answer));
        },
      ),
      { numRuns: 300 },
    );
  });
});
