import {
  Access,
  type AccessOptions,
  Dashboard,
  type DashboardOptions,
  type DashboardPorts,
  LiveBoard,
  type LiveValue,
  type PageAudit,
  type PageFiles,
} from "../../src/dashboard/index.ts";
import type { BoardMeter, BoardReading } from "../../src/dashboard/live-board.ts";
import { VirtualTimers } from "../../src/session/timers.ts";

export const boardMeter = (id: string, rest: Partial<BoardMeter> = {}): BoardMeter => ({
  id,
  transport: "tcp",
  pollPeriod: 5,
  actions: ["relay", "token"],
  keypad: false,
  ...rest,
});

export const value = (key: string, present: LiveValue["value"], unit: string | null = null): LiveValue => ({
  key,
  logicalName: "1.0.1.7.0.255",
  attribute: 2,
  name: key,
  value: present,
  unit,
});

export const reading = (readTime: number, values: readonly LiveValue[], rest: Partial<BoardReading> = {}): BoardReading => ({
  values,
  currency: undefined,
  readTime,
  meterTime: "2026-11-23T20:00:00+01:00",
  driftSeconds: 2,
  quality: "good",
  ...rest,
});

const octets = (text: string) => new Uint8Array(new TextEncoder().encode(text));

export const pageFiles: PageFiles = new Map([
  [
    "/",
    {
      contentType: "text/html; charset=utf-8",
      etag: '"one"',
      immutable: false,
      identity: octets("<!doctype html>"),
      gzip: octets("gz"),
      br: octets("br"),
    },
  ],
  ["/assets/index-abcdefgh.js", { contentType: "text/javascript; charset=utf-8", etag: '"two"', immutable: true, identity: octets("1") }],
]);

interface FakeOptions extends Partial<Omit<DashboardOptions, "access">> {
  readonly access?: AccessOptions;
}

/** A dashboard over a board in virtual time, called without a socket. */
export class FakeDashboard {
  readonly timers = new VirtualTimers();
  readonly board = new LiveBoard(this.timers);
  readonly audits: PageAudit[] = [];
  readonly failures: unknown[] = [];
  readonly dashboard: Dashboard;

  constructor(ports: Partial<DashboardPorts> = {}, { access = { host: "127.0.0.1" }, ...options }: FakeOptions = {}) {
    this.dashboard = new Dashboard(
      { info: { version: "1", source: "demo", price: null }, source: this.board, ...ports },
      {
        access: new Access(access),
        files: pageFiles,
        timers: this.timers,
        audit: (record) => this.audits.push(record),
        onFailure: (error) => this.failures.push(error),
        ...options,
      },
    );
  }

  /** A request as a browser on this machine makes it. */
  get(path: string, headers: Readonly<Record<string, string>> = {}, peer?: string): Promise<Response> {
    return this.#request(path, { headers: { host: "127.0.0.1:8080", ...headers } }, peer);
  }

  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const sent = {
      host: "127.0.0.1:8080",
      origin: "http://127.0.0.1:8080",
      "content-type": "application/json",
      "x-confirm": "yes",
      ...headers,
    };
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return this.#request(path, { method: "POST", headers: sent, body: text });
  }

  async #request(path: string, init: RequestInit, peer?: string): Promise<Response> {
    const bindings = peer === undefined ? {} : { incoming: { socket: { remoteAddress: peer } } };
    return this.dashboard.app.request(`http://127.0.0.1:8080${path}`, init, bindings);
  }
}

/** A stream of server-sent events that is read step by step. */
export class EventReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #text = "";

  constructor(response: Response) {
    if (response.body === null) throw new TypeError("a response without a body");
    this.#reader = response.body.getReader();
  }

  /** The next event; undefined at the end. Comments and `retry` are passed over. */
  async next(): Promise<{ readonly event: string; readonly data: unknown } | undefined> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        const match = /^event: (.*)\ndata: (.*)$/.exec(block);
        if (match !== null) return { event: match[1] as string, data: JSON.parse(match[2] as string) };
        continue;
      }
      const { done, value: chunk } = await this.#reader.read();
      if (done) return undefined;
      this.#text += new TextDecoder().decode(chunk);
    }
  }

  /** The text of the next piece, whatever it is. */
  async raw(): Promise<string | undefined> {
    const { done, value: chunk } = await this.#reader.read();
    return done ? undefined : new TextDecoder().decode(chunk);
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }
}
