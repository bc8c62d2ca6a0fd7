import type { MeterEventName } from "./event-catalogue.ts";
import type { TimeZoneRule } from "./local-time.ts";
import type { ProfileName } from "./profiles.ts";
import type { Rate } from "./rates.ts";
import type { Instant } from "./units.ts";

/** Something that happened to the meter, stamped in clock time. */
export type DomainEvent =
  | { readonly type: "power-down"; readonly at: Instant }
  /** `duration` in ms; `long` when above the threshold for long power failures. */
  | { readonly type: "power-up"; readonly at: Instant; readonly duration: number; readonly long: boolean }
  /** `at` is the new time; `small` when below the shift limit, so that no interval is marked. */
  | { readonly type: "clock-set"; readonly at: Instant; readonly before: Instant; readonly small: boolean }
  | { readonly type: "clock-invalid"; readonly at: Instant }
  | { readonly type: "time-zone-changed"; readonly at: Instant; readonly zone: TimeZoneRule }
  | { readonly type: "daylight-saving-switched"; readonly at: Instant; readonly active: boolean }
  | { readonly type: "rate-switched"; readonly at: Instant; readonly rate: Rate }
  /** `name` in hex. */
  | { readonly type: "calendar-activated"; readonly at: Instant; readonly name: string }
  | { readonly type: "calendar-programmed"; readonly at: Instant; readonly name: string }
  /** A billing period was closed; `manual` by command. */
  | { readonly type: "billing-closed"; readonly at: Instant; readonly manual: boolean }
  /** What is all said by its entry in a log: switch, tampering, disturbances of the supply. */
  | { readonly type: "logged"; readonly at: Instant; readonly name: MeterEventName }
  | { readonly type: "profile-reset"; readonly at: Instant; readonly profile: ProfileName };
