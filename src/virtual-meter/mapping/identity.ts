import { ByteWriter } from "../../bytes/byte-writer.ts";
import { SapAssignment } from "../../cosem-objects/classes/sap-assignment.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { bind, type CosemObject } from "../../cosem-objects/object.ts";
import { unspecifiedDateTime, writeDateTime } from "../../dlms/axdr/date-time.ts";
import { sha256 } from "../../dlms/security/digest.ts";
import type { FirmwarePart, Meter } from "../../meter-model/index.ts";
import type { MeterIdentity } from "../identity.ts";
import { ascii, data, text } from "./data-object.ts";
import { quantities, register } from "./quantity.ts";

/** Who the meter is: names, numbers, versions, ratings. */
export function identityObjects(identity: MeterIdentity, meter: Meter): readonly CosemObject[] {
  const firmware = (part: FirmwarePart) => ascii(meter.firmware.updated(part) ?? identity.firmware[part]);
  const version = (logicalName: LogicalName, part: FirmwarePart) =>
    data(logicalName, () => ({ type: "octet-string", value: firmware(part) }));
  // A virtual meter has no program but its version.
  const signature = (logicalName: LogicalName, part: FirmwarePart) =>
    data(logicalName, () => ({ type: "octet-string", value: sha256(firmware(part)) }));
  return [
    text("0.0.42.0.0.255", identity.logicalDeviceName),
    bind(SapAssignment, {
      logicalName: "0.0.41.0.0.255",
      attributes: { sapAssignmentList: [{ sap: identity.managementSap, logicalDeviceName: ascii(identity.logicalDeviceName) }] },
    }),
    text("0.0.96.1.0.255", identity.serialNumber),
    text("0.0.96.1.1.255", identity.decoderReferenceNumber),
    text("0.0.96.1.2.255", identity.model),
    text("0.0.96.1.3.255", identity.manufacturerName),
    text("0.0.96.1.4.255", identity.productCode),
    text("0.0.96.1.5.255", identity.productionDate),
    version("1.0.0.2.0.255", "metrology"),
    version("1.1.0.2.0.255", "application"),
    version("1.2.0.2.0.255", "communication"),
    signature("1.0.0.2.8.255", "metrology"),
    signature("1.1.0.2.8.255", "application"),
    text("1.0.0.2.1.255", identity.parameterRecord),
    text("1.0.0.2.2.255", identity.tariffProgram),
    data("0.0.96.2.5.255", () => ({ type: "octet-string", value: midnightOf(identity.productionDate) })),
    register("1.0.0.3.0.255", quantities.activeConstant, () => identity.pulseConstant * 1000),
    register("1.0.0.3.1.255", quantities.reactiveConstant, () => identity.pulseConstant * 1000),
    register("1.0.0.6.0.255", quantities.ratedVoltage, () => identity.rating.voltage),
    register("1.0.0.6.1.255", quantities.ratedCurrent, () => identity.rating.basicCurrent),
    register("1.0.0.6.2.255", quantities.ratedFrequency, () => identity.rating.frequency),
    register("1.0.0.6.3.255", quantities.ratedCurrent, () => identity.rating.maximumCurrent),
  ];
}

/** A date-time with a date alone. */
function midnightOf(date: string): Uint8Array {
  const [year, month, dayOfMonth] = date.split("-").map(Number);
  const writer = new ByteWriter(12);
  writeDateTime(writer, { ...unspecifiedDateTime, year, month, dayOfMonth });
  return writer.finish();
}
