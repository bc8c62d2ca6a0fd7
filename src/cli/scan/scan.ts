import { connect } from "../../client/connect.ts";
import type { DlmsClient } from "../../client/dlms-client.ts";
import { AssociationRejectedError, DlmsError, TransportError } from "../../errors.ts";
import type { Way } from "./ways.ts";

/** What a way led to. */
export type Attempt =
  /** A meter that lets the public client in, with its names. */
  | { readonly way: Way; readonly found: "meter"; readonly id: string; readonly serialNumber: string | undefined }
  /** A link, and a meter that refuses the public client. */
  | { readonly way: Way; readonly found: "link"; readonly reason: string }
  /** Nothing, and why. */
  | { readonly way: Way; readonly found: "nothing"; readonly reason: string; readonly hopeless: boolean };

const publicClient = 16;
/** ms for each answer: meters that are there take a fraction of it. */
const patience = 4000;
const names = [
  { classId: 1, logicalName: "0.0.42.0.0.255", attribute: 2 },
  { classId: 1, logicalName: "0.0.96.1.0.255", attribute: 2 },
] as const;

/** Tries one way as the public client, which every meter has to let in (Green Book 4.6.1). */
export async function attempt(way: Way): Promise<Attempt> {
  let client: DlmsClient;
  try {
    client = await connect(way.address, { clientSap: publicClient, physicalAddress: way.physical, timeout: patience });
  } catch (error) {
    if (error instanceof AssociationRejectedError) return { way, found: "link", reason: error.message };
    if (!(error instanceof DlmsError)) throw error;
    // A port that cannot be opened, and a host that cannot be found, are not there for any other way either.
    const hopeless = error instanceof TransportError && error.code === "open-failed";
    return { way, found: "nothing", reason: error.message, hopeless };
  }
  try {
    const [device, serial] = (await client.getMany(names)).map(({ value }) => textOf(value));
    return { way, found: "meter", id: device ?? serial ?? "meter", serialNumber: serial };
  } finally {
    await client.close();
  }
}

/** Tries ways until one leads to a meter, or to a link with one; `told` hears of each. */
export async function firstOf(ways: readonly Way[], told: (attempt: Attempt) => void): Promise<Attempt | undefined> {
  for (const way of ways) {
    const outcome = await attempt(way);
    told(outcome);
    if (outcome.found !== "nothing") return outcome;
    if (outcome.hopeless) return undefined;
  }
  return undefined;
}

function textOf(value: { readonly type: string; readonly value?: unknown } | undefined): string | undefined {
  if (value?.type !== "octet-string" && value?.type !== "visible-string") return undefined;
  const text = typeof value.value === "string" ? value.value : new TextDecoder().decode(value.value as Uint8Array);
  return /^[ -~]+$/.test(text) ? text.trim() : undefined;
}
