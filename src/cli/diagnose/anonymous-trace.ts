import { explainFully } from "../../decode/explain.ts";
import { Pseudonyms, type RandomOctets } from "../../log/anonymize.ts";
import { formatTrace } from "../../log/trace-format.ts";
import type { TraceRecord, TraceSink } from "../../transport/trace.ts";
import { renewFrames } from "./renew-frames.ts";
import { fieldsOf, treatmentOf } from "./trace-fields.ts";

/** Longer sessions are cut: every name is looked for everywhere, and a session of this command has a tenth of it. */
const mostOctets = 32 * 1024;

/** What passed a line, kept to be written down without what tells whose line it was. */
export class AnonymousTrace {
  readonly #records: TraceRecord[] = [];
  #octets = 0;
  #cut = false;

  /** Takes note of what passes the line. */
  readonly sink: TraceSink = (record) => {
    if (record.layer !== "line" || this.#cut) return;
    this.#cut = this.#octets + record.bytes.length > mostOctets;
    if (this.#cut) return;
    this.#octets += record.bytes.length;
    this.#records.push({ ...record, bytes: record.bytes.slice() });
  };

  /**
   * The trace as lines that `dlms decode` takes. Names, titles, addresses, passwords and challenges are made up, ciphered
   * content, tags and whatever is not understood are left out; what is left is as long as it was and checks.
   */
  lines(random: RandomOctets): readonly string[] {
    const octets = Buffer.concat(this.#records.map(({ bytes }) => bytes));
    const shown = anonymize(octets, random);
    const start = this.#records[0]?.at ?? 0;
    let from = 0;
    const lines = this.#records.flatMap((record) => {
      const until = from + record.bytes.length;
      const bytes = octets.subarray(from, until).filter((_, index) => shown[from + index] === 1);
      const omitted = record.bytes.length - bytes.length;
      from = until;
      return [
        ...(bytes.length === 0 ? [] : [formatTrace({ ...record, bytes }, { mode: "hex", start }) ?? ""]),
        ...(omitted === 0 ? [] : [`# left out here, not understood, ${omitted} in number`]),
      ];
    });
    return this.#cut ? [...lines, "# the rest is left out, since it is long"] : lines;
  }
}

/** Changes the octets in place; says of each whether it may be shown. */
function anonymize(octets: Uint8Array, random: RandomOctets): Uint8Array {
  const { annotations } = explainFully(octets, { annotate: true });
  const shown = new Uint8Array(octets.length).fill(1);
  const treated = fieldsOf(annotations).map(({ name, places }) => {
    const content = Uint8Array.from(places, (place) => octets[place] ?? 0);
    return { places, content, treatment: treatmentOf(name, content) };
  });
  const all = (kind: "name" | "secret") =>
    treated.flatMap(({ content, treatment }) => (treatment.kind === kind ? [content.subarray(treatment.from)] : []));
  const pseudonyms = new Pseudonyms({ names: all("name"), secrets: all("secret") }, random);
  for (const { places, content, treatment } of treated) {
    if (treatment.kind === "keep") continue;
    if (treatment.kind === "omit") {
      for (const place of places) shown[place] = 0;
      continue;
    }
    const replaced = content.subarray(treatment.from);
    const replacement = treatment.kind === "blank" ? new Uint8Array(replaced.length) : pseudonyms.of(replaced);
    replacement.forEach((octet, index) => {
      octets[places[treatment.from + index] ?? 0] = octet;
    });
  }
  pseudonyms.wipe(octets);
  renewFrames(octets, annotations);
  return shown;
}
