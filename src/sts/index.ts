/** Prepayment tokens of IEC 62055-41 (STS): pure functions between digits, keys and what a token says. */
export { decodeAmount, encodeAmount, largestAmount } from "./amount.ts";
export type { BitField, BitRange, FieldCodec } from "./bit-field.ts";
export { type Block, type BlockCipher, blockOf, octetsOf } from "./block.ts";
export { type CreditRegister, creditRegisterOf, creditRegisters } from "./credit-register.ts";
export { decodeCurrency, encodeCurrency, largestCurrency } from "./currency.ts";
export { decimalOf, unitsOf } from "./decimal.ts";
export { type DecodedToken, decodeToken, type TokenFault } from "./decode-token.ts";
export { DecoderKey } from "./decoder-key.ts";
export { deriveDecoderKey, type KeyDerivation, type KeyGenerationCode } from "./decoder-key-generation.ts";
export { describeLayout } from "./describe-layout.ts";
export { type ControlWidth, controlOf, displayTests, everyTest, testsOf } from "./display-tests.ts";
export { encodeToken } from "./encode-token.ts";
export { decoderKeyLengths, type EncryptionAlgorithm, type EncryptionCode } from "./encryption-algorithm.ts";
export { ageOf, type IdentifierAge, type IdentifierHistory, uniformHistory, withIdentifier } from "./identifier-history.ts";
export {
  type HeldSections,
  type JoinedSections,
  joinSections,
  type KeyChange,
  type KeyChangeSection,
  keyChangeSections,
  type SectionService,
  withSection,
} from "./key-change.ts";
export type { KeyIdentity } from "./key-identity.ts";
export { KeyMaterial } from "./key-material.ts";
export { KeyPart } from "./key-part.ts";
export { allowsKeyTypeChange, type KeyType, keyTypes } from "./key-type.ts";
export { hasLuhnDigit, luhnDigit } from "./luhn.ts";
export { type MeterPan, meterPanOf, parseMeterNumber, parseMeterPan } from "./meter-pan.ts";
export { misty1 } from "./misty1.ts";
export { decodeModeChange, encodeModeChange, modeChangeSubclass, type PaymentModeTarget } from "./mode-change.ts";
export { sta } from "./sta.ts";
export { type StaTables, sampleStaTables, staTablesFrom } from "./sta-tables.ts";
export type { TokenClass } from "./token-class.ts";
export type { CheckSum } from "./token-crc.ts";
export {
  type BaseDate,
  baseDates,
  isKeyExpired,
  isReservedIdentifier,
  issueTime,
  largestTokenIdentifier,
  needsRollover,
  neverExpires,
  nextTokenIdentifier,
  reservedIdentifier,
} from "./token-identifier.ts";
export { layoutOf, placeOf, type Token, type TokenFor, type TokenLayout, type TokenService, tokenLayouts } from "./token-layouts.ts";
export { type ValidationContext, type ValidationFault, validateToken } from "./validate-token.ts";
export { VendingKey } from "./vending-key.ts";
