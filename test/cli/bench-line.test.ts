import { expect } from "chai";
import { countVisits, type LineVisit, lineBenchmark, utilisation } from "../../src/cli/bench/line-benchmark.ts";
import { wireSeconds } from "../../src/cli/bench/wire-line.ts";

describe("A technician's visit at 9600 Bd", function () {
  this.timeout(20_000);
  let visits: readonly LineVisit[] = [];
  const visit = (name: string): LineVisit => visits.find((candidate) => candidate.name === name) as LineVisit;
  const ratio = (name: string, turnaround: number): number =>
    wireSeconds(visit(name).count, 9600, turnaround) / wireSeconds(visit("one-by-one").count, 9600, turnaround);

  before(async () => {
    visits = await countVisits();
  });

  it("brings the summary, 62 days, 48 hours and 96 quarters of an hour home, whichever way it is done", () => {
    const [{ result }] = visits as [LineVisit];
    const rows = result.slice(-3) as readonly (readonly unknown[])[];
    expect(rows.map(({ length }) => length)).to.deep.equal([62, 48, 96]);
    for (const { name, result: other } of visits) expect(other, name).to.deep.equal(result);
  });

  it("takes no more than 60 % of the time of a GET for each attribute, whatever a turnaround costs", () => {
    for (const turnaround of [20, 100, 200]) expect(ratio("known", turnaround), `${turnaround} ms`).to.be.at.most(0.6);
  });

  it("keeps the line busy while the rows come, where the meter has large frames and a window", () => {
    expect(utilisation(visit("known"), 100)).to.be.at.least(0.95);
    expect(utilisation(visit("one-by-one"), 100)).to.be.at.most(0.5);
  });

  it("describes the profiles together, and asks for their rows together", () => {
    expect(visit("known").transfer.roundTrips).to.be.at.most(4);
  });

  it("comes out the same at every run", async () => {
    expect(await lineBenchmark.run()).to.deep.equal(await lineBenchmark.run());
  });
});
