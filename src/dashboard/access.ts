import { ConfigError } from "../errors.ts";
import type { PageRole } from "./contract.ts";

/** Who asks. */
export interface Visitor {
  readonly role: PageRole;
  /** For the audit: "local", "token", or the user that the proxy names. */
  readonly name: string;
}

/** A reverse proxy that has asked for a login and says whose it was. */
export interface ProxyOptions {
  /** Name of the header with the user. */
  readonly header: string;
  /** Users that may also switch; all others look. */
  readonly operators: readonly string[];
  /** Addresses of the proxy: nobody else's header is believed. */
  readonly from: readonly string[];
}

/** Who may use the page. */
export interface AccessOptions {
  /** Host that is listened at. */
  readonly host: string;
  /** Names and ports besides the loopback's by which the page is called: "meters.example", "gw01:8080". */
  readonly hosts?: readonly string[];
  /** Whoever has it is an operator. */
  readonly operatorToken?: string;
  /** Whoever has it is a viewer. */
  readonly viewerToken?: string;
  readonly proxy?: ProxyOptions;
}

/** What is known of a request before it is looked into. */
export interface Credentials {
  /** Address of the other end of the connection; undefined where there is no connection. */
  readonly peer: string | undefined;
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  /** Value of the proxy's header. */
  readonly proxyUser: string | undefined;
}

/** Tokens shorter than this are guessed sooner or later. */
const shortestToken = 16;

/** Decides who a visitor is: everybody on the loopback is an operator, elsewhere a token or the reverse proxy says. */
export class Access {
  readonly #options: AccessOptions;
  /** Digests, so that a comparison tells nothing of how much was right. */
  readonly #tokens: Promise<readonly { readonly role: PageRole; readonly token: Uint8Array; readonly cookie: Uint8Array }[]>;

  /** @throws ConfigError for an address that others reach without anything that keeps them out, and for tokens that are too short */
  constructor(options: AccessOptions) {
    const { host, operatorToken, viewerToken, proxy } = options;
    if (!isLoopback(host) && operatorToken === undefined && viewerToken === undefined && proxy === undefined) {
      throw new ConfigError("http.listen", `${host} can be reached by others, and nothing keeps them out`, {
        hint: "listen at 127.0.0.1, or set http.token or http.proxy",
      });
    }
    const tokens = [
      { role: "operator", token: operatorToken, path: "http.token" },
      { role: "viewer", token: viewerToken, path: "http.viewerToken" },
    ] as const;
    for (const { token, path } of tokens) {
      if (token !== undefined && token.length < shortestToken)
        throw new ConfigError(path, `expected ${shortestToken} characters or more`, { hint: "make one with: openssl rand -hex 16" });
    }
    if (operatorToken !== undefined && operatorToken === viewerToken)
      throw new ConfigError("http.viewerToken", "it is the same as http.token, so viewers would be operators");
    if (proxy !== undefined && proxy.from.length === 0)
      throw new ConfigError("http.proxy.from", "expected the address of the proxy: anybody else could write its header");
    this.#options = options;
    this.#tokens = Promise.all(tokens.flatMap(({ role, token }) => (token === undefined ? [] : [digestsOf(role, token)])));
  }

  /** True where the page is bound to this machine alone. */
  get loopback(): boolean {
    return isLoopback(this.#options.host);
  }

  /** True where the page is used on the machine that serves it: what is typed into it stays there. */
  get local(): boolean {
    return this.loopback && this.#options.proxy === undefined;
  }

  /** Name of the header in which the proxy names its user. */
  get proxyHeader(): string | undefined {
    return this.#options.proxy?.header;
  }

  /** Whoever asks; undefined where nothing shows who it is. */
  async visitor({ peer, authorization, cookie, proxyUser }: Credentials): Promise<Visitor | undefined> {
    const bearer = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
    if (bearer !== undefined) return this.#holder(await digest(bearer), "token");
    if (cookie !== undefined) {
      const holder = this.#holder(bytesOf(cookie), "cookie");
      if ((await holder) !== undefined) return holder;
    }
    const { proxy } = this.#options;
    if (proxy === undefined) return this.loopback ? { role: "operator", name: "local" } : undefined;
    // Behind a proxy everybody comes from its address, so that alone shows nothing.
    if (peer === undefined || !proxy.from.includes(plainAddress(peer)) || proxyUser === undefined || proxyUser === "") return undefined;
    return { role: proxy.operators.includes(proxyUser) ? "operator" : "viewer", name: proxyUser.slice(0, 64) };
  }

  /** What a browser keeps in place of a token; undefined for one that is none of ours. */
  async cookieFor(token: string): Promise<string | undefined> {
    const given = await digest(token);
    const known = (await this.#tokens).filter((entry) => sameOctets(entry.token, given));
    return known[0] === undefined ? undefined : textOf(known[0].cookie);
  }

  /** Whether the page may be called by this `Host`: on the loopback any other name is a site that was bent to us (DNS rebinding). */
  knowsHost(host: string | undefined): boolean {
    if (!this.loopback) return true;
    return host !== undefined && (isLoopback(hostnameOf(host)) || this.#isNamed(host));
  }

  /** Whether a page of this `Origin` is ours: what a browser sends along with every change. */
  knowsOrigin(origin: string | undefined, host: string | undefined): boolean {
    // Only browsers send it, and they always do; nothing else can be led astray by a page.
    if (origin === undefined) return true;
    const from = URL.canParse(origin) ? new URL(origin).host : "";
    return from !== "" && (from === host || this.#isNamed(from));
  }

  #isNamed(host: string): boolean {
    const named = host.toLowerCase();
    return this.#options.hosts?.some((known) => known.toLowerCase() === named || known.toLowerCase() === hostnameOf(named)) === true;
  }

  async #holder(given: Uint8Array, kind: "token" | "cookie"): Promise<Visitor | undefined> {
    const found = (await this.#tokens).filter((entry) => sameOctets(entry[kind], given));
    return found[0] && { role: found[0].role, name: "token" };
  }
}

/** True for addresses and names of this machine alone. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  return name === "localhost" || name === "::1" || /^127(\.\d{1,3}){3}$/.test(name);
}

function hostnameOf(host: string): string {
  return host.replace(/:\d{1,5}$/, "");
}

/** IPv4 as it is, also where a socket of both families has written it as IPv6. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

/** A browser's cookie is no token: who finds one cannot put it into a header. */
async function digestsOf(role: PageRole, token: string) {
  return { role, token: await digest(token), cookie: await digest(`cookie of the page: ${token}`) };
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/** In a time that does not depend on where they differ. */
function sameOctets(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length;
  for (let index = 0; index < one.length; index++) difference |= (one[index] ?? 0) ^ (other[index] ?? 0);
  return difference === 0;
}

function textOf(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

/** Of a digest in hex; nothing for anything else. */
function bytesOf(text: string): Uint8Array {
  if (!/^[0-9a-f]{64}$/.test(text)) return new Uint8Array();
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
