import type { HttpConfig } from "../../config/dashboard-access.ts";
import type { Frozen } from "../../config/load.ts";
import { resolveSecret } from "../../config/secret.ts";
import type { AccessOptions } from "../../dashboard/index.ts";

/** The part of section `http` that says who may use the page; all but the address may be left out. */
export type HttpAccess = Pick<Frozen<HttpConfig>, "listen"> & Partial<Frozen<HttpConfig>>;

/** Who may use the page, tokens read. `directory` is that of the configuration. @throws ConfigError with the path of what is missing */
export function accessOptions({ listen, hosts, proxy, ...tokens }: HttpAccess, directory: string): AccessOptions {
  const secret = (name: "token" | "viewerToken"): string | undefined => {
    const reference = tokens[name];
    if (reference === undefined) return undefined;
    const places = { path: `http.${name}`, format: "text", environment: process.env, directory } as const;
    return new TextDecoder().decode(resolveSecret(reference, places).bytes);
  };
  const [operatorToken, viewerToken] = [secret("token"), secret("viewerToken")];
  return {
    host: listen.host,
    ...(hosts === undefined ? {} : { hosts }),
    ...(operatorToken === undefined ? {} : { operatorToken }),
    ...(viewerToken === undefined ? {} : { viewerToken }),
    ...(proxy === undefined ? {} : { proxy }),
  };
}
