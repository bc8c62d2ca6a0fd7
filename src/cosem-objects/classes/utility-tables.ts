import { doubleLongUnsigned, longUnsigned, octetString } from "../../dlms/axdr/data-schemas.ts";
import { attribute, defineClass } from "../define.ts";
import { logicalName } from "../logical-name.ts";

/** Utility tables, class 26 version 0 (Blue Book 4.3.7): a table of ANSI C12.19. */
export const UtilityTables = defineClass({
  classId: 26,
  version: 0,
  name: "Utility tables",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    tableId: attribute(2, longUnsigned, "r", "number of the table"),
    length: attribute(3, doubleLongUnsigned, "r", "octets of the table", { dynamic: true }),
    buffer: attribute(4, octetString, "r", "content of the table", { dynamic: true, selectors: [1, 2] }),
  },
  methods: {},
});
