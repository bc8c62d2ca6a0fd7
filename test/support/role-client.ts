import type { AssociationOptions } from "../../src/client/connect.ts";
import type { NegotiatedContext } from "../../src/dlms/association/negotiation.ts";
import type { AssociationSecurity } from "../../src/dlms/association/protection.ts";
import type { Conformance } from "../../src/dlms/xdlms/conformance.ts";
import type { MeterRole } from "../../src/virtual-meter/roles.ts";
import { DirectClient } from "./direct-client.ts";
import { asReader } from "./sample-meter.ts";
import { asClient, clients, type SecuredMeter } from "./secured-meter.ts";

/** A client that never opens its association has no service that reads, nor lists. */
const broadcastConformance: Conformance = new Set(["set", "action", "access"]);

/** A client of a meter in each of its roles, which has not associated yet; the pre-established one need not. */
export function roleClient(device: SecuredMeter, role: MeterRole): DirectClient {
  const clientSap = clients[role];
  if (role === "public") return new DirectClient(device.server, { clientSap, authentication: { mechanism: "none" } });
  if (role === "reader") return new DirectClient(device.server, asReader);
  const { authentication, security } = asClient(role, 0) as Required<AssociationOptions>;
  if (role !== "pre-established") return new DirectClient(device.server, { clientSap, authentication, ...(security && { security }) });
  const preEstablished: NegotiatedContext = {
    clientSap,
    serverSap: 1,
    applicationContext: "logical-name",
    referencing: "logical-name",
    mechanism: "none",
    conformance: broadcastConformance,
    clientMaxReceivePduSize: 0xffff,
    serverMaxReceivePduSize: 0xffff,
  };
  return new DirectClient(device.server, {
    clientSap,
    authentication: { mechanism: "none" },
    preEstablished,
    // Nobody has said whose keys these are, so that every APDU has to.
    security: { ...(security as AssociationSecurity), form: "general-global" },
  });
}
