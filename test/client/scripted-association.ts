import type { ServiceAssociation } from "../../src/client/association.ts";
import type { NegotiatedContext } from "../../src/dlms/association/negotiation.ts";
import { supportedConformance, unlimitedPduSize } from "../../src/dlms/association/negotiation.ts";
import type { AttributeRequest, GetResult, ServiceRequest } from "../../src/dlms/association/services.ts";
import { LocalProtocolError } from "../../src/errors.ts";

type GetRequest = ServiceRequest & { readonly service: "get" };

/** An association that does nothing but GET, and keeps what it was asked. */
export class ScriptedAssociation implements ServiceAssociation {
  readonly context: NegotiatedContext;
  readonly requests: GetRequest[] = [];
  readonly #answer: (attributes: readonly AttributeRequest[]) => readonly GetResult[];

  /** @param answer may throw what the meter answers to the request as a whole */
  constructor(answer: (attributes: readonly AttributeRequest[]) => readonly GetResult[], context: Partial<NegotiatedContext> = {}) {
    this.#answer = answer;
    this.context = {
      clientSap: 16,
      serverSap: 1,
      applicationContext: "logical-name",
      referencing: "logical-name",
      mechanism: "none",
      conformance: supportedConformance,
      clientMaxReceivePduSize: unlimitedPduSize,
      serverMaxReceivePduSize: unlimitedPduSize,
      ...context,
    };
  }

  /** Elements of each request, in order. */
  get lengths(): readonly number[] {
    return this.requests.map(({ attributes }) => attributes.length);
  }

  async request(request: ServiceRequest): Promise<{ readonly service: "get"; readonly results: readonly GetResult[] }> {
    if (request.service !== "get") throw new LocalProtocolError(`${request.service} is not in the script`);
    this.requests.push(request);
    return { service: "get", results: this.#answer(request.attributes) };
  }

  async close(): Promise<void> {}
}
