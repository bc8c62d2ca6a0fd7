import { ByteWriter } from "../../bytes/byte-writer.ts";
import type { CaptureObject } from "../../cosem-objects/capture-object.ts";
import { CompactDataV0 } from "../../cosem-objects/classes/compact-data.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { bind, type CosemObject } from "../../cosem-objects/object.ts";
import { commonDescription, writeContents, writeDescription } from "../../dlms/axdr/compact-array.ts";
import type { DlmsData } from "../../dlms/axdr/dlms-data.ts";
import { InvariantError } from "../../errors.ts";
import type { Meter } from "../../meter-model/index.ts";
import type { DeviceObjects } from "../device-objects.ts";
import { value } from "./columns.ts";
import { named, parametersOf } from "./setups/parameters-of.ts";

const dailySet: readonly CaptureObject[] = [
  value(8, "0.0.1.0.0.255", 2),
  value(3, "1.0.1.8.0.255", 2),
  value(3, "1.0.2.8.0.255", 2),
  value(1, "0.0.97.98.0.255", 2),
];

/** Objects that may be captured together. */
const longest = 32;
const nothing = new Uint8Array();

/** The compact data of the daily push: values without their types, which the template describes once. */
export function compactDataObjects(meter: Meter, objects: DeviceObjects): readonly CosemObject[] {
  const logicalName: LogicalName = "0.0.66.0.0.255";
  const at = parametersOf(meter, CompactDataV0, logicalName);
  const captured = at(
    "captureObjects",
    dailySet,
    (wanted) => wanted.length <= longest && wanted.every(({ classId, logicalName: name }) => objects.find(classId, name) !== undefined),
  );
  const templateId = at("templateId", 1);
  const method = at("captureMethod", "implicit", named);
  const buffer = at("compactBuffer", nothing);
  const values = () => captured.get().map((object) => objects.read(object));
  const capture = () => encoded(templateId.get(), values(), writeContents);
  return [
    bind(CompactDataV0, {
      logicalName,
      attributes: {
        compactBuffer: () => (method.get() === "implicit" ? capture() : buffer.get()),
        captureObjects: {
          get: captured.get,
          // What was captured means nothing to another template, which has another number (Blue Book 4.3.10).
          set: (wanted) => captured.set(wanted) ?? buffer.set(nothing) ?? templateId.set((templateId.get() + 1) & 0xff),
        },
        templateId,
        templateDescription: () => encoded(templateId.get(), values(), (writer, description) => writeDescription(writer, description)),
        captureMethod: method,
      },
      methods: { reset: () => buffer.set(nothing), capture: () => buffer.set(capture()) },
    }),
  ];
}

type Description = NonNullable<ReturnType<typeof commonDescription>>;

/** The template's number, then each value as `write` has it. */
function encoded(
  templateId: number,
  values: readonly DlmsData[],
  write: (writer: ByteWriter, description: Description, value: DlmsData) => void,
): Uint8Array {
  const writer = new ByteWriter(64);
  writer.u8(templateId);
  for (const one of values) {
    const description = commonDescription([one]);
    if (description === undefined) throw new InvariantError("a single value has no description");
    write(writer, description, one);
  }
  return writer.finish();
}
