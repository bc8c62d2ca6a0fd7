import { ByteReader } from "../../src/bytes/byte-reader.ts";
import type { GetResult, ServiceRequest, ServiceResult, VariableRequest } from "../../src/dlms/association/services.ts";
import { type Apdu, type ApduOf, decodeApdu, readApdu } from "../../src/dlms/xdlms/apdu.ts";
import { apduTags } from "../../src/dlms/xdlms/tags.ts";
import { type Exchange, exchanges, type Recording } from "./recordings.ts";

/** One service of a recorded client, with the blocks of its answer. */
export interface RecordedService {
  readonly request: ServiceRequest;
  readonly exchanges: readonly Exchange[];
  /** Undefined where the transcript ends before the answer does. */
  readonly result: ServiceResult | undefined;
}

const release = new Set<number | undefined>([apduTags.aarq.plain, apduTags.rlrq.plain]);

/** The services of a transcript, without what opens and ends the association. */
export function services(recording: Recording): readonly RecordedService[] {
  const groups: Exchange[][] = [];
  for (const exchange of exchanges(recording)) {
    if (release.has(exchange.request[0])) continue;
    if (decodeApdu(exchange.request).type === "get-request-next") groups.at(-1)?.push(exchange);
    else groups.push([exchange]);
  }
  return groups.map((group) => ({
    request: requestOf(decodeApdu((group[0] as Exchange).request)),
    exchanges: group,
    result: resultOf(group.flatMap(({ answer }) => (answer === undefined ? [] : [answer]))),
  }));
}

/** What the answers to one request come to; undefined unless the last of them is the last. */
export function resultOf(answers: readonly Uint8Array[]): ServiceResult | undefined {
  const apdus = answers.map((answer) => readApdu(new ByteReader(answer)));
  const last = apdus.at(-1);
  if (last === undefined) return undefined;
  switch (last.type) {
    case "get-response-normal":
      return { service: "get", results: [last.result] };
    case "get-response-with-list":
      return { service: "get", results: last.results };
    case "get-response-with-datablock":
      if (last.result.data === undefined) return { service: "get", results: [{ error: last.result.error }] };
      return last.lastBlock ? { service: "get", results: [{ data: Buffer.concat(apdus.map(rawOf)) }] } : undefined;
    case "set-response-normal":
      return { service: "set", results: [last.result] };
    case "read-response":
      return { service: "read", results: last.results.map(readResultOf) };
    default:
      throw new TypeError(`no transcript has an answer ${last.type}`);
  }
}

function requestOf(apdu: Apdu): ServiceRequest {
  switch (apdu.type) {
    case "get-request-normal":
      return { service: "get", list: false, attributes: [{ attribute: apdu.attribute, selection: apdu.selection }] };
    case "get-request-with-list":
      return { service: "get", list: true, attributes: apdu.attributes };
    case "set-request-normal": {
      const { attribute, selection, value } = apdu;
      return { service: "set", list: false, attributes: [{ attribute, selection }], values: [value] };
    }
    case "read-request":
      return { service: "read", variables: apdu.specifications.map(variableOf) };
    default:
      throw new TypeError(`no transcript has a request ${apdu.type}`);
  }
}

function variableOf(specification: ApduOf<"read-request">["specifications"][number]): VariableRequest {
  if (specification.type === "variable-name") return { variableName: specification.variableName, selection: undefined };
  if (specification.type !== "parameterized-access") throw new TypeError(`no transcript has a variable ${specification.type}`);
  const { variableName, selector, parameters } = specification;
  return { variableName, selection: { selector, parameters } };
}

function readResultOf(result: ApduOf<"read-response">["results"][number]): GetResult {
  if (result.type === "data") return { data: result.data };
  if (result.type === "data-access-error") return { error: result.error };
  throw new TypeError(`no transcript has a result ${result.type}`);
}

function rawOf(apdu: Apdu): Uint8Array {
  return apdu.type === "get-response-with-datablock" ? (apdu.result.data ?? new Uint8Array()) : new Uint8Array();
}
