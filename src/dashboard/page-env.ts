import type { Context } from "hono";
import type { Visitor } from "./access.ts";

/** What the routes know of a request besides the request; the bindings are those of @hono/node-server, absent without a socket. */
export interface PageEnv {
  Variables: { visitor: Visitor };
  Bindings: { readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } } };
}

/** A request on its way through the routes. */
export type PageContext = Context<PageEnv>;
