import { Hono } from "hono";
import type { Visitor } from "../access.ts";
import type { PageActionResult } from "../contract.ts";
import { confirmed, jsonBody, operatorOnly } from "../guards.ts";
import type { PageEnv } from "../page-env.ts";
import { pageError, RequestError } from "../page-error.ts";
import type { ActionRequest, PageActions, PageSource } from "../ports.ts";

/** What somebody did, or tried to, for the audit; free of tokens. */
export interface PageAudit {
  readonly meterId: string;
  readonly action: ActionRequest["action"] | "keypad";
  /** What exactly: "disconnect". */
  readonly detail: string | undefined;
  readonly visitor: Visitor;
  readonly ok: boolean;
  /** Why not, in a word. */
  readonly code: string | undefined;
}

/** `/meters/:id/actions/:action`, each asked for twice and noted down. */
export function actionRoutes(source: PageSource, actions: PageActions | undefined, audit: (record: PageAudit) => void): Hono<PageEnv> {
  const routes = new Hono<PageEnv>();
  routes.post("/:id/actions/:action", async (context) => {
    operatorOnly(context);
    confirmed(context);
    const { id, action } = context.req.param();
    if (actions === undefined) throw new RequestError(404, "no-actions", "nothing can be changed from here");
    const request = requestOf(action, await jsonBody(context));
    const record = {
      meterId: id,
      action: request.action,
      detail: request.action === "relay" ? request.state : undefined,
      visitor: context.get("visitor"),
    };
    try {
      if (source.meter(id)?.actions.includes(request.action) !== true)
        throw new RequestError(403, "not-allowed", `${request.action} is not allowed for ${id}`, "add it to allow of the meter");
      const result: PageActionResult = await actions.act(id, request);
      audit({ ...record, ok: result.ok, code: result.ok ? undefined : "refused" });
      return context.json(result);
    } catch (error) {
      audit({ ...record, ok: false, code: pageError(error).body.error.code });
      throw error;
    }
  });
  return routes;
}

function requestOf(action: string, { state, token }: Readonly<Record<string, unknown>>): ActionRequest {
  switch (action) {
    case "relay":
      if (state === "disconnect" || state === "reconnect") return { action, state };
      throw new RequestError(400, "malformed", "state: expected disconnect or reconnect");
    case "token": {
      const digits = typeof token === "string" ? token.replaceAll(/[\s-]/g, "") : "";
      if (/^\d{20}$/.test(digits)) return { action, token: digits };
      throw new RequestError(400, "malformed", "token: expected 20 digits");
    }
    case "clock":
      return { action };
    default:
      throw new RequestError(404, "unknown-action", "there is no such action", "known are relay, token, clock");
  }
}
