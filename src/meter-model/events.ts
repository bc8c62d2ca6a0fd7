import type { TimeZoneRule } from "./local-time.ts";
import type { ProfileName } from "./profiles.ts";
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
  | { readonly type: "profile-reset"; readonly at: Instant; readonly profile: ProfileName };
