import { InvariantError } from "../errors.ts";
import type { CaptureBuffer, MeterState, StateCodec } from "../meter-model/index.ts";
import type { MeterStore } from "../virtual-meter/store.ts";

interface Saved {
  readonly core: unknown;
  readonly rows: ReadonlyMap<string, CaptureBuffer>;
  readonly blocks: ReadonlyMap<number, Uint8Array>;
}

/** Keeps a copy of the last state saved, for as long as the process lives. */
export class MemoryMeterStore implements MeterStore {
  readonly #codec: StateCodec;
  #saved: Saved | undefined;

  constructor(codec: StateCodec) {
    this.#codec = codec;
  }

  load(): MeterState | undefined {
    if (this.#saved === undefined) return undefined;
    const { core, rows, blocks } = this.#saved;
    const restored = this.#codec.restore(structuredClone(core), (name) => encoded(this.#codec, rows.get(name)), blocks);
    if ("damage" in restored) throw new InvariantError(`a copy of the state cannot be used: ${restored.damage}`);
    return restored.state;
  }

  save(state: Readonly<MeterState>): void {
    const rows = new Map(this.#codec.rowsOf(state).map(([name, buffer]) => [name, buffer.resized(buffer.capacity)]));
    this.#saved = { core: structuredClone(this.#codec.core(state)), rows, blocks: new Map(this.#codec.blocksOf(state)) };
  }

  async close(): Promise<void> {}
}

function encoded(codec: StateCodec, rows: CaptureBuffer | undefined): readonly unknown[] {
  return Array.from({ length: rows?.length ?? 0 }, (_, index) => codec.encodeRow((rows as CaptureBuffer).rowAt(index)));
}
