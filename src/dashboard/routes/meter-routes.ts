import { Hono } from "hono";
import type { PageContext, PageEnv } from "../page-env.ts";
import { RequestError } from "../page-error.ts";
import type { PageReader, PageSource, RowSelection } from "../ports.ts";
import { rowsCsv } from "../rows-csv.ts";

const logicalName = /^\d{1,3}(\.\d{1,3}){5}$/;
/** Rows of one answer: a load profile of 93 days of quarter hours. */
const mostRows = 10_000;
const mostEvents = 1000;
const usualEvents = 200;
/** Reads under way at once, for all pages together: each waits for its turn on the meter's line. */
const mostReads = 64;

/** `/meters` and what is read below it. A read that is asked for again while it is under way is done once. */
export function meterRoutes(source: PageSource, reader: () => PageReader | undefined): Hono<PageEnv> {
  const routes = new Hono<PageEnv>();
  const underWay = new Map<string, Promise<unknown>>();

  function once<T>(context: PageContext, read: (reader: PageReader) => Promise<T>): Promise<T> {
    const present = reader();
    if (present === undefined) throw new RequestError(404, "no-reads", "there is no way to the meters from here");
    const { search } = new URL(context.req.url);
    const key = `${context.req.path.replace(/\.csv$/, "")}${search}`;
    const same = underWay.get(key) as Promise<T> | undefined;
    if (same !== undefined) return same;
    if (underWay.size >= mostReads) throw new RequestError(503, "busy", `${mostReads} reads are under way already`, "try again later");
    const fresh = read(present).finally(() => underWay.delete(key));
    underWay.set(key, fresh);
    return fresh;
  }

  routes.get("/", (context) => context.json(source.rows()));
  routes.get("/:id", (context) => context.json(source.meter(context.req.param("id"))));
  routes.get("/:id/profiles", async (context) => context.json(await once(context, (from) => from.profiles(context.req.param("id")))));
  routes.get("/:id/profiles/:profile", async (context) => {
    const { id, profile } = context.req.param();
    const isCsv = profile.endsWith(".csv");
    const name = logicalNameOf(isCsv ? profile.slice(0, -4) : profile);
    const selection = selectionOf(context);
    const rows = await once(context, (from) => from.rows(id, name, selection));
    if (!isCsv) return context.json(rows);
    return context.body(rowsCsv(rows), 200, {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${id.replace(/[^A-Za-z0-9_-]/g, "_")}-${name}.csv"`,
    });
  });
  routes.get("/:id/objects", async (context) => context.json(await once(context, (from) => from.objects(context.req.param("id")))));
  routes.get("/:id/objects/:classId/:object/:attribute", async (context) => {
    const { id, classId, object, attribute } = context.req.param();
    const name = { classId: numberOf(classId, 65_535), logicalName: logicalNameOf(object), attribute: numberOf(attribute, 127) };
    return context.json(await once(context, (from) => from.attribute(id, name)));
  });
  routes.get("/:id/events", async (context) => {
    const { last } = context.req.query();
    const count = last === undefined ? usualEvents : numberOf(last, mostEvents);
    return context.json(await once(context, (from) => from.events(context.req.param("id"), count)));
  });
  routes.get("/:id/tokens", async (context) => context.json(await once(context, (from) => from.tokens(context.req.param("id")))));
  routes.get("/:id/credits", async (context) => context.json(await once(context, (from) => from.credits(context.req.param("id")))));
  return routes;
}

function logicalNameOf(text: string): string {
  if (logicalName.test(text) && text.split(".").every((group) => Number(group) <= 255)) return text;
  throw new RequestError(400, "malformed", "expected a logical name such as 1.0.99.1.0.255");
}

function numberOf(text: string, most: number): number {
  if (/^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= most) return Number(text);
  throw new RequestError(400, "malformed", `expected a number from 1 to ${most}`);
}

function selectionOf(context: PageContext): RowSelection {
  const { from, to, last } = context.req.query();
  if (last !== undefined) {
    if (from !== undefined || to !== undefined) throw new RequestError(400, "malformed", "last and a range exclude each other");
    return { kind: "last", count: numberOf(last, mostRows) };
  }
  if (from === undefined || to === undefined) throw new RequestError(400, "malformed", "expected from and to, or last");
  const range = { kind: "range", from: momentOf(from), to: momentOf(to) } as const;
  if (range.to < range.from) throw new RequestError(400, "malformed", "the range ends before it begins");
  return range;
}

function momentOf(text: string): number {
  const moment = text.length <= 40 && /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(moment)) throw new RequestError(400, "malformed", "expected a time with its offset such as 2026-11-22T12:00:00Z");
  return moment;
}
