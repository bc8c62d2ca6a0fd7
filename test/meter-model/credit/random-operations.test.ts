import { expect } from "chai";
import { minute, second } from "../../../src/meter-model/index.ts";
import { scaled } from "../../support/scale.ts";
import { CreditModel } from "./model.ts";
import { balances, prepaid, start } from "./support.ts";

/** A small generator, so that a failure can be run again by its seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const wattHours = (ledger: number) => Math.floor(ledger / 1000);

function run(seed: number, operations: number): void {
  const below = numbers(seed);
  const model = new CreditModel();
  const terms = {
    low1: 0,
    low2: 0,
    emergencyLimit: wattHours(CreditModel.loan),
    emergencyInitial: wattHours(CreditModel.loan),
    maximumCredit: wattHours(CreditModel.most),
    maximumToken: wattHours(CreditModel.mostAtOnce),
  };
  const meter = prepaid({ terms });
  const { credit } = meter;
  const fixed = (price: number) => ({ commodityScale: 0, priceScale: -6, prices: [{ index: [], price }] });
  // In units of a hundred mWh, since prices have 16 bits.
  credit.charges.setPrices("standing", { ...fixed(CreditModel.standing / 100), priceScale: -4 });
  credit.charges.setPrices("debt1", { ...fixed(CreditModel.instalment / 100), priceScale: -4 });
  for (const name of ["standing", "debt1"] as const) credit.charges.configure(name, { period: CreditModel.period / second });
  for (let operation = 0; operation < operations; operation++) {
    const kind = below(100);
    const said = `seed ${seed}, operation ${operation} of kind ${kind}`;
    if (kind < 55) {
      const duration = below(20) === 0 ? below(40 * minute) : below(20 * second);
      meter.advance(meter.now + duration);
      model.live(duration);
    } else if (kind < 75) {
      const tenths = below(4) === 0 ? below(2000) : below(30);
      expect(credit.topUp("energy", tenths) === "accepted", said).to.equal(model.token(tenths * 100_000));
    } else if (kind < 80) {
      const shift = below(2) === 0 ? below(50 * second) : 2 * minute + below(100 * minute);
      expect(meter.setClock(meter.clockTime + shift), said).to.equal("accepted");
      model.clockSet(shift >= minute, shift);
    } else if (kind < 85) {
      const duration = 1 + below(30 * minute);
      meter.powerUp(meter.now + duration);
      model.outage(duration);
    } else if (kind < 90) {
      expect(credit.selectEmergency() === "accepted", said).to.equal(model.takeLoan());
    } else if (kind < 93) {
      expect(credit.setMode(model.prepaid ? "postpaid" : "prepaid"), said).to.equal("accepted");
      model.switchMode();
      // Whoever need not pay in advance any more connects himself.
      if (!model.prepaid) meter.relay.manualReconnect();
    } else if (kind < 95) {
      expect(credit.clearCredit(), said).to.equal(wattHours(model.clear()));
    } else if (kind < 97) {
      const debt = below(20) * 1_000_000;
      credit.charges.setRemaining("debt1", debt);
      model.owe(debt);
    } else {
      const value = below(10_000);
      expect(credit.setAmount("token", value), said).to.equal("accepted");
      model.adjust(value * 1000);
    }
    const { balance, borrowed } = meter.state.credit.ledger;
    expect({ balance, borrowed, closed: !meter.relay.openCommanded }, said).to.deep.equal({
      balance: model.balance,
      borrowed: model.borrowed,
      closed: model.closed,
    });
    if (operation % 64 === 0) {
      meter.takeEvents();
      expect(balances(meter), said).to.equal(true);
      expect(model.paid, said).to.equal(
        model.consumed + model.charged + model.refunded + model.adjusted + (model.balance - model.borrowed),
      );
      expect(credit.total("consumption"), said).to.equal(wattHours(model.consumed));
      expect(credit.total("standing") + credit.total("debt1"), said).to.be.closeTo(wattHours(model.charged), 2);
    }
  }
  expect(meter.now).to.be.greaterThan(start);
}

describe("credit, whatever happens", function () {
  this.timeout(20 * minute);

  it("is to the last unit what pencil and paper say", () => {
    const meters = scaled(10, 200);
    for (let seed = 1; seed <= meters; seed++) run(seed, scaled(2000, 5000));
  });
});
