import { Hono } from "hono";
import type { KeypadKey, PageKeypad, PageTrace } from "../contract.ts";
import type { EventStreams } from "../event-streams.ts";
import { jsonBody, operatorOnly } from "../guards.ts";
import type { LiveFeed } from "../live-feed.ts";
import type { PageContext, PageEnv } from "../page-env.ts";
import { RequestError } from "../page-error.ts";
import type { DashboardPorts } from "../ports.ts";
import { SharedEvents } from "../shared-events.ts";

// The page's server knows the unit by its types alone; the compiler holds the two lists against each other.
const keys = {
  "0": true,
  "1": true,
  "2": true,
  "3": true,
  "4": true,
  "5": true,
  "6": true,
  "7": true,
  "8": true,
  "9": true,
  enter: true,
  backspace: true,
  clear: true,
} as const satisfies Readonly<Record<KeypadKey, true>>;

/** `/feed`: what changes in the fleet, and at the meter that is looked at. */
export function feedRoutes(feed: LiveFeed): Hono<PageEnv> {
  const routes = new Hono<PageEnv>();
  routes.get("/feed", (context) => eventStream(context, feed.open(context.req.query("meter"))));
  return routes;
}

/** `/meters/:id/keypad` and `/meters/:id/trace`. */
export function streamRoutes({ keypads, traces }: Pick<DashboardPorts, "keypads" | "traces">, streams: EventStreams): Hono<PageEnv> {
  const routes = new Hono<PageEnv>();
  const views =
    keypads &&
    new SharedEvents<PageKeypad>({ event: "view", replay: true, subscribe: (id, listener) => keypads.subscribe(id, listener) }, streams);
  const lines =
    traces &&
    new SharedEvents<PageTrace>({ event: "trace", replay: false, subscribe: (id, listener) => traces.subscribe(id, listener) }, streams);
  routes.get("/:id/keypad", (context) => {
    const body = views?.open(context.req.param("id"));
    if (body === undefined) throw noKeypad();
    return eventStream(context, body);
  });
  routes.post("/:id/keypad", async (context) => {
    operatorOnly(context);
    const { key } = await jsonBody(context);
    if (typeof key !== "string" || !Object.hasOwn(keys, key))
      throw new RequestError(400, "malformed", `key: expected one of ${Object.keys(keys).join(", ")}`);
    if (keypads === undefined) throw noKeypad();
    keypads.press(context.req.param("id"), key as KeypadKey);
    return context.body(null, 204);
  });
  routes.get("/:id/trace", (context) => {
    // Frames of an association show what it was opened with.
    operatorOnly(context);
    const body = lines?.open(context.req.param("id"));
    if (body === undefined) throw new RequestError(404, "no-trace", "the line to this meter cannot be listened to");
    return eventStream(context, body);
  });
  return routes;
}

function eventStream(context: PageContext, body: ReadableStream<Uint8Array>): Response {
  // Proxies of the usual make hold answers back until they are long enough; this header tells them not to.
  return context.body(body, 200, { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" });
}

function noKeypad(): RequestError {
  return new RequestError(404, "no-keypad", "there is no keypad unit at this meter");
}
