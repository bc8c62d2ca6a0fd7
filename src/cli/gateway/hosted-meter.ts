import type { DlmsClient } from "../../client/dlms-client.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import type { FleetMeter } from "../../gateway/meter-fleet.ts";
import type { NorthboundMeter } from "../../gateway/northbound-ports.ts";
import type { PushingMeter } from "../../gateway/push-desk.ts";

/** What a meter has by default. */
type Usual = Pick<
  FleetMeter,
  "profiles" | "events" | "ratio" | "multiply" | "clock" | "line" | "cell" | "nextPoll" | "allow" | "fingerprint"
>;

/** A meter to poll; what is left out is as the configuration has it by default. */
export interface HostedMeter extends Partial<Usual> {
  readonly id: string;
  /** Milliseconds between polls. */
  readonly interval: number;
  readonly extra: readonly LogicalName[];
  readonly transport: string;
  readonly connect: () => Promise<DlmsClient>;
  /** How head-ends reach it; not at all when absent. */
  readonly northbound?: Pick<NorthboundMeter, "port" | "physicalAddress" | "open">;
  /** By what its pushes are known and opened. */
  readonly push?: Omit<PushingMeter, "meterId">;
}

/** The defaults of the configuration, for hosts that have none. */
export function fleetMeter({ id, ...meter }: HostedMeter): FleetMeter {
  return {
    profiles: [],
    events: true,
    ratio: { current: 1, voltage: 1 },
    multiply: new Map(),
    clock: { correct: false, limit: 30_000 },
    line: `meter ${id}`,
    cell: undefined,
    nextPoll: () => meter.interval,
    allow: [],
    fingerprint: id,
    ...meter,
    meterId: id,
  };
}
