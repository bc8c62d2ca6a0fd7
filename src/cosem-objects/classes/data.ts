import { anyData } from "../../dlms/axdr/data.ts";
import { attribute, defineClass } from "../define.ts";
import { logicalName } from "../logical-name.ts";

/** Data, class 1 version 0 (Blue Book 4.3.1). */
export const Data = defineClass({
  classId: 1,
  version: 0,
  name: "Data",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    value: attribute(2, anyData, "rw", "the data"),
  },
  methods: {},
});
