import { connect } from "node:net";
import { expect } from "chai";
import { EmbeddedBroker } from "../../src/broker/embedded-broker.ts";

describe("EmbeddedBroker", function () {
  this.timeout(10_000);

  it("names a port that is in use, and what to do about it", async () => {
    const first = await EmbeddedBroker.start({ port: 0 });
    const error = await EmbeddedBroker.start({ port: first.port }).catch((reason: unknown) => reason);
    await first.close();
    expect(error).to.include({
      ...{ code: "open-failed", layer: "mqtt", message: `the MQTT broker cannot listen on 127.0.0.1:${first.port}: the port is in use` },
      hint: "another broker runs there; stop it or choose another port",
    });
  });

  it("says where it listens", async () => {
    const broker = await EmbeddedBroker.start({ port: 0 });
    expect(broker.port).to.be.greaterThan(0);
    expect(broker.url).to.equal(`mqtt://127.0.0.1:${broker.port}`);
    await broker.close();
  });

  it("closes although somebody stays connected, and frees its port", async () => {
    const broker = await EmbeddedBroker.start({ port: 0 });
    const socket = connect({ host: "127.0.0.1", port: broker.port });
    const closed = new Promise((resolve) => socket.once("close", resolve));
    await new Promise((resolve) => socket.once("connect", resolve));
    await broker.close();
    await closed;
    await (await EmbeddedBroker.start({ port: broker.port })).close();
  });

  it("survives bytes that are not MQTT", async () => {
    const broker = await EmbeddedBroker.start({ port: 0 });
    const socket = connect({ host: "127.0.0.1", port: broker.port });
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => {});
    socket.write("GET / HTTP/1.1\r\n\r\n");
    await closed;
    await broker.close();
    await broker.close();
  });
});
