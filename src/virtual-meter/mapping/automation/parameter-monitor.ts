import { noCaptureObject } from "../../../cosem-objects/capture-object.ts";
import { type ChangedParameter, changedParameter, ParameterMonitorV0 } from "../../../cosem-objects/classes/parameter-monitor.ts";
import { ProfileGeneric } from "../../../cosem-objects/classes/profile-generic.ts";
import { type LogicalName, logicalNameFromBytes } from "../../../cosem-objects/logical-name.ts";
import { bind, type CosemObject, refuse } from "../../../cosem-objects/object.ts";
import { profileBuffer } from "../../../cosem-objects/profile-source.ts";
import { decodeData } from "../../../dlms/axdr/data.ts";
import { unspecifiedDateTime } from "../../../dlms/axdr/date-time.ts";
import type { DlmsData } from "../../../dlms/axdr/dlms-data.ts";
import { DecodeError } from "../../../errors.ts";
import { type AttributeReference, type Meter, type ParameterChange, parameterMonitorLimits } from "../../../meter-model/index.ts";
import { pastDateTime, toMeterInstant } from "../clock.ts";
import { value } from "../columns.ts";
import { writeStamp } from "../stamp.ts";

const monitorName: LogicalName = "0.0.16.2.0.255";

type MonitoredAttribute = Pick<ChangedParameter, "classId" | "logicalName" | "attribute">;

const nothing: ChangedParameter = {
  classId: 0,
  logicalName: "0.0.0.0.0.0",
  attribute: 0,
  value: { type: "null-data", value: null },
};

/** The parameter monitor and its log. */
export function parameterMonitorObjects(meter: Meter): readonly CosemObject[] {
  const { parameterMonitor: monitor } = meter.automation;
  const watch = (attributes: readonly AttributeReference[]) => {
    if (!meter.supplied) return refuse("temporary-failure");
    return monitor.watch(attributes) ? undefined : refuse("other-reason");
  };
  const others = (attribute: MonitoredAttribute) => monitor.watched.filter((one) => !isSame(fromReference(one), attribute));
  const captureObjects = [value(8, "0.0.1.0.0.255", 2), value(ParameterMonitorV0.classId, monitorName, changeId)];
  return [
    bind(ParameterMonitorV0, {
      logicalName: monitorName,
      attributes: {
        changedParameter: () => (monitor.last === undefined ? nothing : fromChange(monitor.last.change)),
        captureTime: () => (monitor.last === undefined ? unspecifiedDateTime : pastDateTime(meter, monitor.last.at)),
        parameterList: { get: () => monitor.watched.map(fromReference), set: (list) => watch(list.map(attributeReference)) },
      },
      methods: {
        addParameter: (attribute) => watch([...monitor.watched, attributeReference(attribute)]),
        deleteParameter: (attribute) => {
          const left = others(attribute);
          return left.length === monitor.watched.length ? refuse("other-reason") : watch(left);
        },
      },
    }),
    bind(ProfileGeneric, {
      logicalName: "0.0.99.16.0.255",
      attributes: {
        buffer: profileBuffer({
          captureObjects: () => captureObjects,
          snapshot: () => {
            const { rows } = monitor;
            return {
              rowCount: rows.length,
              unordered: true,
              instant: (row) => rows.stampAt(row),
              writeCell: (row, column, writer) =>
                column === 0 ? writeStamp(writer, rows, row) : changedParameter.write(writer, fromChange(monitor.changeAt(row))),
            };
          },
          toInstant: (time) => toMeterInstant(meter, time),
        }),
        captureObjects,
        capturePeriod: 0,
        sortMethod: "fifo",
        sortObject: noCaptureObject,
        entriesInUse: () => monitor.rows.length,
        profileEntries: parameterMonitorLimits.entries,
      },
      methods: {
        reset: () => {
          monitor.clear();
          return undefined;
        },
      },
    }),
  ];
}

const changeId = ParameterMonitorV0.attributes.changedParameter.id;

/** An attribute as the domain knows it. */
export function attributeReference({ classId, logicalName, attribute }: MonitoredAttribute): AttributeReference {
  return { classId, logicalName: Uint8Array.from(logicalName.split("."), Number), attribute };
}

function fromReference({ classId, logicalName, attribute }: AttributeReference): MonitoredAttribute {
  return { classId, logicalName: logicalNameFromBytes(logicalName), attribute };
}

function fromChange(change: ParameterChange): ChangedParameter {
  return { ...fromReference(change), value: keptValue(change) };
}

/** What was too long to be kept is null-data, and so is what a damaged store gives. */
function keptValue({ value: octets }: ParameterChange): DlmsData {
  try {
    return octets === undefined ? nothing.value : decodeData(octets);
  } catch (error) {
    if (error instanceof DecodeError) return nothing.value;
    throw error;
  }
}

function isSame(one: MonitoredAttribute, other: MonitoredAttribute): boolean {
  return one.classId === other.classId && one.logicalName === other.logicalName && one.attribute === other.attribute;
}
