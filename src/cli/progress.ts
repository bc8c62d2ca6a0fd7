import type { OutputStream } from "./output.ts";

/** A line on a terminal that is drawn over and over. */
export interface Progress<Amount> {
  update(amount: Amount): void;
  end(): void;
}

/** How far a read by pieces has come. */
export interface RowProgress {
  /** Rows so far, those of earlier runs too. */
  readonly rows: number;
  /** Pieces that are there, of all there are. */
  readonly done: number;
  readonly total: number;
}

/** Milliseconds since 1970. */
type WallClock = () => number;

/** Work shorter than this shows nothing. */
const patience = 1000;
const redrawInterval = 200;
const barWidth = 20;

/** Counts octets and their rate, after a second of work and on a terminal only. */
export function startProgress(stream: OutputStream, label: string, now: WallClock = Date.now): Progress<number> {
  return draw(stream, now, (bytes: number, seconds) => `${label}: ${bytes} octets, ${Math.round(bytes / seconds)}/s`);
}

/** A bar with rows, rows a second and the time that is left, after a second of work and on a terminal only. */
export function startRowProgress(stream: OutputStream, label: string, now: WallClock = Date.now): Progress<RowProgress> {
  let first: RowProgress | undefined;
  return draw(stream, now, (progress: RowProgress, seconds) => {
    first ??= progress;
    return `${label} ${progressBar(first, progress, seconds)}`;
  });
}

/**
 * `[#####---------------] 25 %  96 rows  48 rows/s  0:06 left`
 * @param first where this run began, `seconds` ago
 */
export function progressBar(first: RowProgress, { rows, done, total }: RowProgress, seconds: number): string {
  const share = total === 0 ? 1 : done / total;
  const filled = Math.floor(share * barWidth);
  const bar = `[${"#".repeat(filled)}${"-".repeat(barWidth - filled)}] ${Math.floor(share * 100)} %`;
  const rate = `${rows} rows  ${Math.round((rows - first.rows) / seconds)} rows/s`;
  if (done === first.done) return `${bar}  ${rate}`;
  const left = Math.round((seconds * (total - done)) / (done - first.done));
  return `${bar}  ${rate}  ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} left`;
}

function draw<Amount>(stream: OutputStream, now: WallClock, line: (amount: Amount, seconds: number) => string): Progress<Amount> {
  const start = now();
  let drawn: number | undefined;
  return {
    update(amount) {
      const at = now();
      const text = line(amount, Math.max(1, at - start) / 1000);
      if (stream.isTTY !== true || at - start < patience || (drawn !== undefined && at - drawn < redrawInterval)) return;
      drawn = at;
      stream.write(`\r${text}\u001b[K`);
    },
    end() {
      if (drawn !== undefined) stream.write("\r\u001b[K");
    },
  };
}
