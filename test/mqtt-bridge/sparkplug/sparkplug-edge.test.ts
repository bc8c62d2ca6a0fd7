import { expect } from "chai";
import { MemoryBirthSequenceStore } from "../../../src/mqtt-bridge/sparkplug/birth-sequence.ts";
import type { EdgeMessage } from "../../../src/mqtt-bridge/sparkplug/edge-node.ts";
import type { SparkplugOptions } from "../../../src/mqtt-bridge/sparkplug/options.ts";
import { decodePayload, encodePayload } from "../../../src/mqtt-bridge/sparkplug/payload.ts";
import type { SparkplugCommand } from "../../../src/mqtt-bridge/sparkplug/sparkplug-command.ts";
import { SparkplugEdge } from "../../../src/mqtt-bridge/sparkplug/sparkplug-edge.ts";
import type { OpenSparkplugLink, SparkplugLinkListener } from "../../../src/mqtt-bridge/sparkplug/sparkplug-link.ts";
import type { SparkplugStatus } from "../../../src/mqtt-bridge/sparkplug/sparkplug-status.ts";
import { VirtualTimers } from "../../../src/session/timers.ts";
import { energy, power, readTime, settled, snapshot } from "../support.ts";

function setUp(more: Partial<SparkplugOptions> = {}) {
  const timers = new VirtualTimers();
  const log: string[] = [];
  const wills: EdgeMessage[] = [];
  const published: EdgeMessage[] = [];
  const statuses: SparkplugStatus[] = [];
  let listener: SparkplugLinkListener | undefined;
  const open: OpenSparkplugLink = (url, will, listening) => {
    log.push(`open ${url}`);
    wills.push(will);
    listener = listening;
    return {
      subscribe: (filters) => {
        log.push(...filters);
        return Promise.resolve([]);
      },
      publish: (message) => {
        log.push(message.type);
        published.push(message);
      },
      end: () => {
        log.push("end");
        listening.closed(undefined);
      },
      destroy: () => void log.push("destroy"),
    };
  };
  const options: SparkplugOptions = {
    ...{ urls: ["mqtt://a:1"], group: "g", edge: "e", timers, random: () => 0, wallClock: () => readTime },
    onStatus: (status) => void statuses.push(status),
    ...more,
  };
  const edge = new SparkplugEdge(options, open);
  const accept = async () => {
    await settled();
    listener?.connected();
    await settled();
  };
  const send = (topic: string, payload: Uint8Array | object) =>
    listener?.message(topic, payload instanceof Uint8Array ? payload : new TextEncoder().encode(JSON.stringify(payload)));
  const bdSeqs = () => wills.map(({ payload }) => decodePayload(payload).metrics[0]?.value);
  return { timers, log, wills, published, statuses, edge, accept, send, bdSeqs, drop: () => listener?.closed(undefined) };
}

const rebirth = encodePayload({ metrics: [{ name: "Node Control/Rebirth", datatype: 11, value: true }] });

describe("SparkplugEdge", () => {
  it("tck-id-message-flow-edge-node-ncmd-subscribe: subscribes to commands before it is born", async () => {
    const { edge, accept, log } = setUp();
    edge.publishSnapshot(snapshot([energy]));
    edge.start();
    await accept();
    expect(log).to.deep.equal(["open mqtt://a:1", "spBv1.0/g/NCMD/e", "spBv1.0/g/DCMD/e/+", "NBIRTH", "DBIRTH"]);
  });

  it("tck-id-topics-nbirth-bdseq-matching: each CONNECT has the next number, stored ahead, and 0 follows 255", async () => {
    const birthSequence = new MemoryBirthSequenceStore();
    await birthSequence.write(254);
    const { edge, accept, drop, timers, bdSeqs, published } = setUp({ birthSequence });
    edge.start();
    await accept();
    drop();
    timers.advance(60_000);
    await settled();
    expect(birthSequence.read()).to.equal(0);
    await accept();
    expect(bdSeqs()).to.deep.equal([255n, 0n]);
    expect(published.map(({ payload }) => decodePayload(payload).metrics[0]?.value)).to.deep.equal([255n, 0n]);
  });

  it("tck-id-operational-behavior-data-commands-rebirth-action-1: answers NCMD with births and no death", async () => {
    const { edge, accept, send, log } = setUp();
    edge.publishSnapshot(snapshot([energy]));
    edge.start();
    await accept();
    log.length = 0;
    send("spBv1.0/g/NCMD/e", rebirth);
    expect(log).to.deep.equal(["NBIRTH", "DBIRTH"]);
  });

  it("tck-id-message-flow-edge-node-birth-publish-phid-wait-online: waits for the primary host", async () => {
    const { edge, accept, send, log } = setUp({ primaryHost: "scada" });
    edge.start();
    await accept();
    expect(log).to.include("spBv1.0/STATE/scada").and.not.include("NBIRTH");
    send("spBv1.0/STATE/scada", { online: false, timestamp: 5 });
    send("spBv1.0/STATE/scada", { online: true, timestamp: 4 });
    expect(edge.alive).to.equal(false);
    send("spBv1.0/STATE/scada", { online: true, timestamp: 6 });
    expect(edge.alive).to.equal(true);
  });

  it("tck-id-operational-behavior-edge-node-termination-host-offline, -reconnect, -timestamp: leaves with the host for the next broker", async () => {
    const { edge, accept, send, log, timers } = setUp({ primaryHost: "scada", urls: ["mqtt://a:1", "mqtt://b:1"] });
    edge.start();
    await accept();
    send("spBv1.0/STATE/scada", { online: true, timestamp: 6 });
    send("spBv1.0/STATE/scada", { online: false, timestamp: 5 });
    expect(edge.alive).to.equal(true);
    send("spBv1.0/STATE/scada", { online: false, timestamp: 7 });
    expect(edge.alive).to.equal(false);
    expect(log.at(-1)).to.equal("end");
    timers.advance(60_000);
    await accept();
    expect(log).to.include("open mqtt://b:1");
    timers.advance(30_000);
    expect(log.at(-1)).to.equal("end");
  });

  it("refuses DCMD unless somebody carries them out", async () => {
    const command = encodePayload({ metrics: [{ name: "active_power_import", value: 1 }] });
    const commands: SparkplugCommand[] = [];
    for (const more of [{}, { onCommand: (asked: SparkplugCommand) => void commands.push(asked) }]) {
      const { edge, accept, send, statuses } = setUp(more);
      edge.publishSnapshot(snapshot([power]));
      edge.start();
      await accept();
      send("spBv1.0/g/DCMD/e/demo", command);
      send("spBv1.0/g/DCMD/e/stranger", command);
      send("spBv1.0/g/NCMD/e", new Uint8Array([0x12, 0x7f]));
      expect(statuses.filter(({ type }) => type === "refused")).to.have.lengthOf("onCommand" in more ? 2 : 3);
    }
    expect(commands).to.deep.equal([{ meterId: "demo", metric: "active_power_import", value: 1 }]);
  });

  it("stays away after it was closed", async () => {
    const { edge, accept, log, timers } = setUp();
    edge.start();
    await accept();
    await edge.close();
    edge.publishSnapshot(snapshot([energy]));
    timers.advance(100_000);
    await settled();
    expect(log.at(-1)).to.equal("end");
  });
});
