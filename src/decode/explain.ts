import { toHex } from "../bytes/hex.ts";
import { tagMeaning } from "../dlms/xdlms/tags.ts";
import { DecodeError } from "../errors.ts";
import { llcLength, removeLlc } from "../hdlc/llc.ts";
import { Annotator } from "./annotate/annotator.ts";
import { ApduExplainer, type KeptApdu } from "./apdu-explainer.ts";
import { Decipherer } from "./decipherer.ts";
import type { Annotation, ExplainedReading, Explanation, LinkItem, PlainSection } from "./explanation.ts";
import type { DecipheringKeys } from "./key-ring.ts";
import type { Fault, Found, Link, LinkField } from "./links/found.ts";
import { hdlcLink } from "./links/hdlc-link.ts";
import { mbusLink } from "./links/mbus-link.ts";
import { telegramLink } from "./links/telegram-link.ts";
import { wrapperLink } from "./links/wrapper-link.ts";
import { Located } from "./located.ts";
import { MessageChains } from "./message-chains.ts";

export interface ExplainOptions {
  /** Whether to say what every octet of the input is. */
  readonly annotate?: boolean;
  /** What there is to open protected APDUs with. */
  readonly keys?: DecipheringKeys;
}

/** An explanation with what it was made from. */
export interface Explained {
  readonly explanation: Explanation;
  /** Each APDU that stands for itself, without what it was wrapped in. */
  readonly apdus: readonly Readonly<KeptApdu>[];
  /** What every octet of the input is, in order and each once; empty unless asked for. */
  readonly annotations: readonly Annotation[];
  /** What was deciphered, explained as the input is; empty unless annotations are asked for. */
  readonly sections: readonly PlainSection[];
}

/**
 * Explains any octets of the field: HDLC frames, wrapper PDUs, M-Bus frames, telegrams of IEC 62056-21 and bare APDUs,
 * one after the other and mixed, with rubbish between them. Never throws for any octets; what is not understood is said
 * with the layer that failed.
 */
export function explain(bytes: Uint8Array, options: ExplainOptions = {}): Explanation {
  return explainFully(bytes, options).explanation;
}

/** {@link explain} with the octets of the APDUs, and with annotations when they are asked for. */
export function explainFully(bytes: Uint8Array, options: ExplainOptions = {}): Explained {
  return new Explainer(bytes, options).run();
}

/** In the order of how much they demand of the octets. */
const kinds = { hdlc: hdlcLink, wrapper: wrapperLink, mbus: mbusLink, "iec62056-21": telegramLink } as const;
const links: readonly Link[] = Object.values(kinds);

/** Attempts at bare APDUs may look at this many octets for each of the input before they are kept short. */
const patience = 4;
const shortAttempt = 4096;

class Explainer {
  readonly #input: Uint8Array;
  readonly #annotator: Annotator | undefined;
  readonly #link: LinkItem[] = [];
  readonly #warnings: string[] = [];
  readonly #telegramReadings: ExplainedReading[] = [];
  readonly #apdus: ApduExplainer;
  readonly #chains: MessageChains;
  /** The link that the last message came over. */
  #lastLink: Link | undefined;
  /** Octets that failed attempts at bare APDUs have looked at. */
  #spent = 0;
  #remaining = 0;

  constructor(input: Uint8Array, { annotate = false, keys }: ExplainOptions) {
    const warn = (warning: string): void => void this.#warnings.push(warning);
    this.#input = input;
    this.#annotator = annotate ? new Annotator() : undefined;
    this.#apdus = new ApduExplainer({ annotator: this.#annotator, decipherer: new Decipherer(keys), warn });
    this.#chains = new MessageChains(warn, (part) => this.#annotator?.mark(part, 0, part.length, 1, { field: "segment" }));
  }

  run(): Explained {
    for (let offset = 0; offset < this.#input.length; ) offset = this.#step(offset);
    this.#chains.finish();
    this.#apdus.finish();
    const explanation = {
      link: this.#link,
      apdus: this.#apdus.items,
      readings: [...this.#apdus.readings, ...this.#telegramReadings],
      remaining: this.#remaining,
      warnings: this.#warnings,
    };
    const [annotations, sections] = [this.#annotator?.annotations() ?? [], this.#annotator?.sections() ?? []];
    return { explanation, apdus: this.#apdus.kept, annotations, sections };
  }

  /** Explains what stands at `offset`; returns where to go on. */
  #step(offset: number): number {
    for (const link of links) {
      const found = link.at(this.#input, offset, link === this.#lastLink);
      if (found === undefined) continue;
      this.#lastLink = link;
      this.#take(offset, found);
      return found.end;
    }
    this.#lastLink = undefined;
    const bare = this.#bareApdu(offset);
    if (typeof bare === "number") return bare;
    const next = this.#nextSound(offset + 1);
    this.#pass(offset, next, bare);
    return next;
  }

  /** The next place where a message surely begins, or the end. */
  #nextSound(from: number): number {
    for (let offset = from; offset < this.#input.length; offset++) {
      if (links.some((link) => link.at(this.#input, offset, false)?.sound === true)) return offset;
    }
    return this.#input.length;
  }

  /** Tells of octets that nothing could be made of, by the layer they seem to belong to. */
  #pass(start: number, end: number, error: DecodeError): void {
    const octets = Located.of(this.#input, start, end);
    this.#remaining += octets.length;
    const fault = faultAt(this.#input, start);
    if (
      fault === undefined &&
      (tagMeaning(octets.bytes[0] ?? 0) !== undefined || (this.#link.length === 0 && end === this.#input.length))
    ) {
      this.#apdus.report(octets, error);
      return;
    }
    const { kind, error: reason } = fault ?? { kind: "none", error: "unknown format" };
    this.#link.push({ kind, ok: false, error: reason, bytes: toHex(octets.bytes) });
    this.#annotator?.mark(octets, 0, octets.length, 0, {
      field: "not understood",
      meaning: fault === undefined ? reason : `${kind}: ${reason}`,
    });
  }

  #take(offset: number, { item, fields, payload, readings, warnings }: Found): void {
    if (item !== undefined) this.#link.push(item);
    if (warnings !== undefined) this.#warnings.push(...warnings);
    if (readings !== undefined) this.#telegramReadings.push(...readings);
    this.#markFields(offset, fields, payload?.start);
    if (payload === undefined) return;
    const message = this.#chains.accept(payload, Located.of(this.#input, payload.start, payload.end));
    if (message === undefined) return;
    const apdu = payload.llc ? this.#withoutLlc(message) : message;
    this.#remaining += this.#apdus.explainMessage(apdu, { channel: payload.channel, nesting: 0, depth: 1 });
  }

  /** The field that begins where the payload does is explained by whoever explains the payload. */
  #markFields(offset: number, fields: readonly LinkField[], payloadStart: number | undefined): void {
    if (this.#annotator === undefined) return;
    const input = Located.of(this.#input);
    let start = offset;
    for (const field of fields) {
      if (start !== payloadStart) this.#annotator.mark(input, start, field.end, 0, field);
      start = field.end;
    }
  }

  #withoutLlc(message: Located): Located {
    const apdu = message.locate(removeLlc(message.bytes));
    this.#markLlc(message, message.length - apdu.length);
    return apdu;
  }

  /** Explains a bare APDU. Returns where it ends, or why there is none. */
  #bareApdu(offset: number): number | DecodeError {
    const hasty = this.#spent > patience * this.#input.length;
    const source = Located.of(this.#input, offset, hasty ? Math.min(this.#input.length, offset + shortAttempt) : this.#input.length);
    const apdu = source.locate(removeLlc(source.bytes));
    const llc = source.length - apdu.length;
    try {
      const length = this.#apdus.explain(apdu, { channel: "", nesting: 0, depth: 0 });
      if (llc > 0) this.#link.push({ kind: "llc", ok: true });
      this.#markLlc(source, llc);
      return offset + llc + length;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#spent += error.offset;
      return error;
    }
  }

  #markLlc(message: Located, length: number): void {
    this.#annotator?.mark(message, 0, length, 0, { field: "LLC" });
    if (length > llcLength) this.#warnings.push(`the LLC header stands there ${length / llcLength} times`);
  }
}

function faultAt(input: Uint8Array, offset: number): Fault | undefined {
  for (const [kind, link] of Object.entries(kinds)) {
    const error = link.faultAt(input, offset);
    if (error !== undefined) return { kind: kind as keyof typeof kinds, error };
  }
  return undefined;
}
