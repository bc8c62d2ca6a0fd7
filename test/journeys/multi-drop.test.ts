import { expect } from "chai";
import { associate } from "../../src/client/connect.ts";
import type { DlmsClient } from "../../src/client/dlms-client.ts";
import { SharedLine } from "../../src/client/shared-line.ts";
import { hour } from "../../src/meter-model/index.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import { tapLine } from "../../src/transport/tap-line.ts";
import { inMemory } from "../support/in-memory.ts";
import { asReader, sampleMeter, sampleServer } from "../support/sample-meter.ts";

const energy = { classId: 3, logicalName: "1.0.1.8.0.255", attribute: 2 } as const;
const loadProfile = { classId: 7, logicalName: "1.0.99.1.0.255", attribute: 2 } as const;
const addresses = [17, 18, 19];
/** Meter n has run for n + 1 hours at one kilowatt. */
const energies = addresses.map((_, index) => 1000 * (index + 1));

describe("several meters on one HDLC line", () => {
  async function opened(carry?: (bytes: Uint8Array) => readonly Uint8Array[]) {
    const memory = inMemory();
    const { timers } = memory;
    const { a, b } = memoryTransportPair({
      schedule: (delay, callback) => timers.schedule(delay, callback),
      ...(carry === undefined ? {} : { carry }),
    });
    const servers = addresses.map((physicalAddress, index) =>
      sampleServer(sampleMeter((index + 1) * hour), { timers, hdlc: { physicalAddress, addressLengths: [2, 4] } }),
    );
    for (const [index, tap] of tapLine(b, servers.length).entries()) servers[index]?.serve("hdlc", tap);
    const line = new SharedLine({ transport: a, timers });
    const associateWith = (physicalAddress: number): Promise<DlmsClient> => {
      const end = line.end({ clientSap: asReader.clientSap, serverAddress: { logical: 1, physical: physicalAddress } });
      return associate(end, "hdlc", { ...asReader, physicalAddress, timers: end.timers });
    };
    const clients = await memory.settle(Promise.all(addresses.map(associateWith)));
    const close = async (): Promise<void> => {
      await memory.settle(Promise.all(clients.map((client) => client.close())));
      await memory.settle(line.close());
      await memory.settle(Promise.all(servers.map((server) => server.close())));
    };
    return { memory, clients, associateWith, close };
  }

  it("are associated with at the same time, and each answers for itself", async () => {
    const { memory, clients, close } = await opened();
    for (let round = 0; round < 3; round++) {
      const values = await memory.settle(Promise.all(clients.map((client) => client.getMany([energy]))));
      expect(values.map(([first]) => first?.value?.value)).to.deep.equal(energies);
    }
    await close();
  });

  it("send long answers segment by segment in turn", async () => {
    const { memory, clients, close } = await opened();
    const profiles = await memory.settle(Promise.all(clients.map((client) => client.getRaw(loadProfile))));
    expect(profiles.map(({ length }) => length)).to.deep.equal([...profiles.map(({ length }) => length)].sort((x, y) => x - y));
    expect(new Set(profiles.map(({ length }) => length)).size).to.equal(3);
    await close();
  });

  it("go on being read while nobody is at one address", async () => {
    const { memory, clients, associateWith, close } = await opened();
    const missing = associateWith(99).then(
      () => "associated",
      () => "failed",
    );
    const values = await memory.settle(Promise.all(clients.map((client) => client.getMany([energy]))), 10_000);
    expect(values.map(([first]) => first?.value?.value)).to.deep.equal(energies);
    expect(await memory.settle(missing)).to.equal("failed");
    await close();
  });

  it("are read through a line that loses one transmission in ten", async () => {
    let state = 5;
    const { memory, clients, close } = await opened((bytes) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32 < 0.1 ? [] : [bytes];
    });
    const values = await memory.settle(Promise.all(clients.map((client) => client.getMany([energy]))), 600_000);
    expect(values.map(([first]) => first?.value?.value)).to.deep.equal(energies);
    await close();
  }).timeout(20_000);
});
