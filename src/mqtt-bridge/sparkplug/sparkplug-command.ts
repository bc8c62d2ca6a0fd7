import type { MetricValue } from "./payload.ts";

/** What a host application wants written (DCMD). */
export interface SparkplugCommand {
  readonly meterId: string;
  /** Name of the metric, as in the meter's birth. */
  readonly metric: string;
  readonly value: MetricValue;
}
