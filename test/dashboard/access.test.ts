import { expect } from "chai";
import { Access, type AccessOptions, type Credentials } from "../../src/dashboard/access.ts";
import { ConfigError } from "../../src/errors.ts";

const operatorToken = "0123456789abcdef0123456789abcdef";
const viewerToken = "fedcba9876543210fedcba9876543210";
const nobody: Credentials = { peer: "192.0.2.7", authorization: undefined, cookie: undefined, proxyUser: undefined };
const open = { host: "0.0.0.0", operatorToken, viewerToken };

describe("Access", () => {
  const refusal = (options: AccessOptions): string => {
    try {
      new Access(options);
      return "";
    } catch (error) {
      return error instanceof ConfigError ? error.path : String(error);
    }
  };

  it("lets everybody on the loopback be an operator", async () => {
    for (const host of ["127.0.0.1", "127.1.2.3", "localhost", "::1"]) {
      expect(await new Access({ host }).visitor(nobody)).to.deep.equal({ role: "operator", name: "local" });
    }
  });

  it("does not begin where others could come in and nothing keeps them out", () => {
    for (const host of ["0.0.0.0", "::", "192.0.2.1", "gw01.example", "127.0.0.1.example"])
      expect(refusal({ host })).to.equal("http.listen");
    expect(refusal({ host: "0.0.0.0", operatorToken: "short" })).to.equal("http.token");
    expect(refusal({ host: "0.0.0.0", operatorToken, viewerToken: operatorToken })).to.equal("http.viewerToken");
    expect(refusal({ host: "0.0.0.0", proxy: { header: "remote-user", operators: [], from: [] } })).to.equal("http.proxy.from");
    expect(refusal(open)).to.equal("");
  });

  it("knows who has a token, and nobody by a part of one", async () => {
    const access = new Access(open);
    const by = (authorization: string) => access.visitor({ ...nobody, authorization });
    expect(await by(`Bearer ${operatorToken}`)).to.deep.equal({ role: "operator", name: "token" });
    expect(await by(`bearer ${viewerToken}`)).to.deep.equal({ role: "viewer", name: "token" });
    for (const wrong of [operatorToken.slice(1), `${operatorToken}0`, "", "Bearer", "Basic abc"])
      expect(await by(`Bearer ${wrong}`), wrong).to.equal(undefined);
    expect(await access.visitor(nobody)).to.equal(undefined);
  });

  it("gives a cookie for a token, which is not the token and works as a cookie alone", async () => {
    const access = new Access(open);
    const cookie = (await access.cookieFor(viewerToken)) ?? "";
    expect(cookie).to.match(/^[0-9a-f]{64}$/);
    expect(await access.visitor({ ...nobody, cookie })).to.deep.equal({ role: "viewer", name: "token" });
    expect(await access.visitor({ ...nobody, cookie: viewerToken })).to.equal(undefined);
    expect(await access.visitor({ ...nobody, authorization: `Bearer ${cookie}` })).to.equal(undefined);
    expect(await access.cookieFor("another token of some length")).to.equal(undefined);
  });

  it("believes the header of the proxy alone, and makes its users viewers unless they are named", async () => {
    const proxy = { header: "remote-user", operators: ["alice"], from: ["10.0.0.2", "127.0.0.1"] };
    const access = new Access({ host: "0.0.0.0", proxy });
    const by = (peer: string | undefined, proxyUser: string | undefined) => access.visitor({ ...nobody, peer, proxyUser });
    expect(await by("10.0.0.2", "alice")).to.deep.equal({ role: "operator", name: "alice" });
    expect(await by("::ffff:10.0.0.2", "bob")).to.deep.equal({ role: "viewer", name: "bob" });
    expect(await by("10.0.0.3", "alice")).to.equal(undefined);
    expect(await by(undefined, "alice")).to.equal(undefined);
    expect(await by("10.0.0.2", undefined)).to.equal(undefined);
    expect(await by("10.0.0.2", "")).to.equal(undefined);
  });

  it("gives nothing away on the loopback when a proxy stands before it: everybody comes from there", async () => {
    const access = new Access({ host: "127.0.0.1", proxy: { header: "remote-user", operators: [], from: ["127.0.0.1"] } });
    expect(await access.visitor({ ...nobody, peer: "127.0.0.1" })).to.equal(undefined);
    expect(access.local).to.equal(false);
    expect(new Access({ host: "127.0.0.1" }).local).to.equal(true);
  });

  it("knows its names on the loopback, and no others", () => {
    const access = new Access({ host: "127.0.0.1", hosts: ["meters.example", "gw:8443"] });
    for (const host of ["127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]:8080", "meters.example", "Meters.Example:80", "gw:8443"])
      expect(access.knowsHost(host), host).to.equal(true);
    for (const host of [undefined, "", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8080", "gw:1", "[::2]"])
      expect(access.knowsHost(host), String(host)).to.equal(false);
    expect(new Access(open).knowsHost("anything")).to.equal(true);
  });

  it("takes changes from pages of its own", () => {
    const access = new Access({ host: "127.0.0.1", hosts: ["meters.example"] });
    const host = "127.0.0.1:8080";
    for (const origin of [undefined, "http://127.0.0.1:8080", "https://meters.example"])
      expect(access.knowsOrigin(origin, host)).to.equal(true);
    for (const origin of ["null", "", "http://127.0.0.1:9090", "https://evil.example", "http://127.0.0.1:8080.evil.example"])
      expect(access.knowsOrigin(origin, host), origin).to.equal(false);
  });
});
