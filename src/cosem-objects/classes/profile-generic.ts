import { anyData } from "../../dlms/axdr/data.ts";
import { doubleLongUnsigned, enumeration, integer } from "../../dlms/axdr/data-schemas.ts";
import { captureObject, captureObjects } from "../capture-object.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";

export const sortMethod = enumeration({ fifo: 1, lifo: 2, largest: 3, smallest: 4, "nearest-to-zero": 5, "farthest-from-zero": 6 });

/** Profile generic, class 7 version 1 (Blue Book 4.3.6). */
export const ProfileGeneric = defineClass({
  classId: 7,
  version: 1,
  name: "Profile generic",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    buffer: attribute(2, anyData, "r", "the captured entries", { dynamic: true, selectors: [1, 2] }),
    captureObjects: attribute(3, captureObjects, "rw", "what is captured"),
    capturePeriod: attribute(4, doubleLongUnsigned, "rw", "seconds between captures, 0 for captures on request"),
    sortMethod: attribute(5, sortMethod, "rw", "order of the entries"),
    sortObject: attribute(6, captureObject, "rw", "column the entries are sorted by"),
    entriesInUse: attribute(7, doubleLongUnsigned, "r", "number of entries in the buffer", { dynamic: true }),
    profileEntries: attribute(8, doubleLongUnsigned, "rw", "capacity of the buffer"),
  },
  methods: {
    reset: method(1, integer, "empties the buffer"),
    capture: method(2, integer, "captures one entry now"),
  },
  firstMethodOffset: 0x58,
});
