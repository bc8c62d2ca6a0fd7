import type { DlmsClient } from "../../client/dlms-client.ts";
import { AssociationLn, currentAssociation } from "../../cosem-objects/classes/association-ln.ts";
import { type LogicalName, parseLogicalName } from "../../cosem-objects/logical-name.ts";
import { ConfigError } from "../../errors.ts";

/** security_setup_reference of an association without one. */
const none: LogicalName = "0.0.0.0.0.0";

/**
 * The security setup that a command is about: the one named, or that of the association.
 * @throws ConfigError where the association has none, and for what is no logical name
 */
export async function securitySetupOf(client: DlmsClient, named: string | undefined): Promise<LogicalName> {
  if (named !== undefined) return parseLogicalName(named);
  const reference = await client.get(AssociationLn, currentAssociation, "securitySetupReference");
  if (reference !== none) return reference;
  throw new ConfigError("--setup", "the association has no security setup of its own", {
    hint: "name one, for example --setup 0.0.43.0.4.255",
  });
}
