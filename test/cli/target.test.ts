import { expect } from "chai";
import { toHex } from "../../src/bytes/hex.ts";
import { type AddressBookSource, type Flags, resolveAssociationSecrets, resolveTarget } from "../../src/cli/target.ts";
import { parseYaml } from "../../src/config/load.ts";
import { addressBookSchema } from "../../src/config/meters.ts";
import { ConfigError } from "../../src/errors.ts";

const bookText = `
meters:
  - { id: house, target: "hdlc://10.0.0.5:4060?client=3&auth=lls", password: file:house.password }
  - { id: office, target: tcp://10.0.0.7 }
`;
const book: AddressBookSource = { directory: "/etc/dlms", load: () => parseYaml(bookText, addressBookSchema, "meters.yaml") };
const noBook: AddressBookSource = { directory: ".", load: () => expect.fail("the address book was read") };

const resolve = (text: string, flags: Flags = {}) => resolveTarget(text, flags, noBook);

function failureOf(run: () => unknown): ConfigError {
  try {
    run();
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigError);
    return error as ConfigError;
  }
  return expect.fail("it was accepted");
}

describe("resolveTarget", () => {
  it("has the defaults of the interface", () => {
    expect(resolve("tcp://m")).to.deep.equal({
      kind: "tcp",
      host: "m",
      port: 4059,
      association: { client: 16, server: 1, auth: "none", suite: 0, policy: "none", referencing: "ln" },
    });
  });

  it("protects both ways once there are keys", () => {
    expect(resolve("tcp://m", { auth: "gmac", ek: "env:EK", ak: "env:AK" }).association.policy).to.equal("both");
    expect(resolve("tcp://m?policy=auth", { auth: "gmac", ek: "env:EK", ak: "env:AK" }).association.policy).to.equal("auth");
  });

  it("lets flags go before the query", () => {
    expect(resolve("tcp://m?client=2&server=5", { client: "3" }).association).to.deep.include({ client: 3, server: 5 });
  });

  it("ignores flags that are not about the association", () => {
    expect(resolve("tcp://m", { timeout: "5s", json: undefined }).association.client).to.equal(16);
  });

  it("parses every kind of link, served or not", () => {
    const kinds = ["tcp://m", "udp://m", "hdlc://m:4060", "serial:///dev/ttyUSB0", "optical:///dev/ttyUSB0"].map(
      (text) => resolve(text).kind,
    );
    expect(kinds).to.deep.equal(["tcp", "udp", "hdlc", "serial", "optical"]);
  });

  it("finds a meter in the address book", () => {
    const target = resolveTarget("meter:house", {}, book);
    expect(target).to.deep.include({ kind: "hdlc", host: "10.0.0.5", port: 4060 });
    expect(target.association).to.deep.include({ client: 3, auth: "lls" });
  });

  it("counts paths of the address book from its folder", () => {
    expect(resolveTarget("meter:house", {}, book).association.password?.value).to.match(/etc.dlms.house\.password$/);
  });

  it("lets query and flags go before the address book", () => {
    const { association } = resolveTarget("meter:house?client=4", { server: "7" }, book);
    expect(association).to.deep.include({ client: 4, server: 7, auth: "lls" });
  });

  it("names the meter that was meant", () => {
    expect(failureOf(() => resolveTarget("meter:hous", {}, book)).message).to.equal(
      'TARGET: the address book has no meter "hous", did you mean meter:house?',
    );
    expect(failureOf(() => resolveTarget("meter:unlike", {}, book)).message).to.equal(
      'TARGET: the address book has no meter "unlike"; it has house, office',
    );
  });

  const refused: readonly (readonly [text: string, flags: Flags, message: string, hint: string])[] = [
    ["tcp://m", { client: "x" }, '--client: expected a whole number from 1 to 65535, got "x"', "for example client=16"],
    ["tcp://m", { auth: "lls" }, "--password: expected a secret for auth lls, got nothing", "for example --password env:METER_PASSWORD"],
    [
      "tcp://m",
      { auth: "gmac", ek: "env:EK" },
      "--ak: expected a secret for auth gmac, got nothing",
      "for example --ak file:secrets/meter.ak",
    ],
    ["tcp://m", { policy: "both" }, "--ek: expected a secret for policy both, got nothing", "for example --ek file:secrets/meter.ek"],
    [
      "tcp://m",
      { password: "hunter2" },
      "--password: expected a secret as env:NAME, file:PATH, keyfile:NAME, hex:... or text:..., got something else",
      "for example password=env:METER_PASSWORD",
    ],
  ];
  for (const [text, flags, message, hint] of refused) {
    it(`says ${JSON.stringify(message)}`, () => {
      const failure = failureOf(() => resolve(text, flags));
      expect([failure.message, failure.hint]).to.deep.equal([message, hint]);
    });
  }

  it("refuses options without an address", () => {
    expect(failureOf(() => resolve("?client=3")).message).to.match(/^TARGET: expected a target such as .*, got options only$/);
  });
});

describe("resolveAssociationSecrets", () => {
  const key = "000102030405060708090A0B0C0D0E0F";
  const places = { environment: { EK: key, PW: "00000000", SHORT: "00" }, directory: "." };
  const secretsOf = (flags: Flags) => resolveAssociationSecrets(resolve("tcp://m", flags).association, places);

  it("takes keys as hex and passwords as text", () => {
    const { secrets, warnings } = secretsOf({ auth: "gmac", ek: "env:EK", ak: "env:EK", password: "env:PW" });
    expect(toHex(secrets.ek ?? expect.fail())).to.equal(key);
    expect(toHex(secrets.password ?? expect.fail())).to.equal("3030303030303030");
    expect(Object.keys(secrets)).to.have.members(["ek", "ak", "password"]);
    expect(warnings).to.deep.equal([]);
  });

  it("warns of what others can see", () => {
    expect(secretsOf({ auth: "lls", password: "text:00000000" }).warnings).to.deep.equal([
      "--password: the command line is visible to others; use env:NAME or file:PATH",
    ]);
  });

  it("refuses a key whose length does not fit the suite", () => {
    expect(failureOf(() => secretsOf({ auth: "gmac", ek: "env:EK", ak: "env:SHORT" })).message).to.equal(
      "--ak: expected a key of 16 bytes for suite 0, got 1",
    );
    expect(failureOf(() => secretsOf({ auth: "gmac", suite: "2", ek: "env:EK", ak: "env:EK" })).message).to.equal(
      "--ek: expected a key of 32 bytes for suite 2, got 16",
    );
  });
});
