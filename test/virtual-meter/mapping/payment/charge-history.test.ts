import { expect } from "chai";
import { hour } from "../../../../src/meter-model/index.ts";
import { array, doubleLong, name, start, startOctets, structure, till } from "./support.ts";

const history = "0.0.99.14.0.255";
const column = (classId: string, logicalName: string, attribute: string) =>
  structure(`12${classId}`, name(logicalName), `0F${attribute}`, "120000");
const nothing = [0, 0, 0, 0, 0].map(doubleLong);

describe("The history of charges", () => {
  /** A meter that collects 0.25 kWh of standing charge now, and 1.5 kWh of a debt an hour later. */
  const collecting = () => {
    const world = till();
    const { charges } = world.meter.credit;
    charges.setPrices("standing", { commodityScale: 0, priceScale: -2, prices: [{ index: [], price: 25 }] });
    charges.setPrices("debt1", { commodityScale: 0, priceScale: -1, prices: [{ index: [], price: 15 }] });
    charges.setRemaining("debt1", 2_000_000);
    charges.collectNow("standing");
    world.meter.advance(start + hour);
    charges.collectNow("debt1");
    return world;
  };

  it("has a column for each charge, and what was left", () => {
    const { bare } = till();
    const charges = [0, 1, 2, 3, 4, 5].map((index) => column("0071", `0.0.19.20.${index}.255`, "0B"));
    expect(bare.read(`${history}:3`)).to.equal(
      array(column("0008", "0.0.1.0.0.255", "02"), ...charges, column("0070", "0.0.19.10.0.255", "02")),
    );
    expect([1, 2, 4, 5, 7, 8].map((attribute) => bare.read(`${history}:${attribute}`))).to.deep.equal([
      name(history),
      "0100",
      "0600000000",
      "1601",
      "0600000000",
      "0600000064",
    ]);
  });

  it("has a row for each collection, in units of the account", () => {
    const { bare, meter } = collecting();
    const [zero] = nothing as [string];
    expect(bare.read(`${history}:7`)).to.equal("0600000002");
    expect(bare.read(`${history}:2`)).to.equal(
      array(
        structure(startOctets, zero, doubleLong(250), zero, zero, zero, zero, doubleLong(29_750)),
        structure("090C07EA0B17010D000000000000", zero, zero, doubleLong(1500), zero, zero, zero, doubleLong(28_250)),
      ),
    );
    expect([meter.credit.balance, meter.credit.remainingOf("debt1")]).to.deep.equal([28_250, 500]);
  });

  it("is emptied, which changes no account", () => {
    const { bare, meter } = collecting();
    expect(bare.invoke(`${history}:1`, "0F00")).to.equal("success");
    expect([bare.read(`${history}:2`), bare.read(`${history}:7`), meter.credit.balance]).to.deep.equal(["0100", "0600000000", 28_250]);
    expect(bare.write(`${history}:8`, "0600000001")).to.equal("read-write-denied");
  });
});
