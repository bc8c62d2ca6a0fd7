import type { MeterEventName } from "./event-catalogue.ts";
import type { DomainEvent } from "./events.ts";

/** What is logged of something that happened; a clock that was set gives its old and its new time. */
export function logEntriesOf(event: DomainEvent): readonly { readonly name: MeterEventName; readonly at: number }[] {
  const { at } = event;
  switch (event.type) {
    case "power-down":
      return [{ name: "powerDown", at }];
    case "power-up":
      return [{ name: "powerUp", at }];
    case "clock-set":
      return [
        { name: "clockAdjustedFrom", at: event.before },
        { name: "clockAdjustedTo", at },
        { name: "clockSet", at },
      ];
    case "clock-invalid":
      return [{ name: "clockInvalid", at }];
    case "daylight-saving-switched":
      return [{ name: "daylightSavingSwitched", at }];
    case "time-zone-changed":
      return [{ name: "clockSet", at }];
    case "rate-switched":
      return [{ name: `rate${event.rate}`, at }];
    case "calendar-activated":
      return [
        { name: "calendarActivated", at },
        { name: "tariffCalendarActivated", at },
      ];
    case "calendar-programmed":
      return [
        { name: "calendarProgrammed", at },
        { name: "tariffCalendarProgrammed", at },
        { name: "calendarWritten", at },
      ];
    case "billing-closed":
      return event.manual ? [{ name: "billingClosedByHand", at }] : [];
    case "logged":
      return [{ name: event.name, at }];
    case "profile-reset":
      return [{ name: event.profile === "load" ? "loadProfileCleared" : "profileReset", at }];
  }
}
