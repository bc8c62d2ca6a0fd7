/** The vending side of prepayment: tokens by service, identifiers that are never given twice, the book of what was issued. */
export { type ExplainOptions, explainToken, type Moment, type TokenFact } from "./explain-token.ts";
export type { GivenIdentifiers, Issue, IssueBook, NewIssue, TokenIdentifier } from "./issue.ts";
export { issueKeyChange, type KeyChangeOrder, keyChangeService } from "./issue-key-change.ts";
export { issueToken, type TokenOrder } from "./issue-token.ts";
export type { Quantity } from "./measure.ts";
export { MemoryIssueBook } from "./memory-issue-book.ts";
export { type KeyTerms, type MeterKey, meterKeyOf } from "./meter-key.ts";
export {
  draftOf,
  isVendingService,
  type TokenDraft,
  type TokenStamp,
  type VendingServiceName,
  vendingServices,
} from "./vending-service.ts";
