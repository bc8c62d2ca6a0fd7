import { Data } from "../cosem-objects/classes/data.ts";
import type { LogicalName } from "../cosem-objects/logical-name.ts";
import { AssociationRejectedError, DlmsError, ExceptionResponseError, SecurityError, TransportError } from "../errors.ts";
import type { ClientCounters } from "./client-counters.ts";
import type { DlmsClient } from "./dlms-client.ts";

/**
 * Opens an association under keys. A meter that expects a higher invocation counter says so in an exception-response, or it
 * refuses, or is silent, and shows its counter to the public client; what it asks for is taken over, upwards only, and the
 * association tried once more (Green Book notes 7.7).
 * @param connectPublic opens an association of the public client, in which the counter may be read
 * @throws what `open` threw first, where no higher counter is asked for
 */
export async function openWithCounters(
  counters: ClientCounters,
  clientSap: number,
  open: () => Promise<DlmsClient>,
  connectPublic: () => Promise<DlmsClient>,
): Promise<DlmsClient> {
  try {
    return await attempt(counters, open);
  } catch (error) {
    const wanted = counterIn(error) ?? (mayBeTheCounter(error) ? await counterOf(clientSap, connectPublic) : undefined);
    if (wanted === undefined || !counters.raise(wanted)) throw error;
    return attempt(counters, open);
  }
}

function attempt(counters: ClientCounters, open: () => Promise<DlmsClient>): Promise<DlmsClient> {
  counters.begin();
  return open();
}

/** The counter that an exception-response asks for. */
function counterIn(error: unknown): number | undefined {
  const counter = error instanceof DlmsError ? error.details["invocationCounter"] : undefined;
  return typeof counter === "number" ? counter : undefined;
}

/** Some meters answer a counter that was used before with a refusal, others with silence or the end of the connection. */
function mayBeTheCounter(error: unknown): boolean {
  if (error instanceof TransportError) return error.code === "timeout" || error.code === "closed" || error.code === "link-failed";
  if (error instanceof SecurityError) return error.code === "authentication-failed";
  return error instanceof AssociationRejectedError || error instanceof ExceptionResponseError;
}

/** The first counter that the meter would take, as it shows the last one; undefined where it shows none. */
async function counterOf(clientSap: number, connectPublic: () => Promise<DlmsClient>): Promise<number | undefined> {
  let client: DlmsClient | undefined;
  try {
    client = await connectPublic();
    const outcomes = await client.getMany(
      counterNames(clientSap).map((logicalName) => ({ classId: Data.classId, logicalName, attribute: Data.attributes.value.id })),
    );
    const shown = outcomes.flatMap(({ value }) => (value?.type === "double-long-unsigned" ? [value.value] : []));
    return shown.length === 0 ? undefined : Math.max(...shown) + 1;
  } catch (error) {
    // What is to be told is why the association under keys failed.
    if (error instanceof DlmsError) return undefined;
    throw error;
  } finally {
    await client?.close();
  }
}

/** The counter of this client where the meter keeps one for each, and that of the meter: of both the higher one is safe. */
function counterNames(clientSap: number): readonly LogicalName[] {
  const common: LogicalName = "0.0.43.1.0.255";
  return clientSap >= 1 && clientSap <= 255 ? [`0.0.43.1.${clientSap}.255`, common] : [common];
}
