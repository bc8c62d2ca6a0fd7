import { type SystemTitle, sameSystemTitle, systemTitleLength } from "../dlms/security/system-title.ts";
import type { ApduKind } from "../dlms/xdlms/tags.ts";

/** The sides of an association. */
export type Side = "client" | "server";

interface KnownTitle {
  readonly title: SystemTitle;
  /** Undefined where it was not heard whose it is. */
  readonly side: Side | undefined;
}

/** Titles remembered: enough for a few associations at once, and each costs an attempt at every APDU that fails. */
const capacity = 8;

/** System titles by which APDUs without one may have been ciphered: those given, and those heard of. */
export class KnownTitles {
  readonly #given: readonly KnownTitle[];
  /** The latest first. */
  #heard: readonly KnownTitle[] = [];

  constructor(given: readonly SystemTitle[]) {
    this.#given = given.map((title) => ({ title, side: undefined }));
  }

  /** Remembers the title of a side, or of whomever it is; anything but eight octets is no title. */
  learn(title: Uint8Array, side: Side | undefined): void {
    if (title.length !== systemTitleLength) return;
    const before = this.#heard.find((known) => sameSystemTitle(known.title, title));
    const others = this.#heard.filter((known) => known !== before);
    this.#heard = [{ title, side: side ?? before?.side }, ...others].slice(0, capacity);
  }

  /** Whose title an APDU of this kind may have been ciphered with, the likeliest first. */
  sendersOf(kind: ApduKind): readonly SystemTitle[] {
    const sender = senderOf(kind);
    const fitting = [...this.#heard, ...this.#given].filter(({ side }) => side === undefined || sender === undefined || side === sender);
    return fitting.map(({ title }) => title);
  }
}

/** Which side sends an APDU; undefined for the general forms, whose kind says nothing of what is inside. */
function senderOf(kind: ApduKind): Side | undefined {
  if (kind.startsWith("general-")) return undefined;
  if (kind === "event-notification-request" || kind === "information-report-request") return "server";
  return kind.endsWith("-request") ? "client" : "server";
}
