import { createHash } from "node:crypto";
import { type MeterState, stateCodec } from "../../../src/meter-model/index.ts";

/**
 * A state in one word: everything but the rows, of which it has how many there are, and the newest of each profile and
 * log. Rows never change, so that states with one fingerprint are the same.
 */
export function fingerprint(state: Readonly<MeterState>): string {
  const newest = stateCodec.rowsOf(state).map(([, rows]) => (rows.length === 0 ? [] : stateCodec.encodeRow(rows.rowAt(rows.length - 1))));
  const blocks = [...stateCodec.blocksOf(state)].sort(([a], [b]) => a - b).map(([number, octets]) => [number, [...octets]]);
  return createHash("sha256")
    .update(JSON.stringify([sorted(stateCodec.core(state)), newest, blocks]))
    .digest("hex")
    .slice(0, 32);
}

/** With the fields of every object in one order. */
function sorted(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, part]) => [name, sorted(part)]),
  );
}
