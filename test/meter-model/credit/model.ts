/**
 * A second opinion on credit, Wh by Wh and charge by charge: what a customer with pencil and paper would write down. The load
 * is a kilowatt while the supply is on, so a watt-hour goes by every 3.6 s. Amounts are in mWh, times in ms.
 */
export class CreditModel {
  balance = 0;
  borrowed = 0;
  lent = false;
  exhausted = false;
  prepaid = true;
  owed = 0;
  debt = 0;
  paid = 0;
  consumed = 0;
  charged = 0;
  refunded = 0;
  adjusted = 0;
  #sinceWattHour = 0;
  /** Ms of the clock since the periods of charges were last counted from anew. */
  #sinceCharge = 0;
  #sinceInstalment = 0;

  static readonly wattHour = 3600;
  static readonly period = 600_000;
  static readonly standing = 700_000;
  static readonly instalment = 150_000;
  static readonly loan = 10_000_000;
  static readonly most = 300_000_000;
  static readonly mostAtOnce = 120_000_000;

  get available(): number {
    return Math.max(0, this.balance) + (this.lent ? CreditModel.loan - this.borrowed : 0);
  }

  get closed(): boolean {
    return !this.prepaid || this.available > 0;
  }

  live(duration: number): void {
    let left = duration;
    while (left > 0) {
      const untilCharge = this.prepaid ? CreditModel.period - this.#sinceCharge : Number.POSITIVE_INFINITY;
      const untilInstalment = this.prepaid && this.debt > 0 ? CreditModel.period - this.#sinceInstalment : Number.POSITIVE_INFINITY;
      const untilWattHour = this.closed ? CreditModel.wattHour - this.#sinceWattHour : Number.POSITIVE_INFINITY;
      const step = Math.min(left, untilCharge, untilInstalment, untilWattHour);
      left -= step;
      this.#pass(step);
      if (this.closed) {
        this.#sinceWattHour += step;
        if (this.#sinceWattHour === CreditModel.wattHour) {
          this.#sinceWattHour = 0;
          if (this.prepaid) this.#consume();
        }
      }
      if (this.prepaid) this.#chargePeriods();
    }
  }

  /** Nothing is consumed; what time costs is collected when the supply is back. */
  outage(duration: number): void {
    this.#pass(duration);
    if (this.prepaid) this.#chargePeriods();
  }

  clockSet(stepped: boolean, shift: number): void {
    if (stepped) this.#begin();
    else this.#pass(shift);
    if (this.prepaid) this.#chargePeriods();
  }

  token(amount: number): boolean {
    const net = this.balance - this.borrowed;
    if (!this.prepaid || amount > CreditModel.mostAtOnce || net + amount > CreditModel.most) return false;
    this.paid += amount;
    const repaid = Math.min(amount, this.borrowed);
    this.borrowed -= repaid;
    this.balance += amount - repaid;
    this.#collect(0, 0);
    this.#settleLoan();
    return true;
  }

  takeLoan(): boolean {
    if (!this.prepaid || this.lent || this.exhausted || this.balance !== 0) return false;
    this.lent = true;
    return true;
  }

  switchMode(): void {
    this.prepaid = !this.prepaid;
    this.#begin();
    this.#settleLoan();
    if (this.prepaid && this.balance <= 0 && !this.lent && !this.exhausted) this.lent = true;
  }

  clear(): number {
    const refunded = Math.max(0, this.balance - this.borrowed);
    this.refunded += refunded;
    this.adjusted += this.balance - refunded;
    this.balance = 0;
    this.#settleLoan();
    return refunded;
  }

  adjust(value: number): void {
    this.adjusted += this.balance - value;
    this.balance = value;
    this.#settleLoan();
  }

  owe(debt: number): void {
    if (this.debt === 0) this.#sinceInstalment = 0;
    this.debt = debt;
  }

  #begin(): void {
    this.#sinceCharge = 0;
    this.#sinceInstalment = 0;
  }

  #pass(duration: number): void {
    this.#sinceCharge += duration;
    this.#sinceInstalment += duration;
  }

  #consume(): void {
    this.consumed += 1000;
    const held = Math.min(1000, Math.max(0, this.balance));
    this.balance -= held;
    this.borrowed += 1000 - held;
    this.#settleLoan();
  }

  #chargePeriods(): void {
    const periods = Math.floor(this.#sinceCharge / CreditModel.period);
    const instalments = Math.floor(this.#sinceInstalment / CreditModel.period);
    this.#sinceCharge -= periods * CreditModel.period;
    this.#sinceInstalment -= instalments * CreditModel.period;
    if (periods > 0) this.#collect(periods * CreditModel.standing, 0);
    if (instalments > 0) this.#collect(undefined, instalments * CreditModel.instalment);
    this.#settleLoan();
  }

  /** Charges take what is held, never what is lent. */
  #collect(standing: number | undefined, instalment: number): void {
    const due = standing === undefined ? 0 : this.owed + standing;
    const taken = Math.min(due, Math.max(0, this.balance));
    if (standing !== undefined) this.owed = due - taken;
    this.balance -= taken;
    const debt = Math.min(instalment, this.debt, Math.max(0, this.balance));
    this.debt -= debt;
    this.balance -= debt;
    this.charged += taken + debt;
  }

  #settleLoan(): void {
    if (!this.prepaid) return;
    if (this.lent && this.borrowed >= CreditModel.loan) [this.lent, this.exhausted] = [false, true];
    if (this.lent && this.borrowed === 0 && this.balance > 0) this.lent = false;
    if (this.exhausted && this.borrowed === 0) this.exhausted = false;
  }
}
