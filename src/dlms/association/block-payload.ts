import { ByteReader } from "../../bytes/byte-reader.ts";
import { ByteWriter } from "../../bytes/byte-writer.ts";
import { DecodeError } from "../../errors.ts";
import { octetString } from "../axdr/data-schemas.ts";
import type { Infer, Schema } from "../axdr/schema.ts";
import { sequenceOf } from "../axdr/untagged.ts";
import { actionOutcome } from "../xdlms/action.ts";
import type { ApduOf } from "../xdlms/apdu.ts";
import { getDataResult } from "../xdlms/get.ts";
import { rawData } from "../xdlms/raw-data.ts";
import { readRequest, readResponse, writeRequest } from "../xdlms/short-name.ts";
import type { ActionOutcome, GetResult } from "./services.ts";

/*
 * Payloads that travel in blocks: what the joined raw data of a transfer mean (Green Book 9.4.6.12). A single result is
 * its data alone, a list is counted.
 */

const getResults = sequenceOf(getDataResult, 2);
const actionOutcomes = sequenceOf(actionOutcome, 2);
const dataList = sequenceOf(rawData);

/** GET with list: n { Get-Data-Result }. */
export const encodeGetResults = (results: readonly GetResult[]): Uint8Array => encodeAll(getResults, results);

/** ACTION with list: n { Action-Response-With-Optional-Data }. */
export const encodeActionOutcomes = (outcomes: readonly ActionOutcome[]): Uint8Array => encodeAll(actionOutcomes, outcomes);

/** SET and ACTION request with list: n { Data }. */
export const encodeDataList = (values: readonly Uint8Array[]): Uint8Array => encodeAll(dataList, values);

/** @throws DecodeError */
export const decodeGetResults = (payload: Uint8Array): readonly GetResult[] => decodeAll(getResults, payload, "Get-Data-Results");

/** @throws DecodeError */
export const decodeActionOutcomes = (payload: Uint8Array): readonly ActionOutcome[] =>
  decodeAll(actionOutcomes, payload, "Action outcomes");

/** @throws DecodeError */
export const decodeDataList = (payload: Uint8Array): readonly Uint8Array[] => decodeAll(dataList, payload, "list of data");

/** Exactly one tagged value. @throws DecodeError */
export const decodeSingle = (payload: Uint8Array): Uint8Array => decodeAll(rawData, payload, "data");

function decodeAll<T>(schema: Schema<T>, payload: Uint8Array, what: string): T {
  const reader = new ByteReader(payload);
  const value = schema.read(reader);
  reader.expectEnd(what);
  return value;
}

function encodeAll<T>(schema: Schema<T>, value: T): Uint8Array {
  const writer = new ByteWriter(1024);
  schema.write(writer, value);
  return writer.finish();
}

/** One outcome, or with list as many as were asked for, as an ACTION's response blocks carry them. */
export function decodeActionBlocks(payload: Uint8Array, list: boolean): readonly ActionOutcome[] {
  return list ? decodeActionOutcomes(payload) : [{ result: "success", returned: decodeReturned(payload) }];
}

/**
 * The return parameters of a single ACTION. The standard's text leaves open whether the blocks carry
 * Get-Data-Result or the data alone; peers do both, so whichever fits the octets exactly is taken.
 */
function decodeReturned(payload: Uint8Array): GetResult {
  try {
    return decodeAll(getDataResult, payload, "return parameters");
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { data: decodeSingle(payload) };
  }
}

type ReadResults = ApduOf<"read-response">["results"];

/**
 * What the blocks of a Read join to: the body of the whole response. Of a single variable some peers send the data alone
 * (Gurux does), so whichever fits the octets exactly is taken.
 * @throws DecodeError
 */
export function decodeReadBlocks(payload: Uint8Array, count: number): ReadResults {
  try {
    return decodeAll(readResponse, payload, "read-response").results;
  } catch (error) {
    if (!(error instanceof DecodeError) || count !== 1) throw error;
    return [{ type: "data", data: decodeSingle(payload) }];
  }
}

/** The variables of a Read request that came in blocks. @throws DecodeError */
export const decodeReadRequest = (payload: Uint8Array): Infer<typeof readRequest> => decodeAll(readRequest, payload, "read-request");

/** The variables and values of a Write request that came in blocks. @throws DecodeError */
export const decodeWriteRequest = (payload: Uint8Array): Infer<typeof writeRequest> => decodeAll(writeRequest, payload, "write-request");

/** Raw data of a Write block travel as one octet-string. */
export const encodeOctetString = (raw: Uint8Array): Uint8Array => encodeAll(octetString, raw);

/** @throws DecodeError */
export const decodeOctetString = (data: Uint8Array): Uint8Array => decodeAll(octetString, data, "octet-string");
