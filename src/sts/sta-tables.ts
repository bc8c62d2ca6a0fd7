import { ConfigError } from "../errors.ts";

/** What EA07 is made with. The set that interoperates is handed out by the STS Association to its members. */
export interface StaTables {
  /** The substitution of nibbles where the key bit is 0, and where it is 1: permutations of 0 to 15. */
  readonly S1: readonly number[];
  readonly S2: readonly number[];
  /** Bit i of the block, 0 the least significant, moves to bit P[i]: a permutation of 0 to 63. */
  readonly P: readonly number[];
}

const lengths = { S1: 16, S2: 16, P: 64 } as const satisfies Readonly<Record<keyof StaTables, number>>;

/** The set printed in IEC 62055-41 for its worked examples: good for tests and demonstrations, unknown to meters in the field. */
export const sampleStaTables: StaTables = {
  S1: [12, 10, 8, 4, 3, 15, 0, 2, 14, 1, 5, 13, 6, 9, 7, 11],
  S2: [6, 9, 7, 4, 3, 10, 12, 14, 2, 13, 1, 15, 0, 11, 8, 5],
  P: [
    [29, 27, 34, 9, 16, 62, 55, 2, 40, 49, 38, 25, 33, 61, 30, 23],
    [1, 41, 21, 57, 42, 15, 5, 58, 19, 53, 22, 17, 48, 28, 24, 39],
    [3, 60, 36, 14, 11, 52, 54, 12, 31, 51, 10, 26, 0, 45, 37, 43],
    [44, 6, 59, 4, 7, 35, 56, 50, 13, 18, 32, 47, 46, 63, 20, 8],
  ].flat(),
};

/**
 * The tables of a parsed JSON file `{"S1":[16 numbers],"S2":[16],"P":[64]}`, copied.
 * @throws ConfigError with the path of the first entry that makes it none; never with the entry, since a member's tables are secret
 */
export function staTablesFrom(file: unknown): StaTables {
  if (typeof file !== "object" || file === null) throw new ConfigError("", "expected an object with the tables S1, S2 and P");
  const entries = file as Readonly<Record<string, unknown>>;
  if (Object.keys(entries).some((name) => !Object.hasOwn(lengths, name)))
    throw new ConfigError("", "expected the tables S1, S2 and P and nothing else");
  return { S1: permutation(entries, "S1"), S2: permutation(entries, "S2"), P: permutation(entries, "P") };
}

function permutation(entries: Readonly<Record<string, unknown>>, name: keyof StaTables): readonly number[] {
  const table = entries[name];
  const length = lengths[name];
  if (!Array.isArray(table) || table.length !== length) throw new ConfigError(name, `expected an array of ${length} numbers`);
  const seen = new Set<number>();
  for (let index = 0; index < length; index++) {
    const value: unknown = table[index];
    if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value >= length || seen.has(value)) {
      throw new ConfigError(`${name}[${index}]`, `expected each number from 0 to ${length - 1} once`);
    }
    seen.add(value);
  }
  return [...seen];
}
