import type { CaptureBuffer, MeterState, ProfileName } from "../meter-model/index.ts";
import type { MeterStore } from "../virtual-meter/store.ts";

/** Keeps a copy of the last state saved, for as long as the process lives. */
export class MemoryMeterStore implements MeterStore {
  #saved: MeterState | undefined;

  load(): MeterState | undefined {
    return this.#saved === undefined ? undefined : copy(this.#saved);
  }

  save(state: Readonly<MeterState>): void {
    this.#saved = copy(state);
  }

  async close(): Promise<void> {}
}

function copy(state: Readonly<MeterState>): MeterState {
  const { profiles, ...core } = state;
  const copies = Object.entries(profiles).map(([name, profile]) => [name, { ...profile, rows: copyRows(profile.rows) }]);
  return { ...structuredClone(core), profiles: Object.fromEntries(copies) as Record<ProfileName, MeterState["profiles"][ProfileName]> };
}

function copyRows(rows: CaptureBuffer): CaptureBuffer {
  return rows.resized(rows.capacity);
}
