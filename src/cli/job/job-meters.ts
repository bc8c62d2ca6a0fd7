import { didYouMean } from "../../config/did-you-mean.ts";
import type { TargetAddress } from "../../config/target.ts";
import { ConfigError } from "../../errors.ts";

/**
 * The meters of a book that patterns name, each once, in the order of the patterns and then of the book; `*` stands for
 * any characters, `?` for one.
 * @throws ConfigError for a pattern that names none
 */
export function selectMeters<Meter extends { readonly id: string }>(
  patterns: readonly string[],
  meters: readonly Meter[],
): readonly Meter[] {
  const selected = patterns.flatMap((pattern, index) => {
    const matches = globPattern(pattern);
    const found = meters.filter(({ id }) => matches.test(id));
    if (found.length > 0) return found;
    const nearest = didYouMean(
      pattern,
      meters.map(({ id }) => id),
    );
    const advice = nearest === undefined ? "" : `, did you mean ${nearest}?`;
    throw new ConfigError(`meters[${index}]`, `the address book has no meter ${JSON.stringify(pattern)}${advice}`, {
      hint: "name another book with --book FILE",
    });
  });
  return [...new Set(selected)];
}

function globPattern(pattern: string): RegExp {
  const wild = pattern.replace(/\*+/g, "*").replace(/[.+^${}()|[\]\\/]/g, "\\$&");
  return new RegExp(`^${wild.replace(/\*/g, ".*").replace(/\?/g, ".")}$`);
}

/** What meters that share it have to take turns on: a serial port, or a host and port, as behind a serial server. */
export function lineOf(address: TargetAddress): string {
  return "path" in address ? address.path : `${address.host}:${address.port}`;
}

/** Meters by their lines, in the order in which lines come up. */
export function byLine<Meter extends { readonly address: TargetAddress }>(meters: readonly Meter[]): readonly (readonly Meter[])[] {
  const lines = new Map<string, Meter[]>();
  for (const meter of meters) {
    const line = lines.get(lineOf(meter.address));
    if (line === undefined) lines.set(lineOf(meter.address), [meter]);
    else line.push(meter);
  }
  return [...lines.values()];
}

/**
 * The file of a meter: `{meter}` is its name, with what a file name cannot hold, or what would lead elsewhere, written as
 * %XX, so that no two meters share a file; `{date}` the day, `{time}` the time of day of `at`, by the clock of this computer.
 */
export function fileOf(pattern: string, meter: string, at: Date): string {
  const name = meter.replace(/^\.|[^A-Za-z0-9._-]/gu, (character) =>
    [...new TextEncoder().encode(character)].map((octet) => `%${octet.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
  const two = (part: number): string => String(part).padStart(2, "0");
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
  // A function, as names may hold what has a meaning in a replacement.
  return pattern.replace(/\{(meter|date|time)\}/g, (_, word: string) => (word === "meter" ? name : word === "date" ? date : time));
}
