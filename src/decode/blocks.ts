import { ByteReader } from "../bytes/byte-reader.ts";
import { dataTag } from "../dlms/axdr/data-type.ts";
import { readLength } from "../dlms/axdr/length.ts";
import type { Apdu } from "../dlms/xdlms/apdu.ts";
import { Located } from "./located.ts";

/** Whose blocks they are, in words for warnings. */
export const blockStreams = {
  "get-response": "answer",
  "set-request": "SET request",
  "action-request": "ACTION request",
  "action-response": "ACTION response",
  "read-request": "Read request",
  "read-response": "Read response",
  "write-request": "Write request",
  "general-block-transfer": "general block transfer",
} as const;

/** A service whose content may come in blocks. */
export type BlockStream = keyof typeof blockStreams;

/** One block, whatever the APDU it came in. */
export interface Block {
  readonly stream: BlockStream;
  readonly number: number;
  readonly last: boolean;
  readonly raw: Uint8Array;
  /** With list or not, where the APDU says. */
  readonly list?: boolean;
}

/** The block that an APDU carries; undefined for an APDU that is no block, or an error or acknowledgement only. */
export function blockOf(apdu: Apdu): Block | undefined {
  switch (apdu.type) {
    case "get-response-with-datablock":
      if (apdu.result.data === undefined) return undefined;
      return { stream: "get-response", number: apdu.blockNumber, last: apdu.lastBlock, raw: apdu.result.data };
    case "set-request-with-first-datablock":
    case "set-request-with-list-and-first-datablock":
    case "set-request-with-datablock":
    case "action-request-with-first-pblock":
    case "action-request-with-list-and-first-pblock":
    case "action-request-with-pblock":
    case "action-response-with-pblock": {
      const stream = apdu.type.slice(0, apdu.type.indexOf("-with")) as BlockStream;
      const { blockNumber, lastBlock, raw } = apdu.block;
      const list = apdu.type.includes("first") ? { list: apdu.type.includes("list") } : {};
      return { stream, number: blockNumber, last: lastBlock, raw, ...list };
    }
    case "read-request":
    case "read-response": {
      const [only, ...others] = apdu.type === "read-request" ? apdu.specifications : apdu.results;
      if (others.length > 0 || (only?.type !== "read-data-block-access" && only?.type !== "data-block-result")) return undefined;
      return { stream: apdu.type, number: only.blockNumber, last: only.lastBlock, raw: only.raw };
    }
    case "write-request": {
      const [only, ...others] = apdu.specifications;
      if (others.length > 0 || only?.type !== "write-data-block-access") return undefined;
      const raw = octetsOf(apdu.data[0]);
      return raw && { stream: apdu.type, number: only.blockNumber, last: only.lastBlock, raw };
    }
    case "general-block-transfer":
      // Without data it only acknowledges, and its last-block bit says that nothing more is to be said.
      if (apdu.raw.length === 0) return undefined;
      return { stream: "general-block-transfer", number: apdu.blockNumber, last: apdu.lastBlock, raw: apdu.raw };
    default:
      return undefined;
  }
}

/** What an octet string holds, as a view of it: blocks of a Write are data like any other (Green Book 9.3.15). */
function octetsOf(data: Uint8Array | undefined): Uint8Array | undefined {
  if (data?.[0] !== dataTag["octet-string"]) return undefined;
  const reader = new ByteReader(data, 1);
  return reader.bytes(readLength(reader, "block of a Write"));
}

interface Chain {
  readonly stream: BlockStream;
  readonly parts: Located[];
  lastNumber: number;
  list: boolean | undefined;
}

/** The content of blocks that have come to their end. */
export interface JoinedBlocks {
  readonly content: Located;
  readonly blocks: number;
  readonly list: boolean | undefined;
}

/** Joins numbered blocks, a chain for each service and direction. A gap ends a chain: half of an APDU is never explained. */
export class BlockChains {
  readonly #chains = new Map<string, Chain>();
  readonly #warn: (warning: string) => void;
  readonly #abandon: (part: Located) => void;

  /** @param abandon is told of the parts of chains that are given up */
  constructor(warn: (warning: string) => void, abandon: (part: Located) => void) {
    this.#warn = warn;
    this.#abandon = abandon;
  }

  /** Takes a block; returns the content when this was the last one. */
  accept({ stream, number, last, list }: Block, raw: Located, channel: string): JoinedBlocks | undefined {
    const key = `${stream} ${channel}`;
    const before = this.#chains.get(key);
    if (before !== undefined && number === before.lastNumber && number !== 1) {
      this.#warn(`block ${number} comes twice`);
      this.#abandon(raw);
      return undefined;
    }
    if (number === 1) {
      if (before !== undefined)
        this.#giveUp(key, before, `the blocks of the ${blockStreams[stream]} begin anew after block ${before.lastNumber}`);
    } else if (number !== (before?.lastNumber ?? 0) + 1) {
      this.#giveUp(key, before, `block ${number} does not follow the one before it`);
      this.#abandon(raw);
      return undefined;
    }
    const chain = this.#chains.get(key) ?? { stream, parts: [], lastNumber: 0, list };
    chain.parts.push(raw);
    chain.lastNumber = number;
    if (!last) {
      this.#chains.set(key, chain);
      return undefined;
    }
    this.#chains.delete(key);
    return { content: Located.join(chain.parts), blocks: chain.parts.length, list: chain.list };
  }

  /** To be called at the end: what has none is told of. */
  finish(): void {
    for (const [key, chain] of this.#chains) this.#giveUp(key, chain, `the blocks of the last ${blockStreams[chain.stream]} have no end`);
  }

  #giveUp(key: string, chain: Chain | undefined, warning: string): void {
    this.#warn(warning);
    this.#chains.delete(key);
    for (const part of chain?.parts ?? []) this.#abandon(part);
  }
}
