import { Hono } from "hono";
import { jsonBody, operatorOnly } from "../guards.ts";
import type { PageEnv } from "../page-env.ts";
import { RequestError } from "../page-error.ts";
import type { DecodeRequest, PageTranslator } from "../ports.ts";

/** Characters of octets that are explained at once. */
const longestHex = 200_000;

/** `/decode`: the translator; keys are taken only where they do not leave the machine. */
export function decodeRoutes(translator: PageTranslator | undefined, local: boolean): Hono<PageEnv> {
  const routes = new Hono<PageEnv>();
  routes.post("/decode", async (context) => {
    if (translator === undefined) throw new RequestError(404, "no-translator", "there is no translator here");
    const request = requestOf(await jsonBody(context));
    const { encryptionKey, authenticationKey } = request;
    if (!local && (encryptionKey !== undefined || authenticationKey !== undefined))
      throw new RequestError(403, "not-local", "keys are taken on the machine that serves the page alone", "use dlms decode");
    if (request.meter !== undefined) operatorOnly(context);
    return context.json(translator.decode(request));
  });
  return routes;
}

function requestOf({ hex, encryptionKey, authenticationKey, systemTitle, meter }: Readonly<Record<string, unknown>>): DecodeRequest {
  if (typeof hex !== "string" || hex.length > longestHex)
    throw new RequestError(400, "malformed", `hex: expected a text of up to ${longestHex} characters`);
  if (meter !== undefined && typeof meter !== "string") throw new RequestError(400, "malformed", "meter: expected the id of a meter");
  return {
    hex,
    ...(meter === undefined ? {} : { meter }),
    ...hexMember("encryptionKey", encryptionKey, /^([0-9a-f]{32}|[0-9a-f]{64})$/i),
    ...hexMember("authenticationKey", authenticationKey, /^([0-9a-f]{32}|[0-9a-f]{64})$/i),
    ...hexMember("systemTitle", systemTitle, /^[0-9a-f]{16}$/i),
  };
}

/** An empty field of the page is none. What does not fit is not repeated: it may be a key. */
function hexMember(name: string, value: unknown, form: RegExp): Readonly<Record<string, string>> {
  if (value === undefined || value === null || value === "") return {};
  const digits = typeof value === "string" ? value.replaceAll(/\s/g, "") : "";
  if (form.test(digits)) return { [name]: digits };
  throw new RequestError(400, "malformed", `${name}: expected hex digits of the right length`);
}
