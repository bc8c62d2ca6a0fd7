import type { StsConfig, TokenState, TopUpOutcome } from "../../../src/meter-model/index.ts";
import type { TokenActions } from "../../../src/meter-model/tokens/token-actions.ts";
import type { TokenOutcome } from "../../../src/meter-model/tokens/token-outcome.ts";
import { TokenProcess } from "../../../src/meter-model/tokens/token-process.ts";
import { newTokens } from "../../../src/meter-model/tokens/token-state.ts";
import { start } from "../credit/support.ts";

/** A meter application process in a meter that notes what it is told to do. */
export class RecordedProcess {
  /** What was done, in order, with the numbers that it was done with. */
  readonly did: string[] = [];
  readonly state: TokenState;
  now: number = start;
  /** What the meter answers to payments, and to everything that it may refuse. */
  payment: TopUpOutcome = "accepted";
  obeys = true;
  #process: TokenProcess;

  constructor(config: StsConfig) {
    this.state = newTokens(config);
    this.#process = new TokenProcess(this.state, config, this.#actions(), this);
  }

  /** Starts again, in a system that may be another one. */
  join(config: StsConfig): void {
    this.#process = new TokenProcess(this.state, config, this.#actions(), this);
  }

  enter(digits: string): TokenOutcome {
    const decoded = this.#process.decode(digits);
    return decoded.result === "authentic" ? this.#process.act(decoded.token, digits) : { result: decoded.result };
  }

  #actions(): TokenActions {
    const asked = (what: string): boolean => {
      if (this.obeys) this.did.push(what);
      return this.obeys;
    };
    return {
      topUp: (unit, amount) => {
        if (this.payment === "accepted") this.did.push(`top up ${amount} of ${unit}`);
        return this.payment;
      },
      inAccount: (_unit, amount) => 2 * amount,
      clearCredit: (register) => asked(`clear ${register}`),
      setPowerLimit: (watts) => asked(`limit to ${watts} W`),
      clearTamper: () => void asked("clear tamper"),
      setPaymentMode: (target) => asked(`change to ${target}`),
      testLoadSwitch: () => void asked("test load switch"),
      available: 0,
      imported: 0,
    };
  }
}
