import { ByteWriter } from "../../src/bytes/byte-writer.ts";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import type { ServiceAssociation } from "../../src/client/association.ts";
import { AssociationSn, type ShortNameListElement } from "../../src/cosem-objects/classes/association-sn.ts";
import { type NegotiatedContext, supportedFor, unlimitedPduSize } from "../../src/dlms/association/negotiation.ts";
import type { GetResult, ServiceRequest, ServiceResult, VariableRequest } from "../../src/dlms/association/services.ts";
import type { DataAccessResult } from "../../src/dlms/xdlms/results.ts";
import { LocalProtocolError } from "../../src/errors.ts";

/** What a meter has behind a short name: a value in hex, or how it refuses. */
export type Behind = { readonly hex: string } | { readonly refusal: DataAccessResult };

/** An association with a meter that knows nothing but variables, and keeps what it was asked. */
export class ShortNameMeter implements ServiceAssociation {
  readonly context: NegotiatedContext = {
    clientSap: 16,
    serverSap: 1,
    applicationContext: "short-name",
    referencing: "short-name",
    mechanism: "none",
    conformance: supportedFor("short-name"),
    clientMaxReceivePduSize: unlimitedPduSize,
    serverMaxReceivePduSize: unlimitedPduSize,
  };
  /** "read 1008", "read 1058/0 0F00" with a selection, "write 1028 0F00", in order; several joined by commas. */
  readonly asked: string[] = [];
  readonly variables: Map<number, Behind>;

  constructor(variables: Readonly<Record<number, Behind>>) {
    this.variables = new Map(Object.entries(variables).map(([name, behind]) => [Number(name), behind]));
  }

  async request(request: ServiceRequest): Promise<ServiceResult> {
    switch (request.service) {
      case "read":
        this.asked.push(`read ${request.variables.map(nameOf).join(", ")}`);
        return { service: "read", results: request.variables.map(({ variableName }) => this.#read(variableName)) };
      case "write":
        this.asked.push(
          `write ${request.variables.map((variable, index) => `${nameOf(variable)} ${toHex(request.values[index] as Uint8Array)}`).join(", ")}`,
        );
        return { service: "write", results: request.variables.map(({ variableName }) => this.#read(variableName).error ?? "success") };
      default:
        throw new LocalProtocolError(`${request.service} is no service of short names`);
    }
  }

  async close(): Promise<void> {}

  #read(variableName: number): GetResult {
    const behind = this.variables.get(variableName);
    if (behind === undefined) return { error: "object-undefined" };
    return "hex" in behind ? { data: fromHex(behind.hex) } : { error: behind.refusal };
  }
}

function nameOf({ variableName, selection }: VariableRequest): string {
  const name = toHex(Uint8Array.of(variableName >> 8, variableName & 0xff));
  return selection === undefined ? name : `${name}/${selection.selector} ${toHex(selection.parameters)}`;
}

/** An object list as the meter sends it. */
export function objectListHex(list: readonly ShortNameListElement[]): string {
  const writer = new ByteWriter(256);
  AssociationSn.attributes.objectList.schema.write(writer, list);
  return toHex(writer.finish());
}
