import { type ColumnTable, decodeColumns } from "../dlms/axdr/columns.ts";
import { formatDateTime, instantToDateTime } from "../dlms/axdr/date-time.ts";
import { DecodeError } from "../errors.ts";
import { type CaptureObject, isClockTime } from "./capture-object.ts";
import { findClass } from "./catalogue.ts";
import { attributeById } from "./define.ts";
import { formatObis, type LogicalName } from "./logical-name.ts";
import { nameOf } from "./names.ts";
import { type PlainValue, plainOctets, plainValue } from "./plain-value.ts";
import { type ScalerUnit, scaleValue, unitSymbol } from "./unit.ts";

/** A column of a profile: what it is a capture of, and what to call it. */
export interface ProfileColumn extends CaptureObject {
  readonly name: string;
  readonly scaler: number;
  /** Symbol of the unit, where it has one. */
  readonly unit: string | undefined;
}

/** What is known of a profile before its rows. */
export interface ProfileDescription {
  readonly logicalName: LogicalName;
  /** Seconds; 0 for captures on request. */
  readonly capturePeriod: number;
  readonly captureObjects: readonly CaptureObject[];
  /** Scaler and unit of each column, in order. */
  readonly scalerUnits: readonly (ScalerUnit | undefined)[];
}

/** What most classes have their value in, so that a column is called after its object alone. */
const valueAttribute = 2;

/** A profile as a client got it: named, typed columns over the octets of the buffer, decoded when they are looked at. */
export class ProfileTable {
  readonly logicalName: LogicalName;
  readonly capturePeriod: number;
  readonly columns: readonly ProfileColumn[];
  /** The values, raw: unscaled numbers, instants with deviations, octets. */
  readonly values: ColumnTable;

  /** @throws DecodeError for octets that are no buffer, or the buffer of other columns */
  constructor(profile: ProfileDescription, buffer: Uint8Array) {
    this.logicalName = profile.logicalName;
    this.capturePeriod = profile.capturePeriod;
    this.columns = profile.captureObjects.map((object, index) => describe(object, profile.scalerUnits[index]));
    const clockColumns = profile.captureObjects.flatMap((object, index) => (isClockTime(object) ? [index] : []));
    this.values = decodeColumns(buffer, { clockColumns, capturePeriod: profile.capturePeriod * 1000 });
    const { rowCount, columnCount } = this.values;
    if (rowCount > 0 && columnCount !== this.columns.length) {
      throw new DecodeError("bad-length", "buffer", 0, `buffer: rows of ${columnCount} cells for ${this.columns.length} capture objects`);
    }
  }

  get rowCount(): number {
    return this.values.rowCount;
  }

  /** One cell as people and JSON know it: scaled, times as ISO 8601. */
  cell(row: number, column: number): PlainValue {
    const values = this.values.column(column);
    const scaler = this.columns[column]?.scaler ?? 0;
    switch (values.kind) {
      case "numbers":
        return scaleValue(values.values[row] as number, scaler);
      case "bigints":
        return scaleValue(values.values[row] as bigint, scaler);
      case "instants": {
        const instant = values.instants[row] as number;
        if (Number.isNaN(instant)) return plainValue(this.values.cell(row, column));
        return formatDateTime(instantToDateTime(instant, values.deviations[row] as number));
      }
      case "octets":
        return plainOctets(values.values[row] as Uint8Array);
      case "texts":
        return values.values[row] as string;
      case "mixed":
        return plainValue(values.values[row] as Parameters<typeof plainValue>[0], scaler);
    }
  }

  row(row: number): readonly PlainValue[] {
    return this.columns.map((_, column) => this.cell(row, column));
  }
}

function describe(object: CaptureObject, scalerUnit: ScalerUnit | undefined): ProfileColumn {
  return { ...object, name: columnName(object), scaler: scalerUnit?.scaler ?? 0, unit: scalerUnit && unitSymbol(scalerUnit.unit) };
}

function columnName({ logicalName, classId, attribute, dataIndex }: CaptureObject): string {
  const name = nameOf(logicalName) ?? formatObis(logicalName);
  const element = dataIndex === 0 ? "" : ` [${dataIndex}]`;
  const cosemClass = attribute === valueAttribute ? undefined : findClass(classId);
  const attributeName = cosemClass && attributeById(cosemClass, attribute)?.name;
  return attributeName === undefined ? `${name}${element}` : `${name}, ${attributeName}${element}`;
}
