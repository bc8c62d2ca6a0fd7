import type { Infer, Schema } from "../axdr/schema.ts";
import { boolean, octetString, sequence, sequenceOf, u32 } from "../axdr/untagged.ts";
import { attributeDescriptor, descriptorLength, invokeIdAndPriority } from "./descriptors.ts";
import { rawData } from "./raw-data.ts";
import { type DataAccessResult, dataAccessResult } from "./results.ts";
import { optionalSelection } from "./selective-access.ts";

/** Attribute descriptor with its optional selection. */
export const selectedAttribute = sequence("Cosem-Attribute-Descriptor-With-Selection", {
  attribute: attributeDescriptor,
  selection: optionalSelection,
});
export type SelectedAttribute = Infer<typeof selectedAttribute>;

/** SEQUENCE OF the above; each takes its descriptor and a presence octet at least. */
export const selectedAttributes = sequenceOf(selectedAttribute, descriptorLength + 1);

/** Get-Data-Result: one tagged value, or why there is none. */
export type GetDataResult =
  | { readonly data: Uint8Array; readonly error?: undefined }
  | { readonly error: DataAccessResult; readonly data?: undefined };

export const getDataResult: Schema<GetDataResult> = choiceOfData("Get-Data-Result", rawData);

/** raw-data of a block, or why the transfer ends. */
const blockResult: Schema<GetDataResult> = choiceOfData("DataBlock-G result", octetString);

/** Get-Request (C0). */
export const getRequest = {
  normal: sequence("Get-Request-Normal", { invoke: invokeIdAndPriority, attribute: attributeDescriptor, selection: optionalSelection }),
  next: sequence("Get-Request-Next", { invoke: invokeIdAndPriority, blockNumber: u32 }),
  withList: sequence("Get-Request-With-List", { invoke: invokeIdAndPriority, attributes: selectedAttributes }),
};

/** Get-Response (C4). */
export const getResponse = {
  normal: sequence("Get-Response-Normal", { invoke: invokeIdAndPriority, result: getDataResult }),
  withDatablock: sequence("Get-Response-With-Datablock", {
    invoke: invokeIdAndPriority,
    lastBlock: boolean,
    blockNumber: u32,
    result: blockResult,
  }),
  withList: sequence("Get-Response-With-List", { invoke: invokeIdAndPriority, results: sequenceOf(getDataResult, 2) }),
};

function choiceOfData(name: string, data: Schema<Uint8Array>): Schema<GetDataResult> {
  return {
    type: { name, alternatives: [data.type, dataAccessResult.type] },
    read: (reader) => {
      const start = reader.offset;
      switch (reader.u8(name)) {
        case 0:
          return { data: data.read(reader) };
        case 1:
          return { error: dataAccessResult.read(reader) };
        default:
          throw reader.error("bad-tag", name, "neither data nor data-access-result", start);
      }
    },
    write: (writer, value) => {
      if (value.data === undefined) {
        writer.u8(1);
        dataAccessResult.write(writer, value.error);
      } else {
        writer.u8(0);
        data.write(writer, value.data);
      }
    },
  };
}
