import { request } from "node:http";
import { connect } from "node:net";
import { expect } from "chai";
import { Access } from "../../src/dashboard/access.ts";
import { Dashboard } from "../../src/dashboard/dashboard.ts";
import { type HttpServer, listenHttp } from "../../src/dashboard/http-server.ts";
import { LiveBoard } from "../../src/dashboard/live-board.ts";
import { TransportError } from "../../src/errors.ts";
import { realTimers } from "../../src/session/timers.ts";
import { boardMeter, pageFiles, reading, value } from "./support.ts";

const pages = 100;
const meters = 50;

describe("the page over sockets", function () {
  this.timeout(20_000);
  let board: LiveBoard;
  let dashboard: Dashboard;
  let server: HttpServer;

  beforeEach(async () => {
    board = new LiveBoard(realTimers);
    board.update(Array.from({ length: meters }, (_, index) => boardMeter(`meter-${index}`)));
    dashboard = new Dashboard(
      { info: { version: "1", source: "demo", price: null }, source: board },
      {
        access: new Access({ host: "127.0.0.1" }),
        files: pageFiles,
        timers: realTimers,
        audit: () => {},
        onFailure: (error) => expect.fail(String(error)),
      },
    );
    server = await listenHttp(dashboard.app, "127.0.0.1", 0);
  });
  afterEach(async () => {
    dashboard.close();
    board.close();
    await server.close();
  });

  /** Opens a stream and gives every event to `hear`. */
  function listen(path: string, hear: (event: string, data: string) => void): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const asked = request({ host: "127.0.0.1", port: server.port, path, agent: false }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
          const blocks = text.split("\n\n");
          text = blocks.pop() ?? "";
          for (const block of blocks) {
            const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
            if (event !== undefined && data !== undefined) hear(event, data);
          }
        });
        response.on("error", () => {});
        resolve(() => asked.destroy());
      });
      asked.on("error", reject).end();
    });
  }

  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setImmediate(resolve));
  };

  it(`tells ${pages} pages of every change, at a cost that one more page hardly adds to`, async () => {
    const heard = new Map<number, string[]>();
    const ends = await Promise.all(
      Array.from({ length: pages }, (_, index) => {
        const events: string[] = [];
        heard.set(index, events);
        return listen(`/api/feed?meter=meter-${index % meters}`, (event, data) => events.push(`${event} ${data.length}`));
      }),
    );
    await until(() => [...heard.values()].every((events) => events.length >= 2));
    for (const events of heard.values()) events.length = 0;
    for (let index = 0; index < meters; index++) board.read(`meter-${index}`, reading(index + 1, [value("active_power_import", index)]));
    await until(() => [...heard.values()].every((events) => events.length >= 2));
    for (const events of heard.values()) expect(events.map((event) => event.split(" ")[0])).to.deep.equal(["fleet", "meter"]);
    expect(dashboard.listeners).to.equal(pages);
    for (const end of ends) end();
    await until(() => dashboard.listeners === 0);
  });

  it("cuts off a page that stops reading, and goes on with the others", async () => {
    const asleep = connect(server.port, "127.0.0.1");
    asleep.write(`GET /api/feed?meter=meter-0 HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`);
    asleep.pause();
    asleep.on("error", () => {});
    let heard = 0;
    const end = await listen("/api/feed?meter=meter-0", (event) => {
      heard += event === "meter" ? 1 : 0;
    });
    await until(() => dashboard.listeners === 2 && heard > 0);
    const large = "x".repeat(2_000_000);
    for (let step = 1; dashboard.listeners === 2; step++) {
      const before = heard;
      board.read("meter-0", reading(step, [value("text", large)]));
      await until(() => heard > before);
    }
    expect(dashboard.listeners).to.equal(1);
    end();
    asleep.destroy();
  });

  it("serves the page, and says which port is taken", async () => {
    const response = await fetch(`http://127.0.0.1:${server.port}/`, { headers: { "accept-encoding": "identity" } });
    expect([response.status, await response.text()]).to.deep.equal([200, "<!doctype html>"]);
    expect(response.headers.get("content-security-policy")).to.contain("default-src 'none'");
    const refusal = await listenHttp(dashboard.app, "127.0.0.1", server.port).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(TransportError);
    expect((refusal as TransportError).message).to.contain(`port ${server.port} is in use`);
  });
});
