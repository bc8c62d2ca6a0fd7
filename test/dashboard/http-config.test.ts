import { expect } from "chai";
import { accessOptions } from "../../src/cli/dashboard/access-options.ts";
import { httpSection } from "../../src/config/dashboard-access.ts";
import { ConfigError } from "../../src/errors.ts";

describe("section http", () => {
  const parse = (written: unknown) => httpSection.parse(written);

  it("is the loopback when nothing is written", () => {
    expect(accessOptions(parse({}), ".")).to.deep.equal({ host: "127.0.0.1", hosts: [] });
  });

  it("names tokens, names and the proxy", () => {
    const name = "DLMS_TEST_PAGE_TOKEN";
    process.env[name] = "0123456789abcdef";
    try {
      const written = {
        listen: "0.0.0.0:8080",
        token: `env:${name}`,
        hosts: ["meters.example"],
        proxy: { operators: ["alice"], from: ["10.0.0.2"] },
      };
      expect(accessOptions(parse(written), ".")).to.deep.equal({
        host: "0.0.0.0",
        hosts: ["meters.example"],
        operatorToken: "0123456789abcdef",
        proxy: { header: "Remote-User", operators: ["alice"], from: ["10.0.0.2"] },
      });
    } finally {
      delete process.env[name];
    }
  });

  it("says by its path which token is missing", () => {
    const read = () => accessOptions(parse({ viewerToken: "env:DLMS_TEST_NO_TOKEN" }), ".");
    expect(read).to.throw(ConfigError).with.property("path", "http.viewerToken");
  });

  it("takes no token that is written out, and no proxy that anybody could be", () => {
    for (const written of [{ token: "text:0123456789abcdef" }, { proxy: {} }, { proxy: { from: ["proxy"] } }, { hosts: ["http://x"] }])
      expect(httpSection.safeParse(written).success, JSON.stringify(written)).to.equal(false);
  });
});
