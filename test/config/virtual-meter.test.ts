import { expect } from "chai";
import { checkYaml, parseYaml } from "../../src/config/load.ts";
import { virtualMeterSchema } from "../../src/config/virtual-meter.ts";
import { profileDefinitions } from "../../src/meter-model/index.ts";
import { encodings } from "../support/tables.ts";

const config = (profiles: string) => `serialNumber: "12345678"\nassociations: []\n${profiles}`;
const parsed = (profiles: string) => parseYaml(config(profiles), virtualMeterSchema, "test.yaml").profiles;

function problems(profiles: string): string[] {
  const result = checkYaml(config(profiles), virtualMeterSchema, "test.yaml");
  return result.ok ? [] : result.problems.map(({ message }) => message);
}

const all = (encoding: string) => ({ load: encoding, hourly: encoding, daily: encoding, monthly: encoding });

describe("the profiles in the configuration of a virtual meter", () => {
  it("are plain unless said otherwise", () => {
    expect(parsed("")).to.deep.equal(all("plain"));
  });

  it("take every encoding there is, one for all and others by profile", () => {
    for (const encoding of encodings) expect(parsed(`profiles: { encoding: ${encoding} }`)).to.deep.equal(all(encoding));
    expect(parsed("profiles: { encoding: delta, load: plain }")).to.deep.equal({ ...all("delta"), load: "plain" });
    expect(parsed("profiles: { hourly: compact-array }")).to.deep.equal({ ...all("plain"), hourly: "compact-array" });
  });

  it("are those of the meter", () => {
    expect(parsed("")).to.have.all.keys(Object.keys(profileDefinitions));
  });

  it("take no encoding and no profile that is not there", () => {
    expect(problems("profiles: { encoding: zip }").join()).to.contain("expected one of plain, null-compressed");
    expect(problems("profiles: { lood: plain }").join()).to.contain("did you mean load?");
  });
});
