import { expect } from "chai";
import { Hono } from "hono";
import type { AccessOptions } from "../../src/dashboard/access.ts";
import type { PageError } from "../../src/dashboard/contract.ts";
import type { DashboardOptions } from "../../src/dashboard/dashboard.ts";
import type { PageTranslator } from "../../src/dashboard/ports.ts";
import { boardMeter, FakeDashboard } from "./support.ts";

const operatorToken = "0123456789abcdef0123456789abcdef";
const viewerToken = "fedcba9876543210fedcba9876543210";
const codeOf = async (response: Response) => [response.status, ((await response.json()) as PageError).error.code];
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const translator: PageTranslator = { decode: ({ hex }) => ({ ok: true, hex, fields: [], error: null }) };

function page(access?: AccessOptions, rest: Pick<Partial<DashboardOptions>, "besides"> = {}): FakeDashboard {
  const actions = { act: async () => ({ ok: true, message: "" }) };
  const made = new FakeDashboard({ translator, actions }, { ...(access === undefined ? {} : { access }), ...rest });
  made.board.update([boardMeter("a")]);
  return made;
}

describe("the page and who must not use it", () => {
  it("says on every answer what it is made of, failures included", async () => {
    const made = page();
    for (const path of ["/", "/api/info", "/nothing", "/api/meters/x"]) {
      const { headers } = await made.get(path);
      expect(headers.get("content-security-policy"), path).to.equal(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
      expect(headers.get("x-content-type-options")).to.equal("nosniff");
      expect(headers.get("referrer-policy")).to.equal("no-referrer");
      expect(headers.get("access-control-allow-origin")).to.equal(null);
    }
    expect((await made.get("/", { host: "evil.example" })).headers.has("content-security-policy")).to.equal(true);
  });

  it("is not called by a name that somebody bent to this machine", async () => {
    const made = page();
    expect(await codeOf(await made.get("/api/info", { host: "evil.example:8080" }))).to.deep.equal([421, "unknown-host"]);
    expect((await made.get("/api/info", { host: "localhost:8080" })).status).to.equal(200);
  });

  it("takes no change that another site's page sends", async () => {
    const made = page();
    const post = (headers: Readonly<Record<string, string>>) => made.post("/api/meters/a/actions/relay", { state: "reconnect" }, headers);
    expect(await codeOf(await post({ origin: "https://evil.example" }))).to.deep.equal([403, "foreign-origin"]);
    expect(await codeOf(await post({ origin: "null" }))).to.deep.equal([403, "foreign-origin"]);
    expect(await codeOf(await post({ "sec-fetch-site": "cross-site" }))).to.deep.equal([403, "foreign-origin"]);
    expect(await codeOf(await post({ "sec-fetch-site": "same-site" }))).to.deep.equal([403, "foreign-origin"]);
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
      expect(await codeOf(await post({ "content-type": type }))).to.deep.equal([415, "not-json"]);
    expect((await post({ "sec-fetch-site": "same-origin", "content-type": "application/json; charset=utf-8" })).status).to.equal(200);
    expect(made.audits).to.have.length(1);
  });

  it("takes no body that is longer than anything a page has to say", async () => {
    const made = page();
    expect(await codeOf(await made.post("/api/decode", { hex: "0".repeat(300_000) }))).to.deep.equal([413, "too-long"]);
    expect(await codeOf(await made.post("/api/decode", { hex: "0".repeat(200_001) }))).to.deep.equal([400, "malformed"]);
    expect((await made.post("/api/decode", { hex: "0".repeat(200_000) })).status).to.equal(200);
  });

  it("shows nothing, not even itself, to who has no token", async () => {
    const made = page({ host: "0.0.0.0", operatorToken, viewerToken });
    for (const path of ["/", "/api/info", "/api/feed", "/api/meters/a"]) {
      expect(await codeOf(await made.get(path))).to.deep.equal([401, "unauthorized"]);
      expect(await codeOf(await made.get(path, bearer("0123456789abcdef0123456789abcdee")))).to.deep.equal([401, "unauthorized"]);
    }
    expect(await (await made.get("/api/info", bearer(operatorToken))).json()).to.deep.include({ role: "operator", local: false });
    expect(await (await made.get("/api/info", bearer(viewerToken))).json()).to.deep.include({ role: "viewer", local: false });
  });

  it("takes a token out of the address and gives a cookie that scripts and other sites do not get", async () => {
    const made = page({ host: "0.0.0.0", viewerToken });
    const first = await made.get(`/?token=${viewerToken}`);
    expect([first.status, first.headers.get("location")]).to.deep.equal([303, "/"]);
    const cookie = first.headers.get("set-cookie") ?? "";
    expect(cookie).to.match(/^dlms-page=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.to.contain(viewerToken);
    const [pair = ""] = cookie.split(";");
    expect(await (await made.get("/api/info", { cookie: pair })).json()).to.deep.include({ role: "viewer" });
    expect(await codeOf(await made.get(`/?token=${operatorToken}`))).to.deep.equal([401, "unauthorized"]);
    const proxied = await made.get(`/?token=${viewerToken}`, { "x-forwarded-proto": "https" });
    expect(proxied.headers.get("set-cookie")).to.contain("; Secure");
  });

  it("lets viewers look, and nothing more", async () => {
    const made = page({ host: "0.0.0.0", viewerToken });
    const post = (path: string, body: unknown) => made.post(path, body, bearer(viewerToken));
    expect(await codeOf(await post("/api/meters/a/actions/relay", { state: "reconnect" }))).to.deep.equal([403, "viewer"]);
    expect(await codeOf(await post("/api/meters/a/keypad", { key: "1" }))).to.deep.equal([403, "viewer"]);
    expect(await codeOf(await made.get("/api/meters/a/trace", bearer(viewerToken)))).to.deep.equal([403, "viewer"]);
    expect((await made.get("/api/meters", bearer(viewerToken))).status).to.equal(200);
    expect(made.audits).to.deep.equal([]);
  });

  it("knows users by the header of the proxy, from its address alone", async () => {
    const proxy = { header: "Remote-User", operators: ["alice"], from: ["10.0.0.2"] };
    const made = page({ host: "0.0.0.0", proxy });
    expect(await (await made.get("/api/info", { "remote-user": "alice" }, "10.0.0.2")).json()).to.deep.include({ role: "operator" });
    expect(await (await made.get("/api/info", { "remote-user": "bob" }, "10.0.0.2")).json()).to.deep.include({ role: "viewer" });
    expect((await made.get("/api/info", { "remote-user": "alice" }, "10.0.0.9")).status).to.equal(401);
    expect((await made.get("/api/info", { "remote-user": "alice" })).status).to.equal(401);
  });

  it("takes keys for the translator on this machine alone, and never repeats one", async () => {
    const key = "000102030405060708090a0b0c0d0e0f";
    expect((await page().post("/api/decode", { hex: "60", encryptionKey: key, systemTitle: "" })).status).to.equal(200);
    const wrong = await page().post("/api/decode", { hex: "60", encryptionKey: `${key}ff` });
    expect(wrong.status).to.equal(400);
    expect(await wrong.text()).not.to.contain(key);
    const afar = page({ host: "0.0.0.0", operatorToken, viewerToken });
    const sent = { hex: "60", authenticationKey: key };
    expect(await codeOf(await afar.post("/api/decode", sent, bearer(operatorToken)))).to.deep.equal([403, "not-local"]);
    expect((await afar.post("/api/decode", { hex: "60" }, bearer(operatorToken))).status).to.equal(200);
    // The gateway's own keys do not leave it, but what they open is for operators.
    expect((await afar.post("/api/decode", { hex: "60", meter: "a" }, bearer(operatorToken))).status).to.equal(200);
    expect(await codeOf(await afar.post("/api/decode", { hex: "60", meter: "a" }, bearer(viewerToken)))).to.deep.equal([403, "viewer"]);
    expect(await codeOf(await page().post("/api/decode", { hex: "60", meter: 1 }))).to.deep.equal([400, "malformed"]);
  });

  it("serves what stands beside it to anybody: probes have no token", async () => {
    const besides = new Hono();
    besides.get("/healthz", (context) => context.json({ status: "ok" }));
    const made = page({ host: "0.0.0.0", operatorToken }, { besides });
    expect((await made.get("/healthz")).status).to.equal(200);
    expect((await made.get("/")).status).to.equal(401);
  });
});

describe("the files of the page", () => {
  it("come in the shortest form that the browser takes", async () => {
    const made = page();
    const get = async (accepted: string) => {
      const response = await made.get("/", { "accept-encoding": accepted });
      return [response.headers.get("content-encoding"), response.headers.get("etag"), await response.text()];
    };
    expect(await get("gzip, deflate, br")).to.deep.equal(["br", '"one-br"', "br"]);
    expect(await get("gzip;q=0.5, br;q=0")).to.deep.equal(["gzip", '"one-gzip"', "gz"]);
    expect(await get("identity")).to.deep.equal([null, '"one"', "<!doctype html>"]);
  });

  it("are not sent again when the browser has them, and kept where their name says what they are", async () => {
    const made = page();
    const again = await made.get("/", { "accept-encoding": "br", "if-none-match": 'W/"x", "one-br"' });
    expect([again.status, await again.text(), again.headers.get("cache-control")]).to.deep.equal([304, "", "no-cache"]);
    expect((await made.get("/", { "if-none-match": '"other"' })).status).to.equal(200);
    const script = await made.get("/assets/index-abcdefgh.js", { "accept-encoding": "br" });
    expect(script.headers.get("content-type")).to.equal("text/javascript; charset=utf-8");
    expect(script.headers.get("cache-control")).to.contain("immutable");
  });

  it("are those of the page alone, whatever the path looks like", async () => {
    for (const path of ["/../package.json", "/%2e%2e/package.json", "/assets/", "//etc/passwd", "/assets/..%2f..%2fpackage.json"])
      expect((await page().get(path)).status, path).to.equal(404);
  });
});
