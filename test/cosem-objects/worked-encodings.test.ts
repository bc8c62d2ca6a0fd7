import { expect } from "chai";
import { bitString } from "../../src/bytes/bit-string.ts";
import { ByteReader } from "../../src/bytes/byte-reader.ts";
import { ByteWriter } from "../../src/bytes/byte-writer.ts";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { captureObject, noCaptureObject } from "../../src/cosem-objects/capture-object.ts";
import { AssociationLn } from "../../src/cosem-objects/classes/association-ln.ts";
import { Clock } from "../../src/cosem-objects/classes/clock.ts";
import { Data } from "../../src/cosem-objects/classes/data.ts";
import { ProfileGeneric } from "../../src/cosem-objects/classes/profile-generic.ts";
import { Register } from "../../src/cosem-objects/classes/register.ts";
import { SapAssignment } from "../../src/cosem-objects/classes/sap-assignment.ts";
import { unspecifiedDateTime } from "../../src/dlms/axdr/date-time.ts";
import type { Schema } from "../../src/dlms/axdr/schema.ts";
import { plain } from "../support/vectors.ts";

interface Worked<T> {
  readonly what: string;
  readonly schema: Schema<T>;
  readonly value: NoInfer<T>;
  readonly hex: string;
}

const worked: Worked<never>[] = [];
function example<T>(what: string, schema: Schema<T>, value: NoInfer<T>, hex: string): void {
  worked.push({ what, schema, value, hex } as unknown as Worked<never>);
}

const sunday = {
  year: 2026,
  month: 11,
  dayOfMonth: 22,
  dayOfWeek: 7,
  hour: 20,
  minute: 45,
  second: 0,
  hundredths: undefined,
  deviation: -60,
  clockStatus: 0,
};

// Worked encodings of the Blue Book's class tables, of the classes there are.
example("Register scaler_unit: Wh, scaler 0", Register.attributes.scalerUnit.schema, { scaler: 0, unit: 30 }, "02 02 0F 00 16 1E");
example("Register scaler_unit: 0.1 V", Register.attributes.scalerUnit.schema, { scaler: -1, unit: 35 }, "02 02 0F FF 16 23");
example("Clock time", Clock.attributes.time.schema, sunday, "09 0C 07 EA 0B 16 07 14 2D 00 FF FF C4 00");
example(
  "Clock daylight_savings_begin: last Sunday of March, 02:00",
  Clock.attributes.daylightSavingsBegin.schema,
  { ...unspecifiedDateTime, month: 3, dayOfMonth: 0xfe, dayOfWeek: 7, hour: 2, minute: 0, second: 0, hundredths: 0, clockStatus: 0 },
  "09 0C FF FF 03 FE 07 02 00 00 00 80 00 00",
);
example(
  "Association LN xdlms_context_info",
  AssociationLn.attributes.xdlmsContextInfo.schema,
  {
    conformance: bitString(24, [9, 11, 12, 13, 14, 19, 20, 21, 22, 23]),
    maxReceivePduSize: 1024,
    maxSendPduSize: 1024,
    dlmsVersionNumber: 6,
    qualityOfService: 0,
    cypheringInfo: new Uint8Array(),
  },
  "02 06 04 18 00 5E 1F 12 04 00 12 04 00 11 06 0F 00 09 00",
);
example(
  "Association LN object_list_element",
  AssociationLn.methods.addObject.parameter,
  {
    classId: 7,
    version: 1,
    logicalName: "1.0.99.1.0.255",
    accessRights: {
      attributeAccess: [
        { attributeId: 1, accessMode: "read-only", accessSelectors: undefined },
        { attributeId: 2, accessMode: "authenticated-read-only", accessSelectors: [1, 2] },
      ],
      methodAccess: [{ methodId: 1, accessMode: "access" }],
    },
  },
  "02 04 12 00 07 11 01 09 06 01 00 63 01 00 FF 02 02 01 02 02 03 0F 01 16 01 00 02 03 0F 02 16 04 01 02 0F 01 0F 02 01 01 02 02 0F 01 16 01",
);
example(
  "capture_object_definition of the range descriptor",
  captureObject,
  { classId: 8, logicalName: "0.0.1.0.0.255", attribute: 2, dataIndex: 0 },
  "02 04 12 00 08 09 06 00 00 01 00 00 FF 0F 02 12 00 00",
);
example(
  "sort_object of an unsorted profile",
  ProfileGeneric.attributes.sortObject.schema,
  noCaptureObject,
  "02 04 12 00 00 09 06 00 00 00 00 00 00 0F 00 12 00 00",
);
example("sort_method: fifo", ProfileGeneric.attributes.sortMethod.schema, "fifo", "16 01");
example(
  "SAP assignment list",
  SapAssignment.attributes.sapAssignmentList.schema,
  [{ sap: 1, logicalDeviceName: fromHex("4C4749") }],
  "01 01 02 02 12 00 01 09 03 4C 47 49",
);
example("Data of any type", Data.attributes.value.schema, { type: "visible-string", value: "kWh" }, "0A 03 6B 57 68");

describe("Worked encodings of the class tables", () => {
  for (const { what, schema, value, hex } of worked) {
    it(`${what} both ways`, () => {
      const writer = new ByteWriter();
      schema.write(writer, value);
      expect(toHex(writer.finish(), " ")).to.equal(hex);
      const reader = new ByteReader(fromHex(hex));
      expect(plain(schema.read(reader))).to.deep.equal(plain(value));
      reader.expectEnd(what);
    });
  }
});
