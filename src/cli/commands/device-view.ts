import type { DlmsClient } from "../../client/dlms-client.ts";
import { type DeviceView, readDeviceView } from "../../client/object-reader.ts";
import { cachedView } from "../view-cache.ts";

/**
 * What the association shows, from the cache where it may be; `save` keeps what was learnt. With short names it is always
 * read: base names are not kept, and the association objects are others than those with logical names.
 */
export async function deviceView(client: DlmsClient): Promise<{ readonly view: DeviceView; readonly save: () => void }> {
  if (client.context.referencing === "short-name") return { view: await readDeviceView(client), save: () => {} };
  return cachedView(client);
}
