import { expect } from "chai";
import type { KeypadKey, PageError, PageKeypad, PageRows, PageTrace } from "../../src/dashboard/contract.ts";
import type { PageActions, PageKeypads, PageReader, PageTraces } from "../../src/dashboard/ports.ts";
import { DataAccessError, TransportError } from "../../src/errors.ts";
import { boardMeter, EventReader, FakeDashboard, reading, value } from "./support.ts";

const rows: PageRows = {
  columns: [{ logicalName: "1.0.1.8.0.255", attribute: 2, name: 'Energy, "import"', unit: "Wh" }],
  times: [1_000_000],
  stamps: ["1970-01-01T00:16:40Z"],
  cells: [[42]],
};

const reader = (rest: Partial<PageReader> = {}): PageReader => ({
  profiles: async () => [],
  rows: async () => rows,
  objects: async () => [],
  attribute: async (_, { attribute }) => ({ text: `${attribute} Wh`, value: attribute, unit: "Wh", readTime: 1 }),
  events: async (_, last) => [{ log: "standard", time: last, stamp: "", code: 1, name: "power_up", details: {} }],
  tokens: async () => [{ stamp: "", digits: "1234 ... 5678", amount: null, credit: null, way: null, details: {} }],
  credits: async () => [],
  ...rest,
});

/** A page over the meters a and b. */
function page(...options: ConstructorParameters<typeof FakeDashboard>): FakeDashboard {
  const made = new FakeDashboard(...options);
  made.board.update([boardMeter("a"), boardMeter("b", { actions: [] })]);
  return made;
}

const codeOf = async (response: Response) => [response.status, ((await response.json()) as PageError).error.code];

describe("the routes of the page", () => {
  it("tell what is behind the page", async () => {
    expect(await (await page().get("/api/info")).json()).to.deep.equal({
      version: "1",
      source: "demo",
      price: null,
      role: "operator",
      reads: false,
      local: true,
    });
  });

  it("list meters, and show one", async () => {
    const made = page();
    made.board.read("a", reading(7, [value("frequency", 50, "Hz")]));
    const fleet = (await (await made.get("/api/meters")).json()) as readonly { readonly id: string }[];
    expect(fleet.map(({ id }) => id)).to.deep.equal(["a", "b"]);
    expect(await (await made.get("/api/meters/a")).json()).to.deep.include({ readTime: 7 });
    expect(await codeOf(await made.get("/api/meters/c"))).to.deep.equal([404, "unknown-meter"]);
    expect(await codeOf(await made.get("/api/meters/c/events"))).to.deep.equal([404, "unknown-meter"]);
  });

  it("answer 404 for what nothing stands behind", async () => {
    const made = page();
    expect(await codeOf(await made.get("/api/meters/a/profiles"))).to.deep.equal([404, "no-reads"]);
    expect(await codeOf(await made.get("/api/meters/a/keypad"))).to.deep.equal([404, "no-keypad"]);
    expect(await codeOf(await made.get("/api/meters/a/trace"))).to.deep.equal([404, "no-trace"]);
    expect(await codeOf(await made.post("/api/meters/a/actions/clock", {}))).to.deep.equal([404, "no-actions"]);
    expect(await codeOf(await made.post("/api/decode", { hex: "" }))).to.deep.equal([404, "no-translator"]);
    expect(await codeOf(await made.get("/api/nothing"))).to.deep.equal([404, "not-found"]);
    expect(await codeOf(await made.get("/nothing"))).to.deep.equal([404, "not-found"]);
    expect(await codeOf(await made.post("/", {}))).to.deep.equal([404, "not-found"]);
  });

  it("give rows column by column, or as a file", async () => {
    const asked: unknown[] = [];
    const made = page({
      reader: reader({
        rows: async (...all) => {
          asked.push(all);
          return rows;
        },
      }),
    });
    const path = "/api/meters/a/profiles/1.0.99.1.0.255";
    const range = "from=2026-11-22T00:00:00%2B01:00&to=2026-11-23T00:00:00Z";
    expect(await (await made.get(`${path}?${range}`)).json()).to.deep.equal(rows);
    const file = await made.get(`${path}.csv?last=3`);
    expect(await file.text()).to.equal('time,"Energy, ""import"" [Wh]"\r\n1970-01-01T00:16:40Z,42\r\n');
    expect(file.headers.get("content-disposition")).to.equal('attachment; filename="a-1.0.99.1.0.255.csv"');
    expect(asked).to.deep.equal([
      ["a", "1.0.99.1.0.255", { kind: "range", from: Date.UTC(2026, 10, 21, 23), to: Date.UTC(2026, 10, 23) }],
      ["a", "1.0.99.1.0.255", { kind: "last", count: 3 }],
    ]);
  });

  it("refuse what is no profile, no range and no number, and ask the meter nothing", async () => {
    const made = page({ reader: reader({ rows: () => Promise.reject(new TransportError("closed", "asked")) }) });
    const base = "/api/meters/a/profiles";
    for (const path of [
      `${base}/load?last=1`,
      `${base}/1.0.99.1.0.256?last=1`,
      `${base}/1.0.99.1.0.255`,
      `${base}/1.0.99.1.0.255?last=0`,
      `${base}/1.0.99.1.0.255?last=10001`,
      `${base}/1.0.99.1.0.255?last=1e3`,
      `${base}/1.0.99.1.0.255?from=2026-11-22T00:00:00Z`,
      `${base}/1.0.99.1.0.255?from=2026-11-22T00:00:00&to=2026-11-23T00:00:00`,
      `${base}/1.0.99.1.0.255?from=2026-11-24T00:00:00Z&to=2026-11-23T00:00:00Z`,
      `${base}/1.0.99.1.0.255?from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z&last=1`,
      "/api/meters/a/events?last=x",
      "/api/meters/a/objects/3/1.0.1.8.0.255/0",
      "/api/meters/a/objects/x/1.0.1.8.0.255/2",
    ])
      expect(await codeOf(await made.get(path)), path).to.deep.equal([400, "malformed"]);
  });

  it("read objects, events and tokens", async () => {
    const made = page({ reader: reader() });
    expect(await (await made.get("/api/meters/a/objects/3/1.0.1.8.0.255/2")).json()).to.deep.include({ text: "2 Wh" });
    expect(await (await made.get("/api/meters/a/events")).json()).to.have.nested.property("[0].time", 200);
    expect(await (await made.get("/api/meters/a/events?last=7")).json()).to.have.nested.property("[0].time", 7);
    expect(await (await made.get("/api/meters/a/tokens")).json()).to.have.length(1);
    expect(await (await made.get("/api/meters/a/objects")).json()).to.deep.equal([]);
    expect((await made.get("/api/info")).headers.get("cache-control")).to.equal("no-store");
  });

  it("do a read once that several pages ask for together, and again for who comes later", async () => {
    let reads = 0;
    let answer = (): void => {};
    const made = page({
      reader: reader({
        objects: async () => {
          reads += 1;
          await new Promise<void>((resolve) => {
            answer = resolve;
          });
          return [];
        },
      }),
    });
    const both = [made.get("/api/meters/a/objects"), made.get("/api/meters/a/objects")];
    await new Promise((resolve) => setImmediate(resolve));
    answer();
    for (const response of await Promise.all(both)) expect(response.status).to.equal(200);
    expect(reads).to.equal(1);
    const later = made.get("/api/meters/a/objects");
    await new Promise((resolve) => setImmediate(resolve));
    answer();
    await later;
    expect(reads).to.equal(2);
  });

  it("say what went wrong at the meter, and nothing of what nobody foresaw", async () => {
    const failing = (error: Error) => page({ reader: reader({ objects: () => Promise.reject(error) }) });
    const get = async (error: Error) => codeOf(await failing(error).get("/api/meters/a/objects"));
    expect(await get(new DataAccessError("read-write-denied", "no"))).to.deep.equal([403, "read-write-denied"]);
    expect(await get(new DataAccessError("hardware-fault", "no"))).to.deep.equal([422, "hardware-fault"]);
    expect(await get(new TransportError("timeout", "no"))).to.deep.equal([504, "timeout"]);
    expect(await get(new TransportError("closed", "no"))).to.deep.equal([502, "closed"]);
    const made = failing(new TypeError("secret of the house"));
    const response = await made.get("/api/meters/a/objects");
    expect([response.status, await response.text()]).to.deep.equal([
      500,
      '{"error":{"code":"internal","message":"the server failed","hint":"look into its log"}}',
    ]);
    expect(made.failures).to.have.length(1);
  });
});

describe("actions of the page", () => {
  const acting = (act: PageActions["act"] = async () => ({ ok: true, message: "done" })) => page({ actions: { act } });

  it("are done, and noted down with who did them", async () => {
    const asked: unknown[] = [];
    const made = acting(async (...all) => {
      asked.push(all);
      return { ok: true, message: "done" };
    });
    const answer = await made.post("/api/meters/a/actions/relay", { state: "disconnect" });
    expect(await answer.json()).to.deep.equal({ ok: true, message: "done" });
    await made.post("/api/meters/a/actions/token", { token: "1234 5678 9012 3456 7890" });
    expect(asked).to.deep.equal([
      ["a", { action: "relay", state: "disconnect" }],
      ["a", { action: "token", token: "12345678901234567890" }],
    ]);
    const visitor = { role: "operator", name: "local" };
    expect(made.audits).to.deep.equal([
      { meterId: "a", action: "relay", detail: "disconnect", visitor, ok: true, code: undefined },
      { meterId: "a", action: "token", detail: undefined, visitor, ok: true, code: undefined },
    ]);
    expect(JSON.stringify(made.audits)).not.to.contain("1234567890");
  });

  it("are noted down too when the meter refuses or does not answer", async () => {
    const refusing = acting(async () => ({ ok: false, message: "used" }));
    expect((await refusing.post("/api/meters/a/actions/relay", { state: "reconnect" })).status).to.equal(200);
    const silent = acting(() => Promise.reject(new TransportError("timeout", "silence")));
    expect(await codeOf(await silent.post("/api/meters/a/actions/relay", { state: "reconnect" }))).to.deep.equal([504, "timeout"]);
    expect([...refusing.audits, ...silent.audits].map(({ ok, code }) => [ok, code])).to.deep.equal([
      [false, "refused"],
      [false, "timeout"],
    ]);
  });

  it("are asked for twice", async () => {
    const made = acting();
    const post = (headers: Readonly<Record<string, string>>) => made.post("/api/meters/a/actions/relay", { state: "reconnect" }, headers);
    expect(await codeOf(await post({ "x-confirm": "" }))).to.deep.equal([400, "not-confirmed"]);
    expect(made.audits).to.deep.equal([]);
  });

  it("are done where the meter's entry allows them alone", async () => {
    const made = acting();
    expect(await codeOf(await made.post("/api/meters/b/actions/relay", { state: "reconnect" }))).to.deep.equal([403, "not-allowed"]);
    expect(await codeOf(await made.post("/api/meters/a/actions/clock", {}))).to.deep.equal([403, "not-allowed"]);
    expect(made.audits.map(({ code }) => code)).to.deep.equal(["not-allowed", "not-allowed"]);
  });

  it("are of a known kind, with a body that fits", async () => {
    const made = acting();
    for (const [action, body] of [
      ["relay", { state: "off" }],
      ["relay", []],
      ["relay", "{"],
      ["token", { token: "123" }],
      ["token", { token: 12_345 }],
    ] as const)
      expect(await codeOf(await made.post(`/api/meters/a/actions/${action}`, body))).to.deep.equal([400, "malformed"]);
    expect(await codeOf(await made.post("/api/meters/a/actions/fly", {}))).to.deep.equal([404, "unknown-action"]);
  });
});

describe("streams of a meter", () => {
  const picture = (main: string): PageKeypad => ({
    view: { main, text: "", marks: [], leds: { supply: {}, link: {}, credit: {}, alarm: {}, pulse: {} } },
    linked: true,
  });

  it("show the keypad unit to all pages and take their keys", async () => {
    const pressed: KeypadKey[] = [];
    const listeners = new Set<(keypad: PageKeypad) => void>();
    const keypads: PageKeypads = {
      subscribe: (meterId, listener) => {
        if (meterId !== "a") return undefined;
        listeners.add(listener);
        listener(picture("0"));
        return () => void listeners.delete(listener);
      },
      press: (_, key) => void pressed.push(key),
    };
    const made = page({ keypads });
    const pages = await Promise.all([1, 2].map(async () => new EventReader(await made.get("/api/meters/a/keypad"))));
    expect(listeners.size).to.equal(1);
    for (const events of pages) expect(await events.next()).to.deep.equal({ event: "view", data: picture("0") });
    for (const listener of listeners) listener(picture("7"));
    for (const events of pages) expect(await events.next()).to.deep.equal({ event: "view", data: picture("7") });
    const late = new EventReader(await made.get("/api/meters/a/keypad"));
    expect(await late.next()).to.deep.equal({ event: "view", data: picture("7") });
    for (const events of [...pages, late]) await events.cancel();
    expect(listeners.size).to.equal(0);

    expect((await made.post("/api/meters/a/keypad", { key: "enter" })).status).to.equal(204);
    for (const key of ["x", "toString", 7, undefined])
      expect(await codeOf(await made.post("/api/meters/a/keypad", { key }))).to.deep.equal([400, "malformed"]);
    expect(pressed).to.deep.equal(["enter"]);
    expect(await codeOf(await made.get("/api/meters/b/keypad"))).to.deep.equal([404, "no-keypad"]);
  });

  it("show frames from now on to whoever looks", async () => {
    let tell: (trace: PageTrace) => void = () => {};
    const traces: PageTraces = {
      subscribe: (_, listener) => {
        tell = listener;
        return () => {};
      },
    };
    const made = page({ traces });
    const first = new EventReader(await made.get("/api/meters/a/trace"));
    const trace: PageTrace = { time: 1, direction: "sent", layer: "apdu", hex: "C0", summary: "get-request" };
    tell(trace);
    expect(await first.next()).to.deep.equal({ event: "trace", data: trace });
    const second = new EventReader(await made.get("/api/meters/a/trace"));
    tell({ ...trace, time: 2 });
    expect(await second.next()).to.deep.equal({ event: "trace", data: { ...trace, time: 2 } });
    await first.cancel();
    await second.cancel();
  });
});
