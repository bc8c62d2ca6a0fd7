import { ByteReader } from "../../bytes/byte-reader.ts";
import { UtilityTables } from "../../cosem-objects/classes/utility-tables.ts";
import { bind, type CosemObject } from "../../cosem-objects/object.ts";
import { encodeData } from "../../dlms/axdr/data.ts";
import { arrayOf, doubleLongUnsigned, longUnsigned, structure } from "../../dlms/axdr/data-schemas.ts";
import type { AccessSelection } from "../../dlms/xdlms/selective-access.ts";
import { DecodeError } from "../../errors.ts";
import type { MeterIdentity } from "../identity.ts";
import { ascii } from "./data-object.ts";

/** Selectors of the buffer: part by offset and count, and by index and count. */
const selectors = { offset: 1, index: 2 } as const;
const offsetAccess = structure({ offset: doubleLongUnsigned, count: longUnsigned });
const indexAccess = structure({ index: arrayOf(longUnsigned), count: longUnsigned });

/** Table 0 of ANSI C12.19, the general configuration: manufacturer, version, and that this is the only table. */
export function utilityTableObjects(identity: MeterIdentity): readonly CosemObject[] {
  const table = generalConfiguration(identity);
  return [
    bind(UtilityTables, {
      logicalName: "0.0.65.0.0.255",
      attributes: {
        tableId: 0,
        length: table.length,
        buffer: {
          encode(writer, selection) {
            const part = selected(table, selection);
            if (typeof part === "string") return part;
            writer.bytes(encodeData({ type: "octet-string", value: part }));
            return "success";
          },
        },
      },
    }),
  ];
}

/** GEN_CONFIG_TBL of ANSI C12.19-2012, table 0. */
function generalConfiguration({ logicalDeviceName }: MeterIdentity): Uint8Array {
  const manufacturer = ascii(logicalDeviceName.slice(0, 4).padEnd(4));
  return Uint8Array.of(
    0x00, // FORMAT_CONTROL_1: little-endian, ISO 7-bit characters
    0x02, // FORMAT_CONTROL_2: no time
    0x00, // FORMAT_CONTROL_3
    ...manufacturer,
    0x00, // NAMEPLATE_TYPE: electric
    0x00, // DEFAULT_SET_USED
    0x00, // MAX_PROC_PARM_LENGTH
    0x00, // MAX_RESP_DATA_LEN
    0x02, // STD_VERSION_NO
    0x00, // STD_REVISION_NO
    0x01, // DIM_STD_TBLS_USED
    0x00, // DIM_MFG_TBLS_USED
    0x00, // DIM_STD_PROC_USED
    0x00, // DIM_MFG_PROC_USED
    0x00, // DIM_MFG_STATUS_USED
    0x00, // NBR_PENDING
    0x01, // STD_TBLS_USED: table 0
    0x00, // STD_TBLS_WRITE
  );
}

function selected(table: Uint8Array, selection: AccessSelection | undefined): Uint8Array | "scope-of-access-violated" | "type-unmatched" {
  if (selection === undefined) return table;
  const reader = new ByteReader(selection.parameters);
  try {
    switch (selection.selector) {
      case selectors.offset: {
        const { offset, count } = offsetAccess.read(reader);
        return offset < table.length ? table.subarray(offset, offset + count) : "scope-of-access-violated";
      }
      // Elements of table 0 are single octets here.
      case selectors.index: {
        const { index, count } = indexAccess.read(reader);
        const [first = 0] = index;
        return index.length === 1 && first < table.length ? table.subarray(first, first + count) : "scope-of-access-violated";
      }
      default:
        return "scope-of-access-violated";
    }
  } catch (error) {
    if (error instanceof DecodeError) return "type-unmatched";
    throw error;
  }
}
