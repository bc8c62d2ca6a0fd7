import { anyData } from "../../dlms/axdr/data.ts";
import { doubleLongUnsigned, integer, longUnsigned } from "../../dlms/axdr/data-schemas.ts";
import { dateTime } from "../../dlms/axdr/date-time.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";
import { scalerUnit } from "../unit.ts";

/** Demand register, class 5 version 0 (Blue Book 4.3.4). */
export const DemandRegister = defineClass({
  classId: 5,
  version: 0,
  name: "Demand register",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    currentAverageValue: attribute(2, anyData, "r", "average since the start of the running period", { dynamic: true }),
    lastAverageValue: attribute(3, anyData, "r", "average over the last complete periods", { dynamic: true }),
    scalerUnit: attribute(4, scalerUnit, "r", "scaler and unit of both averages"),
    status: attribute(5, anyData, "r", "status of the averages, defined by the manufacturer", { dynamic: true }),
    captureTime: attribute(6, dateTime, "r", "when the last average was computed", { dynamic: true }),
    startTimeCurrent: attribute(7, dateTime, "r", "when the running period began", { dynamic: true }),
    period: attribute(8, doubleLongUnsigned, "rw", "seconds between two updates of the last average"),
    numberOfPeriods: attribute(9, longUnsigned, "rw", "periods in the window: 1 is block demand, more is sliding"),
  },
  methods: {
    reset: method(1, integer, "clears both averages and starts a new period"),
    nextPeriod: method(2, integer, "closes the running period early"),
  },
  firstMethodOffset: 0x48,
});
