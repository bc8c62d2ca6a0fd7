/** What the register monitor of the current logs: log and code of each event, by the codes of IDIS. */
export const automationEvents = {
  supervisionExceeded: { log: "disconnector", code: 70 },
  supervisionOk: { log: "disconnector", code: 71 },
} as const;
