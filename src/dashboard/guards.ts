import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { getCookie, setCookie } from "hono/cookie";
import type { Access } from "./access.ts";
import type { PageContext, PageEnv } from "./page-env.ts";
import { RequestError } from "./page-error.ts";

type Guard = MiddlewareHandler<PageEnv>;

const securityHeaders = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
} as const;

/** Octets of a body: more than any trace that somebody pastes. */
const longestBody = 262_144;
const cookieName = "dlms-page";

/** Says on every answer that the page is made of its own files alone, and is nobody's frame. */
export const secured: Guard = async (context, next) => {
  await next();
  for (const [name, value] of Object.entries(securityHeaders)) context.res.headers.set(name, value);
};

/** Refuses to be called by a name that is not ours. */
export function calledByItsName(access: Access): Guard {
  return async (context, next) => {
    if (!access.knowsHost(context.req.header("host"))) {
      throw new RequestError(
        421,
        "unknown-host",
        "the page is not known by this name",
        "use http://127.0.0.1, or add the name to http.hosts",
      );
    }
    await next();
  };
}

/** Takes a token out of the address, where it would be seen and kept, and gives a cookie for it. */
export function tokenTaken(access: Access): Guard {
  return async (context, next) => {
    const token = context.req.method === "GET" ? context.req.query("token") : undefined;
    if (token === undefined) return next();
    const cookie = await access.cookieFor(token);
    if (cookie === undefined) throw unknownVisitor();
    // Only a proxy can have had TLS, and it then says so.
    const secure = context.req.header("x-forwarded-proto") === "https";
    setCookie(context, cookieName, cookie, { httpOnly: true, sameSite: "Strict", path: "/", secure });
    return context.redirect(context.req.path, 303);
  };
}

/** Finds out who asks, and refuses whoever has no business here. */
export function knownVisitor(access: Access): Guard {
  return async (context, next) => {
    const visitor = await access.visitor({
      peer: context.env?.incoming?.socket?.remoteAddress,
      authorization: context.req.header("authorization"),
      cookie: getCookie(context, cookieName),
      proxyUser: access.proxyHeader === undefined ? undefined : context.req.header(access.proxyHeader),
    });
    if (visitor === undefined) throw unknownVisitor();
    context.set("visitor", visitor);
    await next();
  };
}

/** Lets a POST pass that a page of ours has sent: no form and no other site can make one of JSON. */
export function sentByThePage(access: Access): readonly Guard[] {
  const limit = bodyLimit({
    maxSize: longestBody,
    onError: () => {
      throw new RequestError(413, "too-long", `a request has at most ${longestBody} octets`);
    },
  });
  const check: Guard = async (context, next) => {
    const { method } = context.req;
    if (method === "GET" || method === "HEAD") return next();
    const site = context.req.header("sec-fetch-site");
    const foreign = site !== undefined && site !== "same-origin" && site !== "none";
    if (foreign || !access.knowsOrigin(context.req.header("origin"), context.req.header("host")))
      throw new RequestError(403, "foreign-origin", "the request comes from another site", "add the name of a proxy to http.hosts");
    if (!/^application\/json\s*(;|$)/i.test(context.req.header("content-type") ?? ""))
      throw new RequestError(415, "not-json", "expected the content type application/json");
    return next();
  };
  return [check, limit as Guard];
}

/** @throws RequestError for who only looks */
export function operatorOnly(context: PageContext): void {
  if (context.get("visitor").role !== "operator") throw new RequestError(403, "viewer", "a viewer may look, not switch");
}

/** @throws RequestError where nobody was asked again */
export function confirmed(context: PageContext): void {
  if (context.req.header("x-confirm") !== "yes") throw new RequestError(400, "not-confirmed", "expected the header X-Confirm: yes");
}

/** The members of a JSON object. @throws RequestError for anything else */
export async function jsonBody(context: PageContext): Promise<Readonly<Record<string, unknown>>> {
  let body: unknown;
  try {
    body = JSON.parse(await context.req.text());
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw new RequestError(400, "malformed", "the request is not JSON");
  }
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Readonly<Record<string, unknown>>;
  throw new RequestError(400, "malformed", "the request is not a JSON object");
}

function unknownVisitor(): RequestError {
  return new RequestError(
    401,
    "unauthorized",
    "the page does not know who you are",
    "open it with ?token=..., or send Authorization: Bearer",
  );
}
