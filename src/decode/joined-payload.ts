import { ByteReader } from "../bytes/byte-reader.ts";
import type { Schema, TypeDescription } from "../dlms/axdr/schema.ts";
import { sequenceOf } from "../dlms/axdr/untagged.ts";
import { actionOutcome } from "../dlms/xdlms/action.ts";
import { type GetDataResult, getDataResult } from "../dlms/xdlms/get.ts";
import { rawData } from "../dlms/xdlms/raw-data.ts";
import { readRequest, readResponse, writeRequest } from "../dlms/xdlms/short-name.ts";
import { DecodeError } from "../errors.ts";
import type { BlockStream } from "./blocks.ts";

/** What joined blocks hold: the value, how it is declared, and the data in it in order. */
export interface JoinedPayload {
  readonly type: TypeDescription;
  readonly value: unknown;
  /** Undefined where an element was refused. */
  readonly data: readonly (Uint8Array | undefined)[];
}

interface Shape {
  readonly read: (bytes: Uint8Array) => JoinedPayload;
}

const single = shape(rawData, (value) => [value]);
const dataList = shape(sequenceOf(rawData), (values) => values);
const result = shape(getDataResult, ({ data }) => [data]);
const resultList = shape(sequenceOf(getDataResult, 2), (results) => results.map(({ data }) => data));
const outcomeList = shape(sequenceOf(actionOutcome, 2), (outcomes) =>
  outcomes.map(({ returned }) => (returned as GetDataResult | undefined)?.data),
);
const readRequestBody = shape(readRequest, () => []);
const readResponseBody = shape(readResponse, ({ results }) => results.map((found) => (found.type === "data" ? found.data : undefined)));
const writeRequestBody = shape(writeRequest, ({ data }) => data);

/**
 * What the joined raw data of a service may be (Green Book 9.4.6.12), for one and for a list. For the return parameters
 * of an ACTION the text leaves open whether the choice of data or error stands before them; peers do both. With short names
 * it is the body of the whole APDU (9.3.14, 9.3.15), for which some servers send the data of a single variable.
 */
const shapes: Readonly<Partial<Record<BlockStream, { readonly one: readonly Shape[]; readonly list: readonly Shape[] }>>> = {
  "get-response": { one: [single], list: [resultList] },
  "set-request": { one: [single], list: [dataList] },
  "action-request": { one: [single], list: [dataList] },
  "action-response": { one: [result, single], list: [outcomeList] },
  "read-request": { one: [readRequestBody], list: [] },
  "read-response": { one: [readResponseBody, single], list: [] },
  "write-request": { one: [writeRequestBody], list: [] },
};

/**
 * Reads the content of blocks.
 * @param list whether a list was asked for; undefined where that was not heard, and then whatever fits exactly counts
 * @throws DecodeError where it is none of what the service may send
 */
export function readJoined(stream: BlockStream, bytes: Uint8Array, list: boolean | undefined): JoinedPayload {
  const { one = [], list: many = [] } = shapes[stream] ?? {};
  const candidates = list === undefined ? [...one, ...many] : list ? many : one;
  let failure: DecodeError | undefined;
  for (const { read } of candidates) {
    try {
      return read(bytes);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      failure ??= error;
    }
  }
  throw failure ?? new DecodeError("bad-tag", stream, 0);
}

function shape<T>(schema: Schema<T>, dataOf: (value: T) => readonly (Uint8Array | undefined)[]): Shape {
  return {
    read: (bytes) => {
      const reader = new ByteReader(bytes);
      const value = schema.read(reader);
      reader.expectEnd("content of the blocks");
      return { type: schema.type, value, data: dataOf(value) };
    },
  };
}
