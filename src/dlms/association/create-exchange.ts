import { AccessExchange } from "./client-access.ts";
import type { ClientExchange } from "./client-exchange.ts";
import { LogicalNameExchange } from "./client-logical-name.ts";
import { ShortNameExchange } from "./client-short-name.ts";
import type { InvokeId } from "./events.ts";
import type { NegotiatedContext } from "./negotiation.ts";
import type { ServiceOptions, ServiceRequest } from "./services.ts";

/**
 * The exchange that carries a request out, or undefined for a service of the other referencing.
 * @param maxResponseLength octets that a long answer may have
 */
export function createExchange(
  request: ServiceRequest,
  invokeId: InvokeId,
  { confirmed = true, highPriority = true }: ServiceOptions,
  context: NegotiatedContext,
  maxResponseLength: number,
): ClientExchange | undefined {
  const shortName = request.service === "read" || request.service === "write";
  if (shortName !== (context.referencing === "short-name")) return undefined;
  switch (request.service) {
    case "read":
    case "write":
      return new ShortNameExchange(request, confirmed, context, maxResponseLength);
    case "access": {
      const { breakOnError = false, selfDescriptive = false } = request;
      const invoke = { longInvokeId: invokeId & 0xffffff, selfDescriptive, breakOnError, confirmed, highPriority, reserved: 0 };
      return new AccessExchange(request, invoke, context);
    }
    default:
      return new LogicalNameExchange(
        request,
        { invokeId: invokeId & 0x0f, confirmed, highPriority, reserved: 0 },
        context,
        maxResponseLength,
      );
  }
}
