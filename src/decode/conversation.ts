import { ByteReader } from "../bytes/byte-reader.ts";
import { logicalNameFromBytes } from "../cosem-objects/logical-name.ts";
import { decodeGetResults, decodeSingle } from "../dlms/association/block-payload.ts";
import { BlockReceiver } from "../dlms/association/block-receiver.ts";
import { readData } from "../dlms/axdr/data.ts";
import type { Apdu } from "../dlms/xdlms/apdu.ts";
import type { CosemAttributeDescriptor } from "../dlms/xdlms/descriptors.ts";
import { DecodeError } from "../errors.ts";
import type { ExplainedReading } from "./explanation.ts";
import { readingOf, readingsOfNotification } from "./readings.ts";

interface Asked {
  readonly attributes: readonly CosemAttributeDescriptor[];
  readonly list: boolean;
}

/** More than any meter holds. */
const longestPayload = 16 * 1024 * 1024;

/**
 * Listens to APDUs in the order they were exchanged, remembers what was asked for, joins the blocks of answers, and
 * gives the values with the attributes they belong to.
 */
export class Conversation {
  readonly readings: ExplainedReading[] = [];
  readonly warnings: string[] = [];
  #asked: Asked | undefined;
  #blocks: BlockReceiver | undefined;

  hear(apdu: Apdu): void {
    try {
      this.#hear(apdu);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.warnings.push(`${apdu.type}: ${error.message}`);
    }
  }

  /** To be called at the end. */
  finish(): void {
    if (this.#blocks !== undefined) this.warnings.push("the blocks of the last answer have no end");
  }

  #hear(apdu: Apdu): void {
    switch (apdu.type) {
      case "get-request-normal":
        this.#ask({ attributes: [apdu.attribute], list: false });
        return;
      case "get-request-with-list":
        this.#ask({ attributes: apdu.attributes.map(({ attribute }) => attribute), list: true });
        return;
      case "get-response-normal":
        if (apdu.result.data !== undefined) this.#answer([apdu.result.data]);
        return;
      case "get-response-with-list":
        this.#answer(apdu.results.map(({ data }) => data));
        return;
      case "get-response-with-datablock":
        if (apdu.result.data !== undefined) this.#block(apdu.blockNumber, apdu.lastBlock, apdu.result.data);
        return;
      case "set-request-normal":
        this.#push(apdu.attribute, apdu.value);
        return;
      case "action-response-normal":
        if (apdu.returned?.data !== undefined) this.#push(undefined, apdu.returned.data);
        return;
      case "event-notification-request":
        this.#push(apdu.attribute, apdu.value);
        return;
      case "data-notification":
        this.readings.push(...readingsOfNotification(readData(new ByteReader(apdu.body))));
        return;
      default:
        return;
    }
  }

  #ask(asked: Asked): void {
    this.#asked = asked;
    this.#blocks = undefined;
  }

  #answer(values: readonly (Uint8Array | undefined)[]): void {
    const attributes = this.#asked?.attributes.length === values.length ? this.#asked.attributes : undefined;
    values.forEach((value, index) => {
      if (value !== undefined) this.#push(attributes?.[index], value);
    });
  }

  #block(blockNumber: number, lastBlock: boolean, raw: Uint8Array): void {
    if (blockNumber === 1 || this.#blocks === undefined) this.#blocks = new BlockReceiver(longestPayload);
    const outcome = this.#blocks.accept(blockNumber, lastBlock, raw);
    if (outcome === "more") return;
    const payload = this.#blocks.payload();
    this.#blocks = undefined;
    if (outcome !== "complete") {
      this.warnings.push(`block ${blockNumber} does not follow the one before it`);
      return;
    }
    this.#answer(this.#asked?.list === true ? decodeGetResults(payload).map(({ data }) => data) : [decodeSingle(payload)]);
  }

  #push(attribute: CosemAttributeDescriptor | undefined, value: Uint8Array): void {
    const place =
      attribute === undefined ? {} : { logicalName: logicalNameFromBytes(attribute.logicalName), attribute: attribute.attributeId };
    this.readings.push(readingOf(place, readData(new ByteReader(value))));
  }
}
