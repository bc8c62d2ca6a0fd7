import { blockCheckCharacter } from "./block-check.ts";
import { control, type OpticalMessage } from "./message.ts";
import { isEvenParity } from "./parity.ts";

/** Characters of the longest line and block. A readout of a meter has a few thousand. */
const longestLine = 80;
const longestBlock = 65_536;
const selectLength = 6;

/**
 * Makes messages of the characters of a 7E1 line that is heard with eight bits. Noise before the start of a message is passed
 * over, and so is a short message with a character of odd parity: whoever waits asks again. A block with one is not valid, so that
 * its repetition can be asked for at once.
 */
export class MessageCollector {
  /** What an ACK is now: the character alone, or the option select that begins with it. */
  expectsSelect = false;
  #characters: number[] = [];
  #damaged = false;
  #awaitsCheck = false;

  /** True within a message. */
  get busy(): boolean {
    return this.#characters.length > 0;
  }

  /** Drops what stopped half-way. */
  clear(): void {
    this.#characters = [];
    this.#damaged = false;
    this.#awaitsCheck = false;
  }

  /** Takes the next octet; the message that it completes, if any. */
  push(octet: number): OpticalMessage | undefined {
    const character = octet & 0x7f;
    if (!this.busy && !this.#starts(character)) return undefined;
    // A request or identification begins anew wherever its first character stands, and no option select has one in it.
    if (character === slash && (this.#characters[0] === slash || this.#characters[0] === control.ack)) this.clear();
    if (!isEvenParity(octet)) this.#damaged = true;
    this.#characters.push(character);
    if (!this.#complete(character)) {
      if (this.#characters.length >= (this.#characters[0] === slash ? longestLine : longestBlock)) this.clear();
      return undefined;
    }
    const message = toMessage(this.#characters, this.#damaged);
    this.clear();
    return message;
  }

  #starts(character: number): boolean {
    return character === slash || character === control.stx || character === control.soh || isAcknowledgement(character);
  }

  #complete(character: number): boolean {
    const [start] = this.#characters;
    switch (start) {
      case slash:
        return character === control.lf;
      case control.ack:
        return !this.expectsSelect || this.#characters.length === selectLength;
      case control.nak:
        return true;
      default:
        if (this.#awaitsCheck) return true;
        this.#awaitsCheck = character === control.etx || character === control.eot;
        return false;
    }
  }
}

const slash = 0x2f;

function isAcknowledgement(character: number): boolean {
  return character === control.ack || character === control.nak;
}

function toMessage(characters: readonly number[], damaged: boolean): OpticalMessage | undefined {
  if (characters[0] === control.stx || characters[0] === control.soh) return toBlock(characters, damaged);
  if (damaged) return undefined;
  const text = String.fromCharCode(...characters.slice(0, longestLine));
  switch (characters[0]) {
    case slash:
      return { type: "line", text: text.trimEnd() };
    case control.nak:
      return { type: "nak" };
    case control.ack: {
      const [, protocol, baudCharacter, mode] = text;
      if (protocol === undefined || baudCharacter === undefined || mode === undefined) return { type: "ack" };
      return text.endsWith("\r\n") ? { type: "select", protocol, baudCharacter, mode } : undefined;
    }
    default:
      return undefined;
  }
}

function toBlock(characters: readonly number[], damaged: boolean): OpticalMessage | undefined {
  const body = Uint8Array.from(characters.slice(1, -1));
  const valid = !damaged && blockCheckCharacter(body) === characters.at(-1);
  const last = body.at(-1) === control.etx;
  const text = new TextDecoder("latin1").decode(body.subarray(0, -1));
  if (characters[0] === control.stx) return { type: "block", data: text, last, valid };
  const command = text.slice(0, 2);
  const data = text.charCodeAt(2) === control.stx ? text.slice(3) : "";
  return command.length === 2 ? { type: "block", command, data, last, valid } : undefined;
}
