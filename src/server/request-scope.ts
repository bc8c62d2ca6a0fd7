import type { RequiredProtection } from "../cosem-objects/required-protection.ts";
import { atLeast, type ProtectionLevel, suffices } from "../dlms/association/protection.ts";

const inClear: ProtectionLevel = { authenticated: false, encrypted: false };

export interface RequestScopeOptions {
  /** How the request came; in clear by default. */
  readonly protection?: ProtectionLevel | undefined;
  /** False, the default, where the association has no keys to protect an answer with. */
  readonly protects?: boolean;
  /** Octets that the results of the request may take together. */
  readonly maxAnswerLength?: number;
}

export const requestDefaults = { maxAnswerLength: 2 * 1024 * 1024 } as const;

/** What holds for one request as a whole: how it was protected, how its answer has to be, and how long that may become. */
export class RequestScope {
  readonly #given: ProtectionLevel;
  readonly #protects: boolean;
  #answer: ProtectionLevel = inClear;
  #left: number;

  constructor(options: RequestScopeOptions = {}) {
    const { protection = inClear, protects = false, maxAnswerLength = requestDefaults.maxAnswerLength } = options;
    this.#given = protection;
    this.#protects = protects;
    this.#left = maxAnswerLength;
  }

  /** How the answer has to be protected at least, with what was admitted so far. */
  get answerProtection(): ProtectionLevel {
    return this.#answer;
  }

  /** Octets that are left for results; 0 once a result did not fit. */
  get octetsLeft(): number {
    return this.#left;
  }

  /** True where the request is protected well enough and the answer can be; it then has to be. */
  admits({ request, response }: RequiredProtection): boolean {
    if (!suffices(this.#given, request)) return false;
    if (!this.#protects && !suffices(inClear, response)) return false;
    this.#answer = atLeast(this.#answer, response);
    return true;
  }

  /** Takes the room of a result. */
  take(octets: number): void {
    this.#left = Math.max(0, this.#left - octets);
  }

  /** A result did not fit: nothing behind it is carried out, so that trying costs the server no more than answering. */
  exhaust(): void {
    this.#left = 0;
  }
}
