import type { DlmsClient } from "../client/dlms-client.ts";
import { Clock } from "../cosem-objects/classes/clock.ts";
import { ActionError } from "../errors.ts";
import type { ClockOutcome, FollowedMeter, MeterOutput } from "./meter-options.ts";

const clock = "0.0.1.0.0.255";
/** The furthest a clock may be moved by a shift (Blue Book 4.5.1): more is for people to look at. */
const furthestShiftSeconds = 900;

/** Sees to the clock of one meter: tells when it is off, and moves it where the configuration wants that. */
export class ClockKeeper {
  readonly #meter: FollowedMeter;
  readonly #output: Pick<MeterOutput, "clockDrift">;
  /** The drift that was told of; undefined while the clock is right. */
  #told: number | undefined;

  constructor(meter: FollowedMeter, output: Pick<MeterOutput, "clockDrift">) {
    this.#meter = meter;
    this.#output = output;
  }

  /**
   * A drift was seen, in seconds; true when the clock was moved and is right now.
   * @throws TransportError where the meter does not answer; its refusal is told of as a clock that stays off
   */
  async see(drift: number, client: Pick<DlmsClient, "invoke">): Promise<boolean> {
    const { meterId, clock: plan } = this.#meter;
    if (Math.abs(drift) * 1000 <= plan.limit) {
      this.#told = undefined;
      return false;
    }
    const outcome = plan.correct && Math.abs(drift) <= furthestShiftSeconds ? await shift(client, -drift) : "left";
    const moved = outcome === "corrected";
    // What stays off is told of once, and again when it has become something else.
    if (!moved && this.#told !== undefined && Math.abs(drift - this.#told) * 1000 <= plan.limit) return false;
    this.#told = moved ? undefined : drift;
    this.#output.clockDrift(meterId, drift, outcome);
    return moved;
  }
}

async function shift(client: Pick<DlmsClient, "invoke">, seconds: number): Promise<ClockOutcome> {
  try {
    await client.invoke(Clock, clock, "shiftTime", seconds);
    return "corrected";
  } catch (error) {
    if (error instanceof ActionError) return "refused";
    throw error;
  }
}
