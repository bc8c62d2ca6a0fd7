import { fromHex, toHex } from "../bytes/hex.ts";
import type { DlmsClient } from "../client/dlms-client.ts";
import type { ObjectReader } from "../client/object-reader.ts";
import { describeProfiles, rowsAddress } from "../client/profile-reader.ts";
import type { LogicalName } from "../cosem-objects/logical-name.ts";
import { plainValue } from "../cosem-objects/plain-value.ts";
import { type ProfileDescription, ProfileTable } from "../cosem-objects/profile-table.ts";
import { type CosemDateTime, decodeDateTime, encodeDateTime, formatDateTime } from "../dlms/axdr/date-time.ts";
import { ConfigError, InvariantError } from "../errors.ts";
import { type ChunkPlan, chunksOf, emptyTable, type ProfileChunk, rowsWithin } from "./profile-chunks.ts";
import { ResumableFile, sidecarOf } from "./profile-file.ts";
import { oldestBehind, planChunks, type TypedLimits } from "./profile-plan.ts";
import { type RowFormatName, rowFormats } from "./profile-text.ts";
import type { RowProgress } from "./progress.ts";

/** What a file of rows is to hold, as it was typed. */
export interface ResumableRead {
  readonly logicalName: LogicalName;
  readonly limits: TypedLimits;
  readonly format: RowFormatName;
  readonly path: string;
}

/** What has to be the same when a file is gone on with, by the words that tell people what is not. */
const origins = ["meter", "profile", "columns", "range", "format"] as const;

type Origin = Readonly<Record<(typeof origins)[number], string>>;

interface State {
  readonly origin: Origin;
  readonly plan: { readonly from: string; readonly to: string; readonly deviation: number | null; readonly cuts: readonly number[] };
  readonly done: number;
  readonly rows: number;
}

type ResumableClient = Pick<DlmsClient, "get" | "getRaw" | "getMany" | "getManyRaw">;

/** What tells one meter from another: logical device name and serial number. */
const identity: readonly LogicalName[] = ["0.0.42.0.0.255", "0.0.96.1.0.255"];

/** What became of a read. */
export interface ResumableResult {
  /** Of the whole file. */
  readonly rows: number;
  /**
   * The time of the meter's oldest row, ISO 8601, where the read was to go on before it: what the meter has overwritten in
   * the meantime is lacking.
   */
  readonly lackingBefore?: string;
}

/**
 * Reads a profile by ranges into a file, or goes on where an earlier read of it was interrupted. However often that
 * happens, the file is octet for octet the one of a read that was not.
 * @throws ConfigError where the file is of another meter, profile, range or format, DataAccessError where the meter refuses
 */
export async function readResumably(
  client: ResumableClient,
  reader: Pick<ObjectReader, "scalersOf">,
  wanted: ResumableRead,
  onProgress: (progress: RowProgress) => void = () => {},
): Promise<ResumableResult> {
  const { path, logicalName, limits } = wanted;
  const [profile] = await describeProfiles(client, reader, [logicalName]);
  if (profile === undefined) throw new InvariantError("a profile without description");
  const origin = originOf(await identityOf(client), profile, wanted);
  const file = ResumableFile.reopen(path, isState) ?? begin(path, origin, await planChunks(client, profile, limits));
  checkOrigin(path, file.state.origin, origin);
  const format = rowFormats[wanted.format];
  if (file.empty) file.append(format.head(emptyTable(profile)), file.state);
  const plan = planOf(file.state);
  const chunks = chunksOf(plan);
  const report = (): void => onProgress({ rows: file.state.rows, done: file.state.done, total: chunks.length });
  report();
  const lost = await lostRows(client, profile, plan, chunks[file.state.done]);
  for (const chunk of chunks.slice(file.state.done)) {
    const table = await readChunk(client, profile, chunk);
    const rows = rowsWithin(chunk, table, plan.deviation);
    const text = rows.map((row) => format.row(table.row(row))).join("");
    file.append(text, { ...file.state, done: file.state.done + 1, rows: file.state.rows + rows.length });
    report();
  }
  file.finish();
  return { rows: file.state.rows, ...(lost === undefined ? {} : { lackingBefore: formatDateTime(lost) }) };
}

/** Where rows of the next piece may be gone; before the first piece there is nothing that could have been read sooner. */
async function lostRows(
  client: ResumableClient,
  profile: ProfileDescription,
  { deviation }: ChunkPlan,
  next: ProfileChunk | undefined,
): Promise<CosemDateTime | undefined> {
  return next === undefined || !Number.isFinite(next.first) ? undefined : oldestBehind(client, profile, next.first, deviation);
}

async function readChunk(client: ResumableClient, profile: ProfileDescription, { from, to }: ProfileChunk): Promise<ProfileTable> {
  return new ProfileTable(profile, await client.getRaw(await rowsAddress(client, profile, { kind: "range", from, to })));
}

async function identityOf(client: ResumableClient): Promise<string> {
  const outcomes = await client.getMany(identity.map((logicalName) => ({ classId: 1, logicalName, attribute: 2 })));
  return outcomes.map(({ value }) => (value === undefined ? "-" : String(plainValue(value)))).join(" ");
}

function originOf(meter: string, profile: ProfileDescription, { logicalName, limits, format }: ResumableRead): Origin {
  const columns = emptyTable(profile).columns.map(
    ({ classId, logicalName, attribute, dataIndex, scaler, unit }) =>
      `${classId} ${logicalName} ${attribute} ${dataIndex} ${scaler} ${unit ?? "-"}`,
  );
  return { meter, profile: logicalName, columns: columns.join(", "), range: `${limits.from ?? ""} to ${limits.to ?? ""}`, format };
}

function checkOrigin(path: string, kept: Origin, now: Origin): void {
  const differs = origins.find((key) => kept[key] !== now[key]);
  if (differs === undefined) return;
  throw new ConfigError("--resume", `${path} is of another ${differs}: ${kept[differs]}, and this is ${now[differs]}`, {
    hint: `ask for the same again, or remove ${path} and ${sidecarOf(path)} to begin anew`,
  });
}

function begin(path: string, origin: Origin, { from, to, deviation, cuts }: ChunkPlan): ResumableFile<State> {
  const plan = { from: timeToHex(from), to: timeToHex(to), deviation: deviation ?? null, cuts };
  return ResumableFile.begin<State>(path, { origin, plan, done: 0, rows: 0 });
}

function planOf({ plan }: State): ChunkPlan {
  const [from, to] = [plan.from, plan.to].map((hex) => decodeDateTime(fromHex(hex))) as [CosemDateTime, CosemDateTime];
  return { from, to, deviation: plan.deviation ?? undefined, cuts: plan.cuts };
}

function timeToHex(time: CosemDateTime): string {
  return toHex(encodeDateTime(time));
}

function isState(value: unknown): value is State {
  const { origin, plan, done, rows } = (value ?? {}) as Partial<Record<keyof State, unknown>>;
  const { from, to, deviation, cuts } = (plan ?? {}) as Partial<Record<keyof State["plan"], unknown>>;
  return (
    origins.every((key) => typeof ((origin ?? {}) as Partial<Record<string, unknown>>)[key] === "string") &&
    [from, to].every((time) => typeof time === "string" && /^[0-9a-f]{24}$/i.test(time)) &&
    (deviation === null || Number.isInteger(deviation)) &&
    Array.isArray(cuts) &&
    cuts.every(Number.isSafeInteger) &&
    [done, rows].every((count) => Number.isSafeInteger(count) && (count as number) >= 0)
  );
}
