import { ByteReader } from "../../src/bytes/byte-reader.ts";
import { ByteWriter } from "../../src/bytes/byte-writer.ts";
import type { AttributeAddress, DlmsClient } from "../../src/client/dlms-client.ts";
import type { CaptureObject } from "../../src/cosem-objects/capture-object.ts";
import { noCaptureObject } from "../../src/cosem-objects/capture-object.ts";
import { ProfileGeneric } from "../../src/cosem-objects/classes/profile-generic.ts";
import { bind, type CosemObject, type ObjectContext } from "../../src/cosem-objects/object.ts";
import { profileBuffer } from "../../src/cosem-objects/profile-source.ts";
import { supportedConformance } from "../../src/dlms/association/negotiation.ts";
import { writeData } from "../../src/dlms/axdr/data.ts";
import { dateTimeToInstant } from "../../src/dlms/axdr/date-time.ts";
import type { DlmsData } from "../../src/dlms/axdr/dlms-data.ts";
import type { TableEncoding } from "../../src/dlms/axdr/table-writer.ts";
import { DataAccessError, TransportError } from "../../src/errors.ts";
import { LocalTime, type TimeZoneRule } from "../../src/meter-model/index.ts";
import { assumedDeviation, clockCell, clockOctets, number } from "../support/tables.ts";

export const loadProfile = "1.0.99.1.0.255";

/** Central Europe: the last Sundays of March and October, at two and three o'clock on the wall. */
export const centralEurope: TimeZoneRule = {
  standardOffsetMinutes: 60,
  dst: {
    enabled: true,
    deviationMinutes: 60,
    begin: { month: 3, day: "last", dayOfWeek: 7, hour: 2, minute: 0, second: 0 },
    end: { month: 10, day: "last", dayOfWeek: 7, hour: 3, minute: 0, second: 0 },
  },
};

/** A row by its time, ms UTC, and its register. */
export interface StoredRow {
  readonly instant: number;
  readonly energy: number;
}

export interface StoredProfileOptions {
  readonly encoding?: TableEncoding;
  /** Seconds. */
  readonly capturePeriod?: number;
  readonly serialNumber?: string;
  readonly unordered?: boolean;
  /** Whether times have their deviation; true unless said. */
  readonly stampsWithDeviation?: boolean;
  /** Whether rows can be asked for by number; true unless said. */
  readonly entries?: boolean;
  readonly columns?: readonly CaptureObject[];
}

const stamped: CaptureObject = { classId: 8, logicalName: "0.0.1.0.0.255", attribute: 2, dataIndex: 0 };
const energy: CaptureObject = { classId: 3, logicalName: "1.0.1.8.0.255", attribute: 2, dataIndex: 0 };

/** A meter in Central Europe with a load profile and nothing else, and a client of it whose connection may be cut. */
export class StoredProfile {
  rows: readonly StoredRow[];
  /** Answers until the connection breaks. */
  left = Number.POSITIVE_INFINITY;
  /** Requests for rows by range so far. */
  ranges = 0;
  readonly options: StoredProfileOptions;
  readonly #zone = new LocalTime(centralEurope);

  constructor(rows: readonly StoredRow[], options: StoredProfileOptions = {}) {
    this.rows = rows;
    this.options = options;
  }

  get client(): Pick<DlmsClient, "get" | "getRaw" | "getMany" | "getManyRaw"> {
    const getRaw = (address: AttributeAddress): Promise<Uint8Array> => this.#answer(address);
    return {
      getRaw,
      getManyRaw: (addresses) => Promise.all(addresses.map(getRaw)),
      getMany: async (addresses) =>
        addresses.map(({ logicalName }) => {
          const { serialNumber = "12345678" } = this.options;
          if (logicalName !== "0.0.96.1.0.255") return { error: "object-undefined" };
          return { value: { type: "visible-string", value: serialNumber } };
        }),
      get: (async (cosemClass: typeof ProfileGeneric, _: string, name: keyof typeof ProfileGeneric.attributes) => {
        const { id, schema } = cosemClass.attributes[name];
        return schema.read(new ByteReader(await getRaw({ classId: 7, logicalName: loadProfile, attribute: id })));
      }) as DlmsClient["get"],
    };
  }

  async #answer({ attribute, selection }: AttributeAddress): Promise<Uint8Array> {
    if (this.left <= 0) throw new TransportError("closed", "the cable was cut");
    this.left -= 1;
    if (selection?.selector === 1) this.ranges += 1;
    if (selection?.selector === 2 && this.options.entries === false) throw new DataAccessError("scope-of-access-violated", "no entries");
    const writer = new ByteWriter();
    const context = { association: { conformance: supportedConformance } } as unknown as ObjectContext;
    const result = this.#object().read(attribute, writer, selection, context);
    if (result !== "success") throw new DataAccessError(String(result), String(result));
    return writer.finish();
  }

  #object(): CosemObject {
    const { rows } = this;
    const { encoding = "plain", capturePeriod = 900, unordered = false, columns = [stamped, energy] } = this.options;
    return bind(ProfileGeneric, {
      logicalName: loadProfile,
      attributes: {
        buffer: profileBuffer({
          captureObjects: () => columns,
          snapshot: () => ({
            rowCount: rows.length,
            unordered,
            instant: (row) => rows[row]?.instant ?? Number.NaN,
            writeCell: (row, column, writer) => writeData(writer, this.#cell(rows[row] as StoredRow, column)),
          }),
          toInstant: (time) => {
            const instant = dateTimeToInstant(time);
            return instant === undefined || time.deviation !== undefined ? instant : this.#zone.instantsOf(instant)[0];
          },
          compression: { encoding, capturePeriod: () => capturePeriod },
        }),
        captureObjects: columns,
        capturePeriod,
        sortMethod: "fifo",
        sortObject: noCaptureObject,
        entriesInUse: rows.length,
        profileEntries: 10_000,
      },
    });
  }

  #cell({ instant, energy: value }: StoredRow, column: number): DlmsData {
    if (column > 0) return number("double-long-unsigned", value);
    const deviation = -this.#zone.offsetAt(instant) / 60_000;
    if (this.options.stampsWithDeviation !== false) return clockCell(instant, deviation);
    return { type: "octet-string", value: clockOctets(instant - (deviation - assumedDeviation) * 60_000, undefined) };
  }
}
