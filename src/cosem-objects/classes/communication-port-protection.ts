import { doubleLongUnsigned, enumeration, integer, longUnsigned, unsigned } from "../../dlms/axdr/data-schemas.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";

/** Communication port protection, class 124 version 0 (Blue Book 4.4.14). */
export const CommunicationPortProtection = defineClass({
  classId: 124,
  version: 0,
  name: "Communication port protection",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    protectionMode: attribute(
      2,
      enumeration({ locked: 0, "locked-on-failed-attempts": 1, unlocked: 2 }),
      "rw",
      "whether the port is locked",
    ),
    allowedFailedAttempts: attribute(3, longUnsigned, "rw", "failed attempts until the port is locked"),
    initialLockoutTime: attribute(4, doubleLongUnsigned, "rw", "seconds of the first lock"),
    steepnessFactor: attribute(5, unsigned, "rw", "how many times longer each further lock is"),
    maxLockoutTime: attribute(6, doubleLongUnsigned, "rw", "seconds of the longest lock"),
    portReference: attribute(7, logicalName, "rw", "setup of the port"),
    protectionStatus: attribute(
      8,
      enumeration({ unlocked: 0, "temporarily-locked": 1, locked: 2 }),
      "r",
      "whether the port is locked now",
      { dynamic: true },
    ),
    failedAttempts: attribute(9, doubleLongUnsigned, "r", "failed attempts since the last success or reset", { dynamic: true }),
    cumulativeFailedAttempts: attribute(10, doubleLongUnsigned, "r", "failed attempts ever", { dynamic: true }),
  },
  methods: {
    reset: method(1, integer, "forgets the failed attempts and unlocks the port"),
  },
});
