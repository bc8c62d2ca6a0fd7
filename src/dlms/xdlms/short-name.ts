import type { Infer } from "../axdr/schema.ts";
import { boolean, choice, octetString, optional, sequence, sequenceOf, u8, u16 } from "../axdr/untagged.ts";
import { rawData } from "./raw-data.ts";
import { dataAccessResult } from "./results.ts";

/** Variable-Access-Specification: an attribute or method by its short name, or a block of a long transfer. */
export const variableAccess = choice("Variable-Access-Specification", {
  "variable-name": [2, sequence("Variable-Name", { variableName: u16 })],
  "parameterized-access": [4, sequence("Parameterized-Access", { variableName: u16, selector: u8, parameters: rawData })],
  "block-number-access": [5, sequence("Block-Number-Access", { blockNumber: u16 })],
  "read-data-block-access": [6, sequence("Read-Data-Block-Access", { lastBlock: boolean, blockNumber: u16, raw: octetString })],
  "write-data-block-access": [7, sequence("Write-Data-Block-Access", { lastBlock: boolean, blockNumber: u16 })],
});
export type VariableAccess = Infer<typeof variableAccess>;

/** The smallest specification is a tag and a number of two octets. */
const specifications = sequenceOf(variableAccess, 3);

/** Read-Request (05). */
export const readRequest = sequence("Read-Request", { specifications });

const readResult = choice("Read-Response element", {
  data: [0, sequence("Data", { data: rawData })],
  "data-access-error": [1, sequence("Data-Access-Error", { error: dataAccessResult })],
  "data-block-result": [2, sequence("Data-Block-Result", { lastBlock: boolean, blockNumber: u16, raw: octetString })],
  "block-number": [3, sequence("Block-Number", { blockNumber: u16 })],
});
export type ReadResult = Infer<typeof readResult>;

const readResults = sequenceOf(readResult, 2);

/** Read-Response (0C). */
export const readResponse = sequence("Read-Response", { results: readResults });

/** Write-Request (06), and UnconfirmedWrite-Request (16) with the same fields: one data for each specification. */
export const writeRequest = sequence("Write-Request", { specifications, data: sequenceOf(rawData) });

const writeResult = choice("Write-Response element", {
  success: [0, sequence("Success", {})],
  "data-access-error": [1, sequence("Data-Access-Error", { error: dataAccessResult })],
  "block-number": [2, sequence("Block-Number", { blockNumber: u16 })],
});
export type WriteResult = Infer<typeof writeResult>;

const writeResults = sequenceOf(writeResult);

/** Write-Response (0D). */
export const writeResponse = sequence("Write-Response", { results: writeResults });

/** InformationReport-Request (18): values that a server with short names sends by itself; the time is a GeneralizedTime. */
export const informationReport = sequence("InformationReport-Request", {
  currentTime: optional(octetString),
  specifications,
  data: sequenceOf(rawData),
});
export type InformationReport = Infer<typeof informationReport>;
