import type { Infer } from "../axdr/schema.ts";
import { enumerated } from "../axdr/untagged.ts";

/** Data-Access-Result (Green Book 9.5). Numbers without a name are carried as they are. */
export const dataAccessResult = enumerated("Data-Access-Result", {
  success: 0,
  "hardware-fault": 1,
  "temporary-failure": 2,
  "read-write-denied": 3,
  "object-undefined": 4,
  "object-class-inconsistent": 9,
  "object-unavailable": 11,
  "type-unmatched": 12,
  "scope-of-access-violated": 13,
  "data-block-unavailable": 14,
  "long-get-aborted": 15,
  "no-long-get-in-progress": 16,
  "long-set-aborted": 17,
  "no-long-set-in-progress": 18,
  "data-block-number-invalid": 19,
  "other-reason": 250,
});
export type DataAccessResult = Infer<typeof dataAccessResult>;

/** Action-Result (Green Book 9.5). */
export const actionResult = enumerated("Action-Result", {
  success: 0,
  "hardware-fault": 1,
  "temporary-failure": 2,
  "read-write-denied": 3,
  "object-undefined": 4,
  "object-class-inconsistent": 9,
  "object-unavailable": 11,
  "type-unmatched": 12,
  "scope-of-access-violated": 13,
  "data-block-unavailable": 14,
  "long-action-aborted": 15,
  "no-long-action-in-progress": 16,
  "other-reason": 250,
});
export type ActionResult = Infer<typeof actionResult>;
