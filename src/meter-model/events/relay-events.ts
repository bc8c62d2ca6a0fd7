/** What the supply control logs: log, code and alarm bits of each event, by the codes of IDIS. */
export const relayEvents = {
  readyForReconnection: { log: "disconnector", code: 59 },
  manuallyDisconnected: { log: "disconnector", code: 60 },
  manuallyConnected: { log: "disconnector", code: 61 },
  remotelyDisconnected: { log: "disconnector", code: 62 },
  remotelyConnected: { log: "disconnector", code: 63 },
  locallyDisconnected: { log: "disconnector", code: 64 },
  relayFailed: { log: "disconnector", code: 68, alarms: [{ register: 2, bit: 31 }] },
  locallyConnected: { log: "disconnector", code: 69 },
} as const;

/** An event that the supply control logs. */
export type RelayEventName = keyof typeof relayEvents;
