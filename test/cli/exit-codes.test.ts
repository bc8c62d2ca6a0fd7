import { expect } from "chai";
import { exitCodeOf } from "../../src/cli/exit-codes.ts";
import {
  ActionError,
  AssociationRejectedError,
  ConfigError,
  DataAccessError,
  DecodeError,
  ExceptionResponseError,
  InvariantError,
  LocalProtocolError,
  RemoteProtocolError,
  SecurityError,
  StoreError,
  TransportError,
} from "../../src/errors.ts";

const rejected = (diagnostic: string) => new AssociationRejectedError("no", { details: { result: "rejected-permanent", diagnostic } });

describe("exitCodeOf", () => {
  const cases: readonly (readonly [what: string, error: unknown, code: number])[] = [
    ["a refused attribute", new DataAccessError("read-write-denied", "no"), 1],
    ["a refused method", new ActionError("object-undefined", "no"), 1],
    ["an exception response", new ExceptionResponseError("no"), 1],
    ["an association refused for its context", rejected("application-context-name-not-supported"), 1],
    ["a wrong flag", new ConfigError("--client", "no"), 2],
    ["a store that cannot be used", new StoreError("store-version", "no"), 2],
    ["a time-out", new TransportError("timeout", "no"), 3],
    ["a refused connection", new TransportError("refused", "no"), 3],
    ["an association refused for who asks", rejected("authentication-failure"), 4],
    ["a replay", new SecurityError("replayed", "no"), 4],
    ["malformed bytes", new DecodeError("truncated", "frame", 3), 5],
    ["a failed check sum", new DecodeError("check-failed", "token", 0), 5],
    ["an answer at the wrong time", new RemoteProtocolError("no"), 5],
    ["a mistake of ours", new LocalProtocolError("no"), 1],
    ["an invariant", new InvariantError("no"), 1],
    ["what nobody foresaw", new TypeError("no"), 1],
    ["something that is no error", "no", 1],
  ];
  for (const [what, error, code] of cases) {
    it(`is ${code} for ${what}`, () => expect(exitCodeOf(error)).to.equal(code));
  }
});
