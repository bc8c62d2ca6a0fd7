/** Begins, in the fraud log, with the fraud bit of alarm register 1 and one of the meter's own in register 3. */
const fraud = <Code extends number>(code: Code, bit: number) =>
  ({
    log: "fraud",
    code,
    alarms: [
      { register: 1, bit: 13 },
      { register: 3, bit },
    ],
  }) as const;

/**
 * What the guards of the meter log: log, code and alarm bits of each event, to be spread into the
 * catalogue of the meter's events. Codes up to 199 are those of IDIS, the others the meter's own.
 */
export const guardEvents = {
  terminalCoverOpened: fraud(40, 8),
  terminalCoverClosed: { log: "fraud", code: 41 },
  magneticFieldDetected: fraud(42, 9),
  magneticFieldGone: { log: "fraud", code: 43 },
  meterCoverOpened: fraud(44, 7),
  meterCoverClosed: { log: "fraud", code: 45 },
  authenticationFailed: { log: "fraud", code: 46, alarms: [{ register: 1, bit: 13 }] },
  currentReversed: {
    log: "fraud",
    code: 91,
    alarms: [
      { register: 2, bit: 10 },
      { register: 3, bit: 10 },
    ],
  },
  currentReversalEnded: { log: "fraud", code: 206 },
  differentialBegan: fraud(207, 11),
  differentialEnded: { log: "fraud", code: 208 },
  significantReverseEnergy: fraud(211, 12),
  relayTamperBegan: fraud(212, 13),
  relayTamperEnded: { log: "fraud", code: 213 },
  tamperClearedByToken: { log: "fraud", code: 216 },
  tamperClearedRemotely: { log: "fraud", code: 217 },

  limiterExceeded: { log: "disconnector", code: 65 },
  limiterOk: { log: "disconnector", code: 66 },
  limiterChanged: { log: "disconnector", code: 67 },

  sagBegan: { log: "powerQuality", code: 76 },
  swellBegan: { log: "powerQuality", code: 79 },
  voltageMissing: { log: "powerQuality", code: 82, alarms: [{ register: 2, bit: 2 }] },
  voltageNormal: { log: "powerQuality", code: 85, alarms: [{ register: 2, bit: 5 }] },
  overCurrentBegan: { log: "powerQuality", code: 218, alarms: [{ register: 3, bit: 16 }] },
  overCurrentEnded: { log: "powerQuality", code: 219 },
  overloadBegan: { log: "powerQuality", code: 220 },
  overloadEnded: { log: "powerQuality", code: 221 },
  lowPowerFactorBegan: { log: "powerQuality", code: 222 },
  lowPowerFactorEnded: { log: "powerQuality", code: 223 },
} as const;

/** An event that a guard logs. */
export type GuardEventName = keyof typeof guardEvents;
