import { anyData } from "../../dlms/axdr/data.ts";
import { integer } from "../../dlms/axdr/data-schemas.ts";
import { dateTime } from "../../dlms/axdr/date-time.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";
import { scalerUnit } from "../unit.ts";

/** Extended register, class 4 version 0 (Blue Book 4.3.3). */
export const ExtendedRegister = defineClass({
  classId: 4,
  version: 0,
  name: "Extended register",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    value: attribute(2, anyData, "r", "current value", { dynamic: true }),
    scalerUnit: attribute(3, scalerUnit, "r", "scaler and unit of the value"),
    status: attribute(4, anyData, "r", "status of the value, defined by the manufacturer", { dynamic: true }),
    captureTime: attribute(5, dateTime, "r", "when the value was captured", { dynamic: true }),
  },
  methods: {
    reset: method(1, integer, "sets the value to its default and the capture time to now"),
  },
  firstMethodOffset: 0x38,
});
