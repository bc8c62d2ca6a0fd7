/** As many octets as asked for, nobody knows which. */
export type RandomOctets = (length: number) => Uint8Array;

/** Shorter runs are found everywhere by chance, and say little about anybody. */
const shortestForm = 4;
/** A date, an address or a count has as many octets, and must not be taken for a name elsewhere. */
const shortestBinary = 6;
/** Of fewer different octets are fillers: a password of zeros, an empty title. */
const fewestDifferent = 3;
/** A number of fewer digits is a date, a count or a version as often as a serial number. */
const shortestNumber = 5;

/** What is not to be told. */
export interface Identities {
  /** Names, titles and numbers; their manufacturer stays. */
  readonly names: readonly Uint8Array[];
  /** Passwords and challenges, of which nothing stays. */
  readonly secrets: readonly Uint8Array[];
}

/**
 * Made-up octets in place of what tells who somebody is. The same octets always get the same ones, of the same length;
 * digits become digits and letters letters. A name that contains another gets that one's replacement within its own.
 */
export class Pseudonyms {
  readonly #random: RandomOctets;
  /** Names that were learnt, the shortest first, with what stands for them; by their octets as text. */
  readonly #names: ReadonlyMap<string, Uint8Array>;

  constructor({ names, secrets }: Identities, random: RandomOctets) {
    this.#random = random;
    const made = new Map<string, Uint8Array>();
    const hidden = new Set(secrets.map(keyOf));
    const shortestFirst = [...names, ...secrets].sort((a, b) => a.length - b.length);
    for (const name of shortestFirst) {
      const key = keyOf(name);
      if (!made.has(key)) made.set(key, this.#make(name, hidden.has(key) ? 0 : manufacturerEnd(name), made));
    }
    this.#names = made;
  }

  /** What stands for these octets, which were among the names. */
  of(name: Uint8Array): Uint8Array {
    return this.#names.get(keyOf(name)) ?? this.#invent(name, 0);
  }

  /** Overwrites with zeros what the octets still hold of any name, in any of its forms. */
  wipe(octets: Uint8Array): void {
    const text = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
    for (const form of this.forms()) {
      for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + form.length)) octets.fill(0, at, at + form.length);
    }
  }

  /** Every way in which a name may be written: as it is, in hex digits, and its numbers in digits, in BCD and in binary. */
  forms(): readonly Uint8Array[] {
    const all = [...this.#names.keys()].flatMap((key) => formsOf(Buffer.from(key, "latin1")));
    const telling = all.filter((form) => form.length >= shortestForm && new Set(form).size >= fewestDifferent);
    // The longest first, so that a part that is wiped does not hide the whole.
    return telling.sort((a, b) => b.length - a.length);
  }

  #make(name: Uint8Array, kept: number, known: ReadonlyMap<string, Uint8Array>): Uint8Array {
    const made = this.#invent(name, kept);
    const text = keyOf(name);
    for (const [part, replacement] of known) {
      const at = part.length < shortestForm || part.length === text.length ? -1 : text.indexOf(part);
      if (at >= 0) made.set(replacement, at);
    }
    return made;
  }

  #invent(name: Uint8Array, kept: number): Uint8Array {
    const random = this.#random(name.length);
    const readable = isReadable(name);
    return name.map((octet, index) => {
      const drawn = random[index] as number;
      if (index < kept) return octet;
      return readable ? sameKind(octet, drawn) : drawn;
    });
  }
}

const systemTitleLength = 8;

/**
 * Where the FLAG id ends that system titles and logical device names begin with (Green Book 4.3.4), else 0. It is no name
 * of a meter, and whoever reads the trace has to know whose meter it is.
 */
function manufacturerEnd(name: Uint8Array): number {
  const text = keyOf(name);
  const isTitle = name.length === systemTitleLength && !isReadable(name) && /^[A-Z]{3}/.test(text);
  return isTitle || /^[A-Z]{3}\d{5,13}$/.test(text) ? 3 : 0;
}

function isReadable(name: Uint8Array): boolean {
  return name.every((octet) => octet >= 0x20 && octet < 0x7f);
}

function sameKind(octet: number, drawn: number): number {
  for (const [first, last] of [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x61, 0x7a],
  ] as const) {
    if (octet >= first && octet <= last) return first + (drawn % (last - first + 1));
  }
  return octet;
}

function formsOf(name: Uint8Array): readonly Uint8Array[] {
  const digits = (keyOf(name).match(/\d+/g) ?? []).flatMap((run) => [run, run.replace(/^0+/, "")]);
  // A system title is three letters and the number of the device, in binary more often than not.
  const numbers = name.length === systemTitleLength ? [name.subarray(3), name.subarray(4)] : [];
  const decimal = numbers.map((number) => BigInt(`0x${hex(number)}`).toString());
  const whole = isReadable(name) || name.length >= shortestBinary ? [name] : [];
  return [...whole, ...numbers, ...[...whole, ...numbers].flatMap(hexForms), ...[...digits, ...decimal].flatMap(numberForms)];
}

function hexForms(octets: Uint8Array): readonly Uint8Array[] {
  return octets.length < shortestForm ? [] : [Buffer.from(hex(octets)), Buffer.from(hex(octets).toUpperCase())];
}

function numberForms(digits: string): readonly Uint8Array[] {
  if (digits.length < shortestNumber) return [];
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  const number = BigInt(digits);
  const width = number < 1n << 32n ? 8 : number < 1n << 64n ? 16 : 0;
  const binary = width === 0 ? [] : [Buffer.from(number.toString(16).padStart(width, "0"), "hex")];
  return [Buffer.from(digits), Buffer.from(even, "hex"), ...binary];
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString("hex");
}

/** One character for each octet, so that a part of the octets is a part of the text. */
function keyOf(octets: Uint8Array): string {
  return Buffer.from(octets).toString("latin1");
}
