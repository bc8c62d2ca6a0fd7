import { ByteReader } from "../bytes/byte-reader.ts";
import { logicalNameFromBytes } from "../cosem-objects/logical-name.ts";
import { readData } from "../dlms/axdr/data.ts";
import type { AccessSpecification } from "../dlms/xdlms/access.ts";
import type { Apdu } from "../dlms/xdlms/apdu.ts";
import type { CosemAttributeDescriptor } from "../dlms/xdlms/descriptors.ts";
import { DecodeError } from "../errors.ts";
import type { BlockStream } from "./blocks.ts";
import type { ExplainedReading } from "./explanation.ts";
import { matchTemplate, readingsByObjectList } from "./push-templates/index.ts";
import { readingOf, readingsOfNotification } from "./readings.ts";

interface Asked {
  readonly attributes: readonly CosemAttributeDescriptor[];
  readonly list: boolean;
}

/** Listens to APDUs in the order they were exchanged, remembers what was asked for, and gives values their attributes. */
export class Conversation {
  readonly readings: ExplainedReading[] = [];
  readonly #warn: (warning: string) => void;
  #asked: Asked | undefined;
  /** Attributes of the SET under way in blocks. */
  #written: readonly CosemAttributeDescriptor[] = [];
  /** What the last ACCESS was about. */
  #accessed: readonly AccessSpecification[] = [];
  /** Whether the last ACTION was one with list. */
  #actionList: boolean | undefined;

  constructor(warn: (warning: string) => void) {
    this.#warn = warn;
  }

  /** Whether the content of blocks is a list, as far as the requests heard say. */
  expectsList(stream: BlockStream): boolean | undefined {
    return stream === "get-response" ? this.#asked?.list : stream === "action-response" ? this.#actionList : undefined;
  }

  /** An APDU that stands for itself. */
  hear(apdu: Apdu): void {
    this.#guarded(apdu.type, () => this.#hear(apdu));
  }

  /** The data that blocks carried, joined. */
  hearJoined(stream: BlockStream, data: readonly (Uint8Array | undefined)[]): void {
    this.#guarded(stream, () => {
      if (stream === "get-response") this.#answer(data);
      else if (stream === "set-request") this.#pushAll(this.#written, data);
      // Short names are not looked up: what they stand for differs from meter to meter.
      else if (stream === "action-response" || stream === "read-response" || stream === "write-request") this.#pushAll([], data);
    });
  }

  #hear(apdu: Apdu): void {
    switch (apdu.type) {
      case "get-request-normal":
        this.#asked = { attributes: [apdu.attribute], list: false };
        return;
      case "get-request-with-list":
        this.#asked = { attributes: apdu.attributes.map(({ attribute }) => attribute), list: true };
        return;
      case "get-response-normal":
        if (apdu.result.data !== undefined) this.#answer([apdu.result.data]);
        return;
      case "get-response-with-list":
        this.#answer(apdu.results.map(({ data }) => data));
        return;
      case "set-request-normal":
        this.#push(apdu.attribute, apdu.value);
        return;
      case "set-request-with-list":
        this.#pushAll(
          apdu.attributes.map(({ attribute }) => attribute),
          apdu.values,
        );
        return;
      case "set-request-with-first-datablock":
        this.#written = [apdu.attribute];
        return;
      case "set-request-with-list-and-first-datablock":
        this.#written = apdu.attributes.map(({ attribute }) => attribute);
        return;
      case "action-request-normal":
      case "action-request-with-first-pblock":
        this.#actionList = false;
        return;
      case "action-request-with-list":
      case "action-request-with-list-and-first-pblock":
        this.#actionList = true;
        return;
      case "action-response-normal":
        if (apdu.returned?.data !== undefined) this.#push(undefined, apdu.returned.data);
        return;
      case "access-request":
        this.#accessed = apdu.specifications;
        return;
      case "access-response": {
        const specifications = apdu.specifications ?? this.#accessed;
        apdu.data.forEach((value, index) => {
          const specification = specifications[index];
          // A place without a result holds null-data.
          if (apdu.results[index]?.type === "access-response-get" && apdu.results[index].result === "success") {
            this.#push(specification !== undefined && "attribute" in specification ? specification.attribute : undefined, value);
          }
        });
        return;
      }
      case "read-response":
        this.#pushAll(
          [],
          apdu.results.map((result) => (result.type === "data" ? result.data : undefined)),
        );
        return;
      case "write-request":
      case "unconfirmed-write-request":
        if (apdu.specifications[0]?.type !== "write-data-block-access") this.#pushAll([], apdu.data);
        return;
      case "information-report-request":
        this.#pushAll([], apdu.data);
        return;
      case "event-notification-request":
        this.#push(apdu.attribute, apdu.value);
        return;
      case "data-notification": {
        const body = readData(new ByteReader(apdu.body));
        this.readings.push(...(matchTemplate(body)?.readings ?? readingsByObjectList(body) ?? readingsOfNotification(body)));
        return;
      }
      default:
        return;
    }
  }

  #answer(values: readonly (Uint8Array | undefined)[]): void {
    this.#pushAll(this.#asked?.attributes.length === values.length ? this.#asked.attributes : [], values);
  }

  #pushAll(attributes: readonly CosemAttributeDescriptor[], values: readonly (Uint8Array | undefined)[]): void {
    values.forEach((value, index) => {
      if (value !== undefined) this.#push(attributes[index], value);
    });
  }

  #push(attribute: CosemAttributeDescriptor | undefined, value: Uint8Array): void {
    const place =
      attribute === undefined ? {} : { logicalName: logicalNameFromBytes(attribute.logicalName), attribute: attribute.attributeId };
    this.readings.push(readingOf(place, readData(new ByteReader(value))));
  }

  #guarded(what: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#warn(`${what}: ${error.message}`);
    }
  }
}
