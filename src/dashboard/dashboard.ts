import { Hono } from "hono";
import type { BridgeTimers } from "../mqtt-bridge/bridge-timers.ts";
import type { Access } from "./access.ts";
import type { PageInfo } from "./contract.ts";
import { EventStreams } from "./event-streams.ts";
import { calledByItsName, knownVisitor, secured, sentByThePage, tokenTaken } from "./guards.ts";
import { LiveFeed } from "./live-feed.ts";
import type { PageEnv } from "./page-env.ts";
import { pageError, RequestError } from "./page-error.ts";
import type { DashboardPorts } from "./ports.ts";
import { actionRoutes, type PageAudit } from "./routes/action-routes.ts";
import { decodeRoutes } from "./routes/decode-routes.ts";
import { meterRoutes } from "./routes/meter-routes.ts";
import { feedRoutes, streamRoutes } from "./routes/stream-routes.ts";
import { type PageFiles, servePage } from "./static-page.ts";

/** What the server of a page is made with, besides what it shows. */
export interface DashboardOptions {
  readonly access: Access;
  /** The built page. */
  readonly files: PageFiles;
  readonly timers: BridgeTimers;
  /** Told of everything that somebody did to a meter. */
  readonly audit: (record: PageAudit) => void;
  /** Told of failures that are our own. */
  readonly onFailure: (error: unknown) => void;
  /** What is served at the same address for anybody, such as health and metrics. */
  readonly besides?: Hono;
}

/** The page with its server, by the contract of `contract.ts`; whoever has a port serves `app` there. */
export class Dashboard {
  readonly app: Hono<PageEnv>;
  readonly #streams: EventStreams;

  constructor(ports: DashboardPorts, options: DashboardOptions) {
    const { access, files, timers, audit, onFailure, besides } = options;
    this.#streams = new EventStreams(timers);
    const api = apiRoutes(ports, access, this.#streams, audit);
    const app = new Hono<PageEnv>();
    app.onError((error, context) => {
      const { status, body } = pageError(error);
      if (status === 500) onFailure(error);
      return context.json(body, status);
    });
    app.use(secured);
    if (besides !== undefined) app.route("/", besides);
    app.use(calledByItsName(access), tokenTaken(access), knownVisitor(access));
    app.use(...sentByThePage(access));
    app.use("/api/*", async (context, next) => {
      await next();
      if (!context.res.headers.has("cache-control")) context.res.headers.set("cache-control", "no-store");
    });
    app.route("/api", api);
    app.get("*", (context) => {
      const served = context.req.path.startsWith("/api/") ? undefined : servePage(context, files);
      if (served === undefined) throw new RequestError(404, "not-found", "there is nothing here");
      return served;
    });
    app.all("*", () => {
      throw new RequestError(404, "not-found", "there is nothing here");
    });
    this.app = app;
  }

  /** Streams that are open now. */
  get listeners(): number {
    return this.#streams.size;
  }

  /** Ends every stream. */
  close(): void {
    this.#streams.close();
  }
}

function apiRoutes(ports: DashboardPorts, access: Access, streams: EventStreams, audit: (record: PageAudit) => void): Hono<PageEnv> {
  const { source, actions, translator } = ports;
  const api = new Hono<PageEnv>();
  api.get("/info", (context) =>
    context.json({
      ...ports.info,
      role: context.get("visitor").role,
      reads: ports.reader !== undefined,
      local: access.local,
    } satisfies PageInfo),
  );
  const known = async (context: { readonly req: { param(name: "id"): string } }, next: () => Promise<void>): Promise<void> => {
    const id = context.req.param("id");
    if (source.row(id) === undefined) throw new RequestError(404, "unknown-meter", "there is no such meter");
    await next();
  };
  api.use("/meters/:id", known);
  api.use("/meters/:id/*", known);
  api.route("/", feedRoutes(new LiveFeed(source, streams)));
  api.route("/", decodeRoutes(translator, access.local));
  api.route(
    "/meters",
    meterRoutes(source, () => ports.reader),
  );
  api.route("/meters", actionRoutes(source, actions, audit));
  api.route("/meters", streamRoutes(ports, streams));
  return api;
}
