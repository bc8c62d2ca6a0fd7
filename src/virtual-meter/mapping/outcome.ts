import { refuse } from "../../cosem-objects/object.ts";
import type { CommandOutcome } from "../../meter-model/index.ts";

/** A refusal of the domain as COSEM says it. */
export function settle(outcome: CommandOutcome): ReturnType<typeof refuse<"temporary-failure" | "other-reason">> | undefined {
  switch (outcome) {
    case "accepted":
      return undefined;
    case "no-supply":
      return refuse("temporary-failure");
    case "out-of-range":
    case "duplicate":
    case "too-soon":
    case "refused":
      return refuse("other-reason");
  }
}
