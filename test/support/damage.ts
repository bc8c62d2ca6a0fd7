import { getHeapStatistics } from "node:v8";
import { expect } from "chai";
import { refusal } from "./vectors.ts";

/** What one APDU may cost its receiver, whatever it is: ms, and octets of heap and buffers. */
const bound = { ms: 5, octets: 1024 * 1024 } as const;

/** So many cases share one look at the heap, as that takes longer than most of them. */
const batchSize = 8;

/** Every beginning of `whole` that is not all of it. */
export function* truncations(whole: Uint8Array): Generator<Uint8Array> {
  for (let end = 0; end < whole.length; end++) yield whole.slice(0, end);
}

/** `whole` with one octet changed, everywhere, into each of the values of `choose`. */
export function* changes(whole: Uint8Array, choose: (octet: number, place: number) => Iterable<number>): Generator<Uint8Array> {
  for (let place = 0; place < whole.length; place++) {
    const octet = whole[place] as number;
    for (const value of choose(octet, place)) {
      if (value === octet) continue;
      const changed = whole.slice();
      changed[place] = value;
      yield changed;
    }
  }
}

const every = Array.from({ length: 256 }, (_, value) => value);

/** Every other value of an octet. */
export const allValues = (): Iterable<number> => every;

/** Values that mean something in lengths, counts, tags and choices; each bit inverted; and another, different by place. */
export function tellingValues(octet: number, place: number): Iterable<number> {
  const inverted = Array.from({ length: 8 }, (_, bit) => octet ^ (1 << bit));
  return new Set([0x00, 0x01, 0x7f, 0x80, 0x84, 0xff, (octet * 7 + place * 31) & 0xff, ...inverted]);
}

/** Asserts that each case gives a value or DecodeError within the bounds of time and memory; how many there were. */
export function expectBounded(decode: (bytes: Uint8Array) => unknown, cases: Iterable<Uint8Array>): number {
  let count = 0;
  let batch: Uint8Array[] = [];
  const flush = (): void => {
    const grown = growth(() => {
      for (const bytes of batch) if (timeOf(decode, bytes) > bound.ms) expectQuick(decode, bytes);
    });
    // Less heap than before means that garbage was collected in between: nothing is known of what it hides.
    if (grown < 0 || grown > bound.octets) for (const bytes of batch) expectFrugal(decode, bytes);
    count += batch.length;
    batch = [];
  };
  for (const bytes of cases) {
    batch.push(bytes);
    if (batch.length === batchSize) flush();
  }
  flush();
  return count;
}

/** The fastest of a few runs, so that a pause of the machine does not count. */
function expectQuick(decode: (bytes: Uint8Array) => unknown, bytes: Uint8Array): void {
  const fastest = Math.min(...Array.from({ length: 3 }, () => timeOf(decode, bytes)));
  expect(fastest, `ms for ${Buffer.from(bytes).toString("hex")}`).to.be.lessThan(bound.ms);
}

/** The median of a few runs: a collection in the midst makes one of them too small, something else's garbage one too large. */
function expectFrugal(decode: (bytes: Uint8Array) => unknown, bytes: Uint8Array): void {
  const grown = Array.from({ length: 3 }, () => growth(() => refusal(() => decode(bytes)))).sort((a, b) => a - b);
  expect(grown[1], `octets for ${Buffer.from(bytes).toString("hex")}`).to.be.lessThan(bound.octets);
}

function timeOf(decode: (bytes: Uint8Array) => unknown, bytes: Uint8Array): number {
  const started = performance.now();
  refusal(() => decode(bytes));
  return performance.now() - started;
}

/** Octets of heap and buffers that `action` leaves behind, garbage included. */
export function growth(action: () => void): number {
  const before = inUse();
  action();
  return inUse() - before;
}

function inUse(): number {
  const { used_heap_size: heap, external_memory: buffers } = getHeapStatistics();
  return heap + buffers;
}
