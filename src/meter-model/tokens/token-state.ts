import { type EncryptionAlgorithm, type KeyType, type MeterPan, uniformHistory } from "../../sts/index.ts";
import { CaptureBuffer } from "../capture-buffer.ts";
import type { Instant } from "../units.ts";
import type { TokenDelivery, TokenResult } from "./token-result.ts";

/** What a meter of an STS system is built with. */
export interface StsConfig {
  readonly pan: MeterPan;
  readonly algorithm: EncryptionAlgorithm;
  /** Whether tokens are refused that are younger than the key. */
  readonly keysExpire: boolean;
  /** The key it leaves the factory with. */
  readonly key: TokenKey;
  /** Identifier of the minute of manufacture: older tokens are none of this meter's. */
  readonly firstIdentifier: number;
}

/** The decoder key and what goes with it. */
export interface TokenKey {
  decoderKey: Uint8Array;
  keyType: KeyType;
  keyRevisionNumber: number;
  tariffIndex: number;
  supplyGroupCode: number;
  keyExpiryNumber: number;
}

/** The last token that was entered, whatever became of it. */
export interface LastToken {
  readonly digits: string;
  /** Clock time. */
  readonly at: Instant;
  readonly delivery: TokenDelivery;
  readonly result: TokenResult;
  readonly service: string | undefined;
  readonly tokenIdentifier: number | undefined;
}

/** The last token that brought credit; the amount in units of the account. */
export interface LastCredit {
  readonly at: Instant;
  readonly amount: number;
  readonly tokenIdentifier: number;
}

/** A section of a key change, as it was entered: only the key in force deciphers it, so no part of a key lies open. */
export interface HeldSection {
  readonly digits: string;
  /** True time. */
  readonly until: Instant;
}

/** The part of the meter's state that is about tokens. */
export interface TokenState {
  /** Undefined in a meter outside of any STS system. */
  key: TokenKey | undefined;
  /** Identifiers of the tokens that were taken. */
  history: readonly number[];
  /** Sections that wait for the others of their set. */
  held: readonly HeldSection[];
  accepted: number;
  rejected: number;
  last: LastToken | undefined;
  lastCredit: LastCredit | undefined;
  /** True times of attempts over the gateway lately. */
  attempts: readonly Instant[];
  /** True time of the last failed attempt at the keypad. */
  failedAt: Instant | undefined;
  /** Accepted tokens, and all that were entered. */
  credits: { rows: CaptureBuffer };
  transfers: { rows: CaptureBuffer };
}

/** Identifiers that are remembered. */
const remembered = 50;
const acceptedTokens = 50;
const enteredTokens = 100;

/** What is kept of an accepted token; its digits as two numbers of ten. Amounts are in units of the account. */
export const creditTokenColumns = ["high", "low", "delivery", "amount", "balance", "tokenIdentifier", "imported"] as const;
/** What is kept of any token. */
export const transferColumns = ["high", "low", "delivery", "result"] as const;

/** A meter to which no token was ever given. */
export function newTokens(config: StsConfig | undefined): TokenState {
  const state: TokenState = {
    key: undefined,
    history: uniformHistory(remembered, 0),
    held: [],
    accepted: 0,
    rejected: 0,
    last: undefined,
    lastCredit: undefined,
    attempts: [],
    failedAt: undefined,
    credits: { rows: new CaptureBuffer(creditTokenColumns, acceptedTokens, 0, "arrival") },
    transfers: { rows: new CaptureBuffer(transferColumns, enteredTokens, 0, "arrival") },
  };
  if (config !== undefined) commission(state, config);
  return state;
}

/** Makes the meter part of an STS system; what it did before stays in its records. */
export function commission(state: TokenState, { key, firstIdentifier }: StsConfig): void {
  state.key = { ...key };
  state.history = uniformHistory(remembered, firstIdentifier);
  state.held = [];
}
