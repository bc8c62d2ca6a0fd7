import { type ServerType, serve } from "@hono/node-server";
import { Hono } from "hono";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { TransportError } from "../errors.ts";

/** What the service knows of a meter, for health and metrics. */
export interface MeterHealth {
  readonly meterId: string;
  readonly online: boolean;
  readonly reason: string | undefined;
  /** Milliseconds since 1970 of the last good poll; undefined before there was one. */
  readonly lastRead: number | undefined;
  readonly driftSeconds: number | undefined;
}

export interface OperationsOptions {
  /** The service as it is now. */
  readonly health: () => {
    readonly brokerConnected: boolean;
    readonly outbox: number;
    readonly running: number;
    readonly meters: readonly MeterHealth[];
  };
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  readonly version: string;
}

/** What happened at the meters and to their messages, counted for Prometheus; and pages that say whether all is well. */
export class Operations {
  readonly #options: OperationsOptions;
  readonly #registry = new Registry();
  readonly #polls: Counter<"meter" | "result">;
  readonly #latency: Histogram;
  readonly #rows: Counter<"meter">;
  readonly #pushes: Counter<"meter">;
  readonly #requests: Counter<"verb" | "status">;
  readonly #dropped: Counter;
  readonly #started: number;
  #server: ServerType | undefined;

  constructor(options: OperationsOptions) {
    this.#options = options;
    this.#started = options.wallClock();
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#polls = new Counter({ name: "dlms_polls_total", help: "Polls by meter and result", labelNames: ["meter", "result"], registers });
    this.#latency = new Histogram({
      name: "dlms_poll_seconds",
      help: "Time that a poll took on its line",
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    });
    this.#rows = new Counter({
      name: "dlms_profile_rows_total",
      help: "Rows of profiles that the broker has",
      labelNames: ["meter"],
      registers,
    });
    this.#pushes = new Counter({ name: "dlms_pushes_total", help: "Pushes taken", labelNames: ["meter"], registers });
    this.#requests = new Counter({ name: "dlms_requests_total", help: "Requests over MQTT", labelNames: ["verb", "status"], registers });
    this.#dropped = new Counter({ name: "dlms_outbox_dropped_total", help: "Events and pushes that made room for newer ones", registers });
    const { health } = options;
    this.#gauge("dlms_broker_connected", "1 while the broker can be reached", () => [[{}, health().brokerConnected ? 1 : 0]]);
    this.#gauge("dlms_outbox_messages", "Events and pushes that wait for the broker", () => [[{}, health().outbox]]);
    this.#gauge("dlms_meters_running", "Meters that are talked to now", () => [[{}, health().running]]);
    this.#gauge("dlms_meter_online", "1 while a meter can be read", () =>
      health().meters.map(({ meterId: meter, online }) => [{ meter }, online ? 1 : 0]),
    );
    this.#gauge("dlms_meter_clock_drift_seconds", "Meter time minus true time", () =>
      health().meters.flatMap(({ meterId: meter, driftSeconds }) =>
        driftSeconds === undefined ? [] : [[{ meter }, driftSeconds] as const],
      ),
    );
    this.#gauge("dlms_meter_last_read_timestamp_seconds", "When a meter was last read", () =>
      health().meters.flatMap(({ meterId: meter, lastRead }) => (lastRead === undefined ? [] : [[{ meter }, lastRead / 1000] as const])),
    );
  }

  polled(meterId: string, milliseconds: number): void {
    this.#polls.inc({ meter: meterId, result: "ok" });
    this.#latency.observe(milliseconds / 1000);
  }

  /** @param code why, in a word */
  failed(meterId: string, code: string): void {
    this.#polls.inc({ meter: meterId, result: code });
  }

  rows(meterId: string, count: number): void {
    this.#rows.inc({ meter: meterId }, count);
  }

  pushed(meterId: string): void {
    this.#pushes.inc({ meter: meterId });
  }

  requested(verb: string, status: string): void {
    this.#requests.inc({ verb, status });
  }

  dropped(count: number): void {
    this.#dropped.inc(count);
  }

  /** Statistics for `bridge/health`. */
  statistics(): Readonly<Record<string, unknown>> {
    const { brokerConnected, outbox, running, meters } = this.#options.health();
    return {
      version: this.#options.version,
      uptime_s: Math.round((this.#options.wallClock() - this.#started) / 1000),
      memory_mb: Math.round(process.memoryUsage().rss / 1_048_576),
      mqtt: { connected: brokerConnected, outbox },
      meters: { configured: meters.length, online: meters.filter(({ online }) => online).length, running },
    };
  }

  /** `/healthz` (the process lives), `/readyz` (it does its work) and `/metrics`. */
  get routes(): Hono {
    const app = new Hono();
    app.get("/healthz", (context) => context.json({ status: "ok", ...this.statistics() }));
    app.get("/readyz", (context) => {
      const { brokerConnected, meters } = this.#options.health();
      const lacking = meters
        .filter(({ online }) => !online)
        .map(({ meterId, reason }) => ({ meter: meterId, reason: reason ?? "not read yet" }));
      // Meters come and go; without the broker, or with none of them, there is no service.
      const ready = brokerConnected && (meters.length === 0 || lacking.length < meters.length);
      return context.json({ ready, broker: brokerConnected, offline: lacking }, ready ? 200 : 503);
    });
    app.get("/metrics", async (context) =>
      context.text(await this.#registry.metrics(), 200, { "content-type": this.#registry.contentType }),
    );
    return app;
  }

  /**
   * Serves the routes.
   * @throws TransportError `open-failed` for a port that cannot be had
   */
  async listen(host: string, port: number): Promise<number> {
    const app = this.routes;
    return new Promise((resolve, reject) => {
      const server = serve({ fetch: app.fetch, hostname: host, port }, ({ port: bound }) => resolve(bound));
      server.once("error", (cause: NodeJS.ErrnoException) => {
        const message = cause.code === "EADDRINUSE" ? `port ${port} is in use` : cause.message;
        reject(
          new TransportError("open-failed", `http ${host}:${port}: ${message}`, { hint: "choose another port for http.listen", cause }),
        );
      });
      this.#server = server;
    });
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      if ("closeAllConnections" in server) server.closeAllConnections();
    });
  }

  #gauge(name: string, help: string, collect: () => readonly (readonly [Readonly<Record<string, string>>, number])[]): void {
    const labelNames = name.startsWith("dlms_meter_") ? ["meter"] : [];
    const gauge = new Gauge({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        gauge.reset();
        for (const [labels, value] of collect()) gauge.set({ ...labels }, value);
      },
    });
  }
}
