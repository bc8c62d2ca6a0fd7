import { expect } from "chai";
import { installEnvironment, installedFromLock } from "../../scripts/lib/install.mjs";

const lock = (packages: object) => JSON.stringify({ packages: { "": { name: "root" }, ...packages } });
const record = (packages: object) => JSON.stringify({ packages });
const zod = { "node_modules/zod": { version: "4.6.7", integrity: "sha512-a" } };
const darwinOnly = { "node_modules/fsevents": { version: "2.3.3", integrity: "sha512-f", optional: true } };

describe("the record npm keeps of an installation", () => {
  it("agrees with a lock file of the same packages", () => {
    expect(installedFromLock(lock(zod), record(zod))).to.equal(true);
  });

  it("may lack optional packages, which belong to other platforms", () => {
    expect(installedFromLock(lock({ ...zod, ...darwinOnly }), record(zod))).to.equal(true);
  });

  it("disagrees when a package is missing, extra or another one", () => {
    expect(installedFromLock(lock(zod), record({}))).to.equal(false);
    expect(installedFromLock(lock({}), record(zod))).to.equal(false);
    expect(installedFromLock(lock(zod), record({ "node_modules/zod": { version: "4.6.8", integrity: "sha512-b" } }))).to.equal(false);
  });

  it("counts for nothing when it is absent or damaged", () => {
    expect(installedFromLock(lock(zod), undefined)).to.equal(false);
    expect(installedFromLock(lock(zod), '{"packages":')).to.equal(false);
    expect(installedFromLock(undefined, record(zod))).to.equal(false);
  });
});

describe("the environment of npm ci", () => {
  it("never leaves out the compiler", () => {
    const environment = installEnvironment({ NODE_ENV: "production", npm_config_omit: "dev", HOME: "/home/a" });
    expect(environment).to.deep.equal({ HOME: "/home/a", npm_config_include: "dev" });
  });
});
