import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { datagramFaults, type MemoryLink, memoryTransportPair } from "../../src/transport/memory.ts";

/** A small seeded generator of numbers from 0 to 1. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function setUp(link: Partial<MemoryLink> = {}) {
  const timers = new VirtualTimers();
  const { a, b } = memoryTransportPair({ schedule: (delay, callback) => timers.schedule(delay, callback), ...link });
  const heard: string[] = [];
  b.onData((chunk) => heard.push(toHex(chunk)));
  b.onClose((error) => heard.push(`closed${error === undefined ? "" : ` ${error.message}`}`));
  return { timers, a, b, heard };
}

describe("Memory transport", () => {
  it("carries what is written, after its latency, in order", () => {
    const { timers, a, heard } = setUp({ latency: 5 });
    expect(a.write(fromHex("01"))).to.equal(true);
    timers.advance(2);
    a.write(fromHex("02"));
    timers.advance(3);
    expect(heard).to.deep.equal(["01"]);
    timers.advance(2);
    expect(heard).to.deep.equal(["01", "02"]);
  });

  it("carries both ways, each in its own direction", () => {
    const directions: string[] = [];
    const { timers, a, b } = setUp({
      carry: (bytes, direction) => {
        directions.push(direction);
        return [bytes];
      },
    });
    const back: string[] = [];
    a.onData((chunk) => back.push(toHex(chunk)));
    a.write(fromHex("01"));
    b.write(fromHex("02"));
    timers.advance(0);
    expect([directions, back]).to.deep.equal([["a-to-b", "b-to-a"], ["02"]]);
  });

  it("carries octets as they were when written", () => {
    const { timers, a, heard } = setUp({ latency: 5 });
    const bytes = fromHex("01");
    a.write(bytes);
    bytes[0] = 9;
    timers.advance(5);
    expect(heard).to.deep.equal(["01"]);
  });

  it("cuts, doubles and drops as it is told to", () => {
    const { timers, a, heard } = setUp({ carry: (bytes) => (bytes.length > 2 ? [] : [bytes.subarray(0, 1), bytes.subarray(1), bytes]) });
    a.write(fromHex("0102"));
    a.write(fromHex("030405"));
    timers.advance(0);
    expect(heard).to.deep.equal(["01", "02", "0102"]);
  });

  it("keeps what arrives while nobody listens or reading is paused", () => {
    const timers = new VirtualTimers();
    const { a, b } = memoryTransportPair({ schedule: (delay, callback) => timers.schedule(delay, callback) });
    a.write(fromHex("01"));
    timers.advance(0);
    const heard: string[] = [];
    b.onData((chunk) => {
      heard.push(toHex(chunk));
      b.pause();
    });
    a.write(fromHex("02"));
    a.write(fromHex("03"));
    timers.advance(0);
    expect(heard).to.deep.equal(["01"]);
    b.resume();
    expect(heard).to.deep.equal(["01", "02"]);
    b.resume();
    expect(heard).to.deep.equal(["01", "02", "03"]);
  });

  it("closes both ends, the other one later, and once", async () => {
    const { timers, a, b, heard } = setUp({ latency: 5 });
    const here: string[] = [];
    a.onClose(() => here.push("closed"));
    a.write(fromHex("01"));
    await a.close();
    expect([here, heard]).to.deep.equal([["closed"], []]);
    timers.advance(5);
    expect(heard).to.deep.equal(["01", "closed"]);
    b.destroy();
    a.destroy();
    timers.advance(5);
    expect([here.length, heard.length]).to.deep.equal([1, 2]);
  });

  it("carries nothing once it is closed", () => {
    const { timers, a, b, heard } = setUp({ latency: 5 });
    a.write(fromHex("01"));
    b.destroy();
    expect(b.write(fromHex("02"))).to.equal(true);
    timers.advance(10);
    expect(heard).to.deep.equal(["closed"]);
  });

  describe("as a network of datagrams", () => {
    const sent = Array.from({ length: 1000 }, (_, index) => toHex(Uint8Array.of(index >> 8, index & 0xff)));
    const carried = (faults: Parameters<typeof datagramFaults>[1], seed = 1) => {
      const { timers, a, heard } = setUp({ latency: 5, ...datagramFaults(seeded(seed), faults) });
      for (const datagram of sent) {
        a.write(fromHex(datagram));
        timers.advance(1);
      }
      timers.advance(1000);
      return heard;
    };

    it("harms nothing unless told to", () => {
      expect(carried({})).to.deep.equal(sent);
    });

    it("loses as many as it is told to, and only those", () => {
      const heard = carried({ loss: 0.2 });
      expect(heard.length).to.be.within(750, 850);
      expect(heard).to.deep.equal(sent.filter((datagram) => heard.includes(datagram)));
    });

    it("doubles as many as it is told to", () => {
      const heard = carried({ duplication: 0.2 });
      expect(heard.length).to.be.within(1150, 1250);
      expect([...new Set(heard)]).to.deep.equal(sent);
    });

    it("lets later ones overtake earlier ones, and loses none", () => {
      const heard = carried({ reordering: 0.2 });
      expect(heard).to.not.deep.equal(sent);
      expect([...heard].sort()).to.deep.equal([...sent].sort());
    });

    it("does the same again with the same numbers", () => {
      const faults = { loss: 0.1, duplication: 0.1, reordering: 0.1 };
      expect(carried(faults, 7)).to.deep.equal(carried(faults, 7));
      expect(carried(faults, 7)).to.not.deep.equal(carried(faults, 8));
    });
  });
});
