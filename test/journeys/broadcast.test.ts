import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { protectApdu } from "../../src/dlms/security/ciphered-apdu.ts";
import type { SecretKey } from "../../src/dlms/security/secret-key.ts";
import type { SecuritySuite } from "../../src/dlms/security/suite.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import { MeterCounters } from "../../src/virtual-meter/meter-counters.ts";
import { allStationWPort, encodeWpdu } from "../../src/wrapper/header.ts";
import { clientTitle, keys } from "../dlms/association/secure-pair.ts";
import { MemoryCounterBook } from "../support/counter-book.ts";
import { inMemory } from "../support/in-memory.ts";
import { sampleStart } from "../support/sample-meter.ts";
import { clients, SecuredMeter } from "../support/secured-meter.ts";

const hour = 3_600_000;

/** An unconfirmed SET of the clock to an hour of the first day. */
function setClock(hours: number): Uint8Array {
  const time = `07EA 01 05 FF ${toHex(Uint8Array.of(hours))} 00 00 00 0000 00`;
  return fromHex(`C1 01 01 0008 0000010000FF 02 00 090C ${time}`);
}

interface Sender {
  readonly suite?: SecuritySuite;
  readonly key?: SecretKey;
  readonly authenticationKey?: SecretKey;
  /** Key_Set of the security control byte. */
  readonly broadcast?: boolean;
}

function ciphered(plain: Uint8Array, counter: number, sender: Sender = {}): Uint8Array {
  const { suite = 0, key = keys.broadcast(suite), authenticationKey = keys.authentication(suite), broadcast = true } = sender;
  const control = { suite, authenticated: true, encrypted: true, broadcast, compressed: false };
  return protectApdu("general-global", { suite, key, authenticationKey, systemTitle: clientTitle }, control, counter, plain);
}

/** A meter that hears broadcasts, and what it says to them. */
class Listener {
  readonly #world = inMemory();
  readonly #device: SecuredMeter;

  constructor(suite: SecuritySuite, book = new MemoryCounterBook()) {
    this.#device = new SecuredMeter({ suite, counters: new MeterCounters(book) });
  }

  /** What the clock of the meter says, in hours of the first day. */
  get hours(): number {
    return (this.#device.meter.clockTime - sampleStart) / hour;
  }

  /** Sends an APDU, by default to everybody, and waits; the octets that come back. */
  async hear(apdu: Uint8Array, clientSap: number = clients["pre-established"], serverSap: number = allStationWPort): Promise<string> {
    const { timers } = this.#world;
    const { a, b } = memoryTransportPair({ schedule: (delay, callback) => timers.schedule(delay, callback) });
    this.#device.server.serve("wrapper", b);
    let answer = "";
    a.onData((bytes) => {
      answer += toHex(bytes);
    });
    a.write(encodeWpdu({ sourceWPort: clientSap, destinationWPort: serverSap, apdu }));
    await this.#world.settle(new Promise<void>((resolve) => timers.schedule(100, resolve)));
    await this.#world.settle(a.close());
    return answer;
  }
}

describe("Broadcasts to the pre-established client 102", () => {
  for (const suite of [0, 1, 2] as const) {
    it(`are carried out under the broadcast key of suite ${suite}, and not answered`, async () => {
      const meter = new Listener(suite);
      expect(meter.hours).to.equal(1);
      expect(await meter.hear(ciphered(setClock(5), 1, { suite }))).to.equal("");
      expect(meter.hours).to.equal(5);
    });
  }

  it("are carried out once, also after a restart", async () => {
    const book = new MemoryCounterBook();
    const meter = new Listener(0, book);
    const recorded = ciphered(setClock(5), 1);
    await meter.hear(recorded);
    await meter.hear(ciphered(setClock(6), 2));
    expect(await meter.hear(recorded), "at once").to.equal("");
    expect(meter.hours).to.equal(6);
    const restarted = new Listener(0, book);
    await restarted.hear(recorded);
    expect(restarted.hours, "after a restart").to.equal(1);
  });

  const refused: Readonly<Record<string, Uint8Array>> = {
    "in clear": setClock(5),
    "under another key": ciphered(setClock(5), 1, { key: keys.other() }),
    "under another authentication key": ciphered(setClock(5), 1, { authenticationKey: keys.other() }),
    "under the broadcast key, named the unicast key": ciphered(setClock(5), 1, { broadcast: false }),
    "under the unicast key, named the broadcast key": ciphered(setClock(5), 1, { key: keys.global() }),
    "of another suite": ciphered(setClock(5), 1, { suite: 1 }),
  };
  for (const [how, apdu] of Object.entries(refused))
    it(`change nothing ${how}, and are met with silence`, async () => {
      const meter = new Listener(0);
      expect(await meter.hear(apdu)).to.equal("");
      expect(meter.hours).to.equal(1);
      await meter.hear(ciphered(setClock(5), 1));
      expect(meter.hours, "the right one afterwards").to.equal(5);
    });

  it("are not taken from other clients, nor for this meter alone", async () => {
    const meter = new Listener(0);
    for (const clientSap of [clients.public, clients.reader, clients.management]) {
      expect(await meter.hear(ciphered(setClock(5), 1), clientSap)).to.equal("");
    }
    expect(await meter.hear(ciphered(setClock(5), 1), clients["pre-established"], 1)).to.match(/D8[0-9A-F]{4}$/);
    expect(meter.hours).to.equal(1);
  });
});
