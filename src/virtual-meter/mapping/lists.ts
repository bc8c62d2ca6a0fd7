import { type CaptureObject, noCaptureObject } from "../../cosem-objects/capture-object.ts";
import { ProfileGeneric } from "../../cosem-objects/classes/profile-generic.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { type Accessor, bind, type CosemObject } from "../../cosem-objects/object.ts";
import { profileBuffer } from "../../cosem-objects/profile-source.ts";
import { writeData } from "../../dlms/axdr/data.ts";
import type { Meter } from "../../meter-model/index.ts";
import type { DeviceObjects } from "../device-objects.ts";
import { toMeterInstant } from "./clock.ts";
import { value } from "./columns.ts";
import { parametersOf } from "./setups/parameters-of.ts";

const clock = value(8, "0.0.1.0.0.255", 2);
const register = (logicalName: LogicalName) => value(3, logicalName, 2);
const datum = (logicalName: LogicalName) => value(1, logicalName, 2);

const instantaneous: readonly CaptureObject[] = [
  register("1.0.32.7.0.255"),
  register("1.0.31.7.0.255"),
  register("1.0.91.7.0.255"),
  register("1.0.1.7.0.255"),
  register("1.0.2.7.0.255"),
  register("1.0.3.7.0.255"),
  register("1.0.4.7.0.255"),
  register("1.0.9.7.0.255"),
  register("1.0.13.7.0.255"),
  register("1.0.14.7.0.255"),
];

const controlState = value(70, "0.0.96.3.10.255", 3);
const identity = [datum("0.0.96.1.0.255"), datum("0.0.96.1.1.255")];
const totals = [
  register("1.0.1.8.0.255"),
  register("1.0.2.8.0.255"),
  register("1.0.3.8.0.255"),
  register("1.0.4.8.0.255"),
  register("1.0.9.8.0.255"),
];
const rates = [register("1.0.1.8.1.255"), register("1.0.1.8.2.255"), register("1.0.1.8.3.255"), register("1.0.1.8.4.255")];
const faults = [datum("0.0.97.97.0.255"), datum("0.0.97.98.0.255")];

/** What each list shows as it leaves the factory. */
const snapshot = [clock, ...instantaneous, register("0.0.96.66.3.255"), controlState];
const display = [clock, ...totals, ...rates, register("1.0.1.7.0.255"), register("1.0.32.7.0.255"), controlState, datum("0.0.96.14.0.255")];
const shortCodes = [...totals, ...rates, ...instantaneous, value(4, "1.0.1.6.0.255", 2), ...identity, ...faults];
const readout = [...identity, clock, ...totals, ...rates, value(4, "1.0.1.6.0.255", 2), ...faults];

/** Objects that one list may have. */
const longest = 100;

/** Lists of attributes, each with one row that shows them as they are: on the display, to mode C, at a glance. */
export function listObjects(meter: Meter, objects: DeviceObjects): readonly CosemObject[] {
  const adjustable = (logicalName: LogicalName, initial: readonly CaptureObject[]) =>
    list(
      meter,
      objects,
      logicalName,
      parametersOf(meter, ProfileGeneric, logicalName)("captureObjects", initial, (wanted) => isKnown(objects, wanted)),
    );
  return [
    list(meter, objects, "0.0.21.0.5.255", { get: () => snapshot }),
    adjustable("0.0.21.0.0.255", readout),
    adjustable("0.0.21.0.1.255", display),
    adjustable("0.0.21.0.2.255", shortCodes),
  ];
}

/** Whether there is every object that is wanted, and room for them. */
function isKnown(objects: DeviceObjects, wanted: readonly CaptureObject[]): boolean {
  return wanted.length <= longest && wanted.every(({ classId, logicalName }) => objects.find(classId, logicalName) !== undefined);
}

function list(
  meter: Meter,
  objects: DeviceObjects,
  logicalName: LogicalName,
  captureObjects: Accessor<readonly CaptureObject[]> & { readonly get: () => readonly CaptureObject[] },
): CosemObject {
  return bind(ProfileGeneric, {
    logicalName,
    attributes: {
      buffer: profileBuffer({
        captureObjects: captureObjects.get,
        snapshot: () => ({
          rowCount: 1,
          instant: () => meter.clockTime,
          writeCell: (_, column, writer) => writeData(writer, objects.read(captureObjects.get()[column] ?? noCaptureObject)),
        }),
        toInstant: (time) => toMeterInstant(meter, time),
      }),
      captureObjects,
      capturePeriod: 0,
      sortMethod: "fifo",
      sortObject: noCaptureObject,
      entriesInUse: 1,
      profileEntries: 1,
    },
    // The row is always the one of now: it can neither be older nor be missing.
    methods: { reset: () => undefined, capture: () => undefined },
  });
}
