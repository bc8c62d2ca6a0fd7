import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { DlmsClientConnection } from "../../src/dlms/association/client-connection.ts";
import type { ConformanceName } from "../../src/dlms/xdlms/conformance.ts";
import { hour } from "../../src/meter-model/index.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import { WrapperConnection } from "../../src/wrapper/index.ts";
import { inMemory } from "../support/in-memory.ts";
import { sampleMeter, sampleServer } from "../support/sample-meter.ts";

const getObjectList = "C001C1000F0000280000FF0200";
const getNext = (block: number) => `C002C1${block.toString(16).padStart(8, "0")}`;

describe("a long read that is abandoned", () => {
  for (const link of ["wrapper", "wrapper-udp"] as const) {
    it(`leaves no block number behind: the next one begins with block 1, over ${link} (pitfall 19)`, async () => {
      const { timers, settle } = inMemory();
      const server = sampleServer(sampleMeter(hour), { timers });
      const { a, b } = memoryTransportPair({ schedule: (delay, callback) => timers.schedule(delay, callback) });
      server.serve(link, b);
      const wrapper = new WrapperConnection({ clientSap: 16, serverSap: 1, datagrams: link === "wrapper-udp" });
      const heard: string[] = [];
      a.onData((chunk) => {
        for (const event of wrapper.receiveBytes(chunk, timers.now())) if (event.type === "apdu") heard.push(toHex(event.bytes));
      });
      const ask = (apdu: Uint8Array): string => {
        wrapper.send(apdu, timers.now());
        a.write(wrapper.dataToSend() as Uint8Array);
        timers.advance(10);
        return heard.splice(0).join();
      };
      const client = new DlmsClientConnection({
        clientSap: 16,
        serverSap: 1,
        authentication: { mechanism: "none" },
        maxReceivePduSize: 64,
        proposedConformance: new Set<ConformanceName>(["get", "block-transfer-with-get-or-read"]),
      });
      client.associate(timers.now());
      expect(ask(client.apduToSend()?.bytes as Uint8Array)).to.match(/^61/);
      /** get-response-with-datablock, not the last one, and its number. */
      const block = (number: number) => new RegExp(`^C402C100${number.toString(16).padStart(8, "0")}`);
      for (let read = 0; read < 3; read++) {
        expect(ask(fromHex(getObjectList))).to.match(block(1));
        expect(ask(fromHex(getNext(1)))).to.match(block(2));
        expect(ask(fromHex(getNext(2)))).to.match(block(3));
      }
      await settle(server.close());
    });
  }
});
