/** One figure of a benchmark; the keys are an interface. */
export interface Measurement {
  readonly name: string;
  /** Median of the runs. */
  readonly value: number;
  readonly unit: string;
  readonly better: "higher" | "lower";
  readonly runs: readonly number[];
}

export interface Benchmark {
  readonly name: string;
  readonly description: string;
  /** It takes minutes: it runs when it is named, and not with all the others. */
  readonly onlyByName?: true;
  run(): Promise<readonly Measurement[]>;
}

/** Puts runs together under one name. */
export function measurement(name: string, unit: string, better: Measurement["better"], runs: readonly number[]): Measurement {
  return { name, value: rounded(median(runs)), unit, better, runs: runs.map(rounded) };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** Four significant digits: more would promise what the machine does not hold. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
