import type { UnitSurroundings } from "../unit.ts";

/** What of the meter has a firmware of its own. */
export const firmwareParts = ["metrology", "application", "communication"] as const;
export type FirmwarePart = (typeof firmwareParts)[number];

/** How far the transfer of an image is, as class 18 names it. */
export type ImageStatus =
  | "not-initiated"
  | "initiated"
  | "verification-successful"
  | "verification-failed"
  | "activation-successful"
  | "activation-failed";

/** A firmware as an image has it. */
export interface FirmwareVersion {
  readonly part: FirmwarePart;
  readonly version: string;
}

/** The part of the meter's state that is its firmware, and the image of the next. */
export interface FirmwareState {
  /** Versions other than those it left the factory with. */
  updated: Partial<Record<FirmwarePart, string>>;
  enabled: boolean;
  status: ImageStatus;
  identifier: Uint8Array;
  /** Octets of the image. */
  size: number;
  /** What has arrived, by number; stored apart from the rest of the state, and never changed in place. */
  blocks: Map<number, Uint8Array>;
  /** What the image was found to be. */
  verified: FirmwareVersion | undefined;
}

/** Octets of each block but the last, and of the largest image. */
export const imageBlockSize = 512;
export const largestImage = 1 << 20;

/** Why an image or block is not taken. */
export type ImageRefusal = "disabled" | "not-now" | "out-of-range" | "incomplete";

/** A meter as it left the factory. */
export function newFirmware(): FirmwareState {
  return {
    updated: {},
    enabled: true,
    status: "not-initiated",
    identifier: new Uint8Array(),
    size: 0,
    blocks: new Map(),
    verified: undefined,
  };
}

/** Takes an image block by block, and what it is found to be for the firmware of a part when it is activated. */
export class Firmware {
  readonly #state: FirmwareState;
  readonly #surroundings: Pick<UnitSurroundings, "clock" | "now" | "record">;

  /** Takes possession of `state`. */
  constructor(state: FirmwareState, surroundings: Pick<UnitSurroundings, "clock" | "now" | "record">) {
    this.#state = state;
    this.#surroundings = surroundings;
  }

  /** Undefined for what the meter left the factory with. */
  updated(part: FirmwarePart): string | undefined {
    return this.#state.updated[part];
  }

  get enabled(): boolean {
    return this.#state.enabled;
  }

  set enabled(enabled: boolean) {
    this.#state.enabled = enabled;
  }

  get status(): ImageStatus {
    return this.#state.status;
  }

  get identifier(): Uint8Array {
    return this.#state.identifier;
  }

  /** Octets. */
  get size(): number {
    return this.#state.size;
  }

  get blockCount(): number {
    return Math.ceil(this.#state.size / imageBlockSize);
  }

  /** Numbers of the blocks that have arrived. */
  get blockNumbers(): Iterable<number> {
    return this.#state.blocks.keys();
  }

  /** The first block that has not arrived; the number of blocks where all have. */
  get firstMissing(): number {
    let number = 0;
    while (this.#state.blocks.has(number)) number += 1;
    return number;
  }

  get complete(): boolean {
    return this.#state.blocks.size === this.blockCount;
  }

  /** What was verified and waits to be activated, or was. */
  get verified(): FirmwareVersion | undefined {
    return this.#state.verified;
  }

  /** The whole image; undefined while a block is missing. */
  get image(): Uint8Array | undefined {
    if (this.#state.size === 0 || !this.complete) return undefined;
    const image = new Uint8Array(this.#state.size);
    for (const [number, octets] of this.#state.blocks) image.set(octets, number * imageBlockSize);
    return image;
  }

  /** A new image begins; what was there of another is gone. */
  initiate(identifier: Uint8Array, size: number): ImageRefusal | undefined {
    if (!this.#state.enabled) return "disabled";
    if (size < 1 || size > largestImage || identifier.length > 64) return "out-of-range";
    const { updated, enabled } = this.#state;
    Object.assign(this.#state, newFirmware(), { updated, enabled, status: "initiated", identifier: identifier.slice(), size });
    this.#record("firmwareTransferBegan");
    return undefined;
  }

  /** Takes a block; one that has arrived before is taken again. */
  transfer(number: number, octets: Uint8Array): ImageRefusal | undefined {
    const { enabled, status, size, blocks } = this.#state;
    if (!enabled) return "disabled";
    if (status !== "initiated") return "not-now";
    if (number >= this.blockCount || octets.length !== Math.min(imageBlockSize, size - number * imageBlockSize)) return "out-of-range";
    blocks.set(number, octets.slice());
    return undefined;
  }

  /** Whether the image may be verified now. */
  get unverifiable(): ImageRefusal | undefined {
    const { enabled, status } = this.#state;
    if (!enabled) return "disabled";
    if (status !== "initiated" && status !== "verification-successful") return "not-now";
    return this.complete ? undefined : "incomplete";
  }

  /** The image was verified: what it is, or undefined where it is damaged. */
  settleVerification(found: FirmwareVersion | undefined): void {
    this.#state.verified = found;
    this.#state.status = found === undefined ? "verification-failed" : "verification-successful";
    this.#record(found === undefined ? "firmwareVerificationFailed" : "firmwareReady");
  }

  /** Makes the firmware that was verified the active one; answers which. */
  activate(): FirmwareVersion | ImageRefusal {
    const { enabled, status, verified } = this.#state;
    if (!enabled) return "disabled";
    if (status !== "verification-successful" || verified === undefined) return "not-now";
    this.#state.updated[verified.part] = verified.version;
    this.#state.status = "activation-successful";
    this.#record("firmwareActivated");
    return verified;
  }

  #record(name: "firmwareTransferBegan" | "firmwareVerificationFailed" | "firmwareReady" | "firmwareActivated"): void {
    const { clock, now } = this.#surroundings;
    this.#surroundings.record(name, clock.at(now));
  }
}
