import { anyData } from "../../dlms/axdr/data.ts";
import { integer } from "../../dlms/axdr/data-schemas.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";
import { scalerUnit } from "../unit.ts";

/** Register, class 3 version 0 (Blue Book 4.3.2). */
export const Register = defineClass({
  classId: 3,
  version: 0,
  name: "Register",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    value: attribute(2, anyData, "rw", "current value", { dynamic: true }),
    scalerUnit: attribute(3, scalerUnit, "r", "scaler and unit of the value"),
  },
  methods: {
    reset: method(1, integer, "sets the value to its default"),
  },
  firstMethodOffset: 0x28,
});
