import type { EnergyRegister } from "../energy.ts";
import type { Rate } from "../rates.ts";
import type { Relay } from "../relay/relay.ts";
import type { StepTariffs } from "../step-tariff.ts";

/** The rest of the meter, as far as payment has to do with it. */
export interface CreditSurroundings {
  /** What is paid for. */
  readonly imported: Readonly<EnergyRegister>;
  /** mW that it grows by now. */
  readonly power: number;
  readonly rate: Rate;
  readonly steps: Pick<StepTariffs, "active" | "consumption" | "divide" | "step">;
  readonly relay: Pick<Relay, "request" | "mode" | "setMode" | "openCommanded" | "manualReconnect" | "raised">;
  /** Whether a limit keeps the supply off. */
  readonly limited: boolean;
  /** Freezes what was used before the mode changed. */
  closeBilling(): void;
}
