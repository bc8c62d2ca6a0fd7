import type { CreditRegister, PaymentModeTarget } from "../../sts/index.ts";
import type { CreditUnit } from "../credit/amounts.ts";
import type { TopUpOutcome } from "../credit/credit-engine.ts";

/** What the rest of the meter does at the word of a token. Amounts are in units of the account unless said otherwise. */
export interface TokenActions {
  /** `amount` as tokens carry it: 0.1 kWh, or 0.00001 of the currency. */
  topUp(unit: CreditUnit, amount: number): TopUpOutcome;
  /** The same amount in units of the account. */
  inAccount(unit: CreditUnit, amount: number): number;
  /** False for a register that the meter has not. */
  clearCredit(register: CreditRegister): boolean;
  /** False for a power that cannot be set; W. */
  setPowerLimit(watts: number): boolean;
  clearTamper(): void;
  /** False where the meter stays as it is. */
  setPaymentMode(target: PaymentModeTarget): boolean;
  /** Opens a closed load switch for a moment. */
  testLoadSwitch(): void;
  readonly available: number;
  /** Wh */
  readonly imported: number;
}
