import { ByteReader } from "../bytes/byte-reader.ts";
import { toHex } from "../bytes/hex.ts";
import { type Apdu, type ApduOf, readApdu } from "../dlms/xdlms/apdu.ts";
import { tagMeaning } from "../dlms/xdlms/tags.ts";
import { DecodeError } from "../errors.ts";
import { type AcseFields, type AcseType, isAcse, readAcse } from "./acse-apdus.ts";
import { markAcse } from "./annotate/acse-fields.ts";
import type { Annotator } from "./annotate/annotator.ts";
import { markApdu } from "./annotate/apdu-fields.ts";
import { FieldMarker, type Hole } from "./annotate/field-marker.ts";
import { markProtected } from "./annotate/protection-fields.ts";
import { markAll } from "./annotate/schema-fields.ts";
import { apduJson, fieldJson } from "./apdu-json.ts";
import { type Block, BlockChains, blockOf, type JoinedBlocks } from "./blocks.ts";
import { Conversation } from "./conversation.ts";
import type { Decipherer } from "./decipherer.ts";
import type { ApduItem, Json } from "./explanation.ts";
import { readJoined } from "./joined-payload.ts";
import { Located } from "./located.ts";
import { isProtected, type ProtectedApdu, readProtected } from "./protected-apdu.ts";
import { protectedItem } from "./protected-item.ts";

export interface ApduExplainerOptions {
  readonly annotator: Annotator | undefined;
  readonly decipherer: Decipherer;
  readonly warn: (warning: string) => void;
}

/** Where an APDU came from. */
export interface Origin {
  /** Tells directions apart, so that each joins its own blocks. */
  readonly channel: string;
  /** APDUs around this one: blocks and gateways may carry each other. */
  readonly nesting: number;
  /** Of its annotations. */
  readonly depth: number;
  /** It is a field of another APDU, and no APDU for itself that came in a shell. */
  readonly inField?: boolean;
}

/** An APDU that stands for itself. */
export interface KeptApdu {
  readonly octets: Uint8Array;
  /** What it deciphers to; of the last block of a general block transfer, what the blocks decipher to together. */
  readonly plain?: Uint8Array;
}

/** APDUs within APDUs: a gateway, general block transfer and protection make three. */
const maxNesting = 4;

/** Octets of a message that are printed in a warning. */
const shownOctets = 32;

type GatewayApdu = ApduOf<"gateway-request"> | ApduOf<"gateway-response">;

/** Explains APDUs in the order they were exchanged, joining what came in blocks. */
export class ApduExplainer {
  readonly items: ApduItem[] = [];
  /** The octets of each APDU that was understood, in the order of the input. */
  readonly kept: KeptApdu[] = [];
  readonly #options: ApduExplainerOptions;
  /** What came out of the shells of the APDU under way, the innermost. */
  #plain: Uint8Array | undefined;
  readonly #conversation: Conversation;
  readonly #blocks: BlockChains;

  constructor(options: ApduExplainerOptions) {
    this.#options = options;
    this.#conversation = new Conversation(options.warn);
    this.#blocks = new BlockChains(options.warn, (part) => this.#mark(part, "raw"));
  }

  get readings(): Conversation["readings"] {
    return this.#conversation.readings;
  }

  /** To be called at the end. */
  finish(): void {
    this.#blocks.finish();
  }

  /** A message of a link: one APDU, and what some servers leave behind it. Returns the octets nothing was made of. */
  explainMessage(source: Located, origin: Origin): number {
    if (source.length === 0) return 0;
    const taken = this.#explainOrReport(source, origin);
    if (taken === undefined) return source.length;
    const behind = source.slice(taken);
    if (behind.length === 0) return 0;
    const hex = toHex(behind.bytes.subarray(0, shownOctets));
    this.#options.warn(`${behind.length} octets behind the ${this.items.at(-1)?.type}: ${hex}${behind.length > shownOctets ? " ..." : ""}`);
    this.#mark(behind, "octets behind the APDU");
    return 0;
  }

  /** Says of octets that they are no APDU, and why. */
  report(source: Located, { layer, message }: Pick<DecodeError, "layer" | "message">, depth = 0): void {
    const { bytes } = source;
    this.items.push({ type: nameOfTag(bytes[0]), error: message, layer: layer === "internal" ? "xdlms" : layer, octets: toHex(bytes) });
    this.#mark(source, "not understood", message, depth);
  }

  /**
   * Explains the APDU at the start of `source`. Returns the octets it took.
   * @throws DecodeError when it is none, or a damaged one; nothing was explained then
   */
  explain(source: Located, origin: Origin): number {
    if (origin.nesting > 0) return this.#explain(source, origin);
    this.#plain = undefined;
    const length = this.#explain(source, origin);
    const octets = source.bytes.subarray(0, length);
    this.kept.push(this.#plain === undefined ? { octets } : { octets, plain: this.#plain });
    return length;
  }

  #explain(source: Located, origin: Origin): number {
    if (origin.nesting > maxNesting) throw new DecodeError("limit", "APDU", 0, `APDU: nested deeper than ${maxNesting}`);
    const { bytes } = source;
    const tag = bytes[0] ?? 0;
    const kind = tagMeaning(tag)?.kind;
    if (isAcse(kind)) return this.#explainAcse(kind, source, origin);
    if (isProtected(tag)) return this.#explainProtected(source, origin);
    return this.#explainPlain(source, origin);
  }

  #explainPlain(source: Located, origin: Origin): number {
    const reader = new ByteReader(source.bytes);
    const apdu = readApdu(reader);
    const own = source.slice(0, reader.offset);
    if (apdu.type === "gateway-request" || apdu.type === "gateway-response") return this.#explainGateway(apdu, own, origin);
    const block = blockOf(apdu);
    this.#markApdu(own, apdu, origin, block?.raw);
    this.#conversation.hear(apdu);
    if (apdu.type === "initiate-request" && apdu.dedicatedKey !== undefined) this.#options.decipherer.learnDedicatedKey(apdu.dedicatedKey);
    const joined = block && this.#blocks.accept(block, own.locate(block.raw), origin.channel);
    if (block === undefined || joined === undefined) {
      this.items.push(apduJson(apdu));
    } else if (block.stream === "general-block-transfer") {
      this.items.push(apduJson(apdu, { blocks: joined.blocks }));
      this.explainMessage(joined.content, inside(origin));
    } else {
      this.items.push(apduJson(apdu, { blocks: joined.blocks, joined: this.#explainJoined(block, joined, origin) }));
    }
    return own.length;
  }

  /** The prefix takes all that is left, so what it carries says where it ends. */
  #explainGateway(prefix: GatewayApdu, own: Located, origin: Origin): number {
    const { apdu: carried, ...fields } = prefix;
    const source = own.locate(carried);
    const header = own.length - carried.length;
    const { items, taken } = this.#explainInside(source, origin);
    const length = header + (taken ?? carried.length);
    this.#markApdu(own.slice(0, length), prefix, origin, source.bytes.subarray(0, length - header));
    this.items.push(apduJson(fields, { apdu: items }));
    return length;
  }

  /** Passwords and challenges are not shown; the Initiate APDU inside is. */
  #explainAcse(type: AcseType, source: Located, origin: Origin): number {
    const { value, length, warning } = readAcse(type, source.bytes);
    const own = source.slice(0, length);
    const { annotator, warn } = this.#options;
    if (warning !== undefined) warn(warning);
    const { userInformation, authenticationValue, ...rest } = value;
    const place = userInformation && placeOfUserInformation(own, userInformation);
    if (annotator !== undefined) markAcse(annotator, own, type, value, origin.depth, place?.length);
    const inField = { ...origin, inField: true };
    this.#learnTitle(type, rest);
    const content = userInformation && this.#explainContent(place ?? Located.nowhere(userInformation), inside(inField));
    this.items.push({
      ...apduJson({ type, ...rest }),
      ...(authenticationValue === undefined ? {} : { authenticationValue: `(${authenticationValue.length} octets)` }),
      ...(content === undefined ? {} : { userInformation: content }),
    });
    return length;
  }

  #learnTitle(type: AcseType, { callingApTitle, respondingApTitle }: AcseFields): void {
    const { decipherer } = this.#options;
    if (type === "aarq" && callingApTitle !== undefined) decipherer.learnTitle(callingApTitle, "client");
    if (type === "aare" && respondingApTitle !== undefined) decipherer.learnTitle(respondingApTitle, "server");
  }

  #explainProtected(source: Located, origin: Origin): number {
    const apdu = readProtected(source.bytes);
    const own = source.slice(0, apdu.octets.length);
    const opening = this.#options.decipherer.open(apdu);
    const { plain } = opening;
    this.#markProtected(own, apdu, origin, plain);
    if (origin.inField !== true) this.#plain = plain ?? this.#plain;
    const content = plain === undefined ? {} : { apdu: this.#explainPlainText(own, apdu, plain, opening.authenticated === true, origin) };
    this.items.push({ ...protectedItem(apdu, opening), ...content });
    return own.length;
  }

  /** What a shell protects is annotated where it stands, or in a section of its own where it was deciphered. */
  #explainPlainText(own: Located, { kind }: ProtectedApdu, plain: Uint8Array, authenticated: boolean, origin: Origin): Json {
    const { annotator, warn } = this.#options;
    const inner = nameOfTag(plain[0]);
    if (!kind.startsWith("general-") && inner !== kind) warn(`${kind}: what it protects is no ${kind} but ${inner}`);
    if (own.holds(plain)) return this.#explainContent(own.locate(plain), inside(origin));
    const source = annotator?.begin(plain, own, authenticated) ?? Located.nowhere(plain);
    return this.#explainContent(source, { ...inside(origin), depth: 0 });
  }

  /** The content of a service's blocks as JSON. */
  #explainJoined({ stream }: Block, { content, list }: JoinedBlocks, { depth }: Origin): Json {
    const { annotator, warn } = this.#options;
    try {
      const { type, value, data } = readJoined(stream, content.bytes, list ?? this.#conversation.expectsList(stream));
      this.#conversation.hearJoined(stream, data);
      if (annotator !== undefined) markAll(new FieldMarker(content, annotator), type, value, "joined", depth + 1);
      return fieldJson("data", value);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      warn(`${stream}: the joined blocks are not understood: ${error.message}`);
      this.#mark(content, "raw", undefined, depth + 1);
      return { error: error.message, octets: toHex(content.bytes) };
    }
  }

  /** A whole message that another APDU carries, apart from the APDUs that stand for themselves. */
  #explainContent(source: Located, origin: Origin): Json {
    const before = this.items.length;
    this.explainMessage(source, origin);
    return carriedItems(this.items.splice(before));
  }

  /** What another APDU carries, where only that says how long it is. */
  #explainInside(source: Located, origin: Origin): { readonly items: Json; readonly taken: number | undefined } {
    const before = this.items.length;
    const taken = this.#explainOrReport(source, inside(origin));
    return { items: carriedItems(this.items.splice(before)), taken };
  }

  #explainOrReport(source: Located, origin: Origin): number | undefined {
    const obstacle = obstacleOf(source.bytes);
    if (obstacle !== undefined) {
      this.report(source, { layer: "xdlms", message: obstacle }, origin.depth);
      return undefined;
    }
    try {
      return this.explain(source, origin);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.report(source, error, origin.depth);
      return undefined;
    }
  }

  #markApdu(own: Located, apdu: Apdu, { depth }: Origin, carried: Uint8Array | undefined): void {
    const { annotator } = this.#options;
    if (annotator !== undefined) markApdu(annotator, own, apdu, depth, holeOf(own, carried));
  }

  #markProtected(own: Located, apdu: ProtectedApdu, { depth }: Origin, carried: Uint8Array | undefined): void {
    const { annotator } = this.#options;
    if (annotator !== undefined) markProtected(annotator, own, apdu, depth, holeOf(own, carried));
  }

  #mark(source: Located, field: string, meaning?: string, depth = 0): void {
    this.#options.annotator?.mark(source, 0, source.length, depth, { field, meaning });
  }
}

/** The user information closes its APDU, and the decoder hands out a copy: so it is looked for at the end. */
function placeOfUserInformation(own: Located, userInformation: Uint8Array): Located | undefined {
  const place = own.slice(own.length - userInformation.length);
  return Buffer.compare(place.bytes, userInformation) === 0 ? place : undefined;
}

/** The shortest APDU, an RLRQ without fields. */
const shortestApdu = 2;

/**
 * Why octets cannot be an APDU, where a look tells. An error has a stack, which takes longer to make than to decode an APDU,
 * and an input may hold a hundred thousand transfers of rubbish.
 */
function obstacleOf(bytes: Uint8Array): string | undefined {
  const [tag] = bytes;
  if (tag === undefined || tagMeaning(tag) === undefined) return `APDU: unknown tag ${toHex(bytes.subarray(0, 1))}`;
  return bytes.length < shortestApdu ? "APDU: nothing behind the tag" : undefined;
}

/** The part of an APDU that is explained for itself; none where what it carries does not stand in it. */
function holeOf(own: Located, carried: Uint8Array | undefined): Hole | undefined {
  if (carried === undefined || !own.holds(carried)) return undefined;
  const start = carried.byteOffset - own.bytes.byteOffset;
  return { start, end: start + carried.length };
}

/** An item alone stands for itself, also where there is none. */
function carriedItems(items: readonly ApduItem[]): Json {
  return items.length > 1 ? items : (items[0] ?? null);
}

function inside(origin: Origin): Origin {
  const { channel, nesting, depth, inField = false } = origin;
  return { channel, nesting: nesting + 1, depth: depth + 1, inField };
}

function nameOfTag(tag: number | undefined): string {
  return (tag === undefined ? undefined : tagMeaning(tag)?.kind) ?? "unknown";
}
