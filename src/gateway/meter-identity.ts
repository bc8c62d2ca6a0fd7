import type { DlmsClient } from "../client/dlms-client.ts";
import { Data } from "../cosem-objects/classes/data.ts";
import type { LogicalName } from "../cosem-objects/logical-name.ts";
import { plainValue } from "../cosem-objects/plain-value.ts";

/** Where a meter says who it is. */
const sources = {
  serialNumber: "0.0.96.1.0.255",
  model: "0.0.96.1.2.255",
  manufacturer: "0.0.96.1.3.255",
  firmware: "1.0.0.2.0.255",
  logicalDeviceName: "0.0.42.0.0.255",
} as const satisfies Readonly<Record<string, LogicalName>>;

type Name = keyof typeof sources;

/** Who a meter says it is, as far as it does. */
export type MeterIdentity = { readonly [Key in Name]?: string };

/** Reads who a meter is in one exchange; what it refuses or leaves empty is absent. */
export async function readMeterIdentity(client: Pick<DlmsClient, "getMany">): Promise<MeterIdentity> {
  const names = Object.keys(sources) as Name[];
  const outcomes = await client.getMany(
    names.map((name) => ({ classId: Data.classId, logicalName: sources[name], attribute: Data.attributes.value.id })),
  );
  const known = names.flatMap((name, index) => {
    const { value } = outcomes[index] ?? {};
    const text = value === undefined ? undefined : plainValue(value);
    return typeof text === "string" && text !== "" ? [[name, text] as const] : [];
  });
  return Object.fromEntries(known);
}

/** What tells a device, with the firmware in it, from another one; undefined where a meter says nothing of itself. */
export function identityKey({ logicalDeviceName, serialNumber, firmware }: MeterIdentity): string | undefined {
  if (logicalDeviceName === undefined && serialNumber === undefined) return undefined;
  return [logicalDeviceName ?? "", serialNumber ?? "", firmware ?? ""].join("/");
}
