import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { ByteReader } from "../bytes/byte-reader.ts";
import { ByteWriter } from "../bytes/byte-writer.ts";
import { fromHex, toHex } from "../bytes/hex.ts";
import type { DlmsClient } from "../client/dlms-client.ts";
import { type DeviceView, readDeviceView } from "../client/object-reader.ts";
import { AssociationLn } from "../cosem-objects/classes/association-ln.ts";
import type { LogicalName } from "../cosem-objects/logical-name.ts";
import type { ScalerUnit } from "../cosem-objects/unit.ts";
import { encodeData } from "../dlms/axdr/data.ts";
import { DlmsError } from "../errors.ts";

/** What tells one device and firmware from another; absent where the client may not read them. */
const identity: readonly LogicalName[] = ["0.0.42.0.0.255", "0.0.96.1.0.255", "1.0.0.2.0.255", "1.1.0.2.0.255"];

/** Bumped whenever what is kept changes its meaning. */
const format = 1;

interface Kept {
  readonly format: number;
  /** object_list as the meter gave it, hex. */
  readonly objects: string;
  readonly scalers: Readonly<Record<string, ScalerUnit>>;
}

/**
 * The association's view, from the cache where this device, firmware and association are known: reading it takes seconds over
 * a slow line. `save` keeps what was learnt meanwhile. A cache that cannot be used is read anew, never an error.
 */
export async function cachedView(client: DlmsClient): Promise<{ readonly view: DeviceView; readonly save: () => void }> {
  const file = join(cacheFolder(), `${await keyOf(client)}.json`);
  const known = load(file);
  const view = known ?? (await readDeviceView(client));
  const learnt = view.scalers.size;
  const save = (): void => {
    if (known === undefined || view.scalers.size > learnt) store(file, view);
  };
  return { view, save };
}

/** The device, and what tells its associations apart: partners, application context and mechanism (Blue Book 4.4.4). */
async function keyOf(client: DlmsClient): Promise<string> {
  const outcomes = await client.getMany(identity.map((logicalName) => ({ classId: 1, logicalName, attribute: 2 })));
  const { clientSap, serverSap, applicationContext, mechanism } = client.context;
  const hash = createHash("sha256").update([clientSap, serverSap, applicationContext, mechanism].join("/"));
  for (const { value } of outcomes) hash.update(value === undefined ? "-" : encodeData(value));
  return hash.digest("hex").slice(0, 32);
}

function cacheFolder(): string {
  const base = process.env["XDG_CACHE_HOME"];
  return join(base === undefined || base === "" ? join(homedir(), ".cache") : base, "dlms-gateway");
}

function load(file: string): DeviceView | undefined {
  try {
    const kept = JSON.parse(readFileSync(file, "utf8")) as Kept;
    if (kept.format !== format) return undefined;
    const objects = AssociationLn.attributes.objectList.schema.read(new ByteReader(fromHex(kept.objects)));
    return { objects, scalers: new Map(Object.entries(kept.scalers)) };
  } catch (error) {
    if (error instanceof DlmsError || error instanceof SyntaxError || isFileError(error)) return undefined;
    throw error;
  }
}

function store(file: string, view: DeviceView): void {
  const writer = new ByteWriter(4096);
  AssociationLn.attributes.objectList.schema.write(writer, view.objects);
  const kept: Kept = { format, objects: toHex(writer.finish()), scalers: Object.fromEntries(view.scalers) };
  try {
    mkdirSync(cacheFolder(), { recursive: true });
    // Renaming is atomic, so that a reader never meets half a file.
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(kept));
    renameSync(`${file}.${process.pid}`, file);
  } catch (error) {
    if (!isFileError(error)) throw error;
  }
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && "code" in error && "syscall" in error;
}
