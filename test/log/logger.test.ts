import { PassThrough } from "node:stream";
import { expect } from "chai";
import { createLogger, type Logger, type LoggerOptions } from "../../src/log/logger.ts";

/** What a logger writes while `use` runs. */
function written(options: Partial<LoggerOptions>, use: (logger: Logger) => void): string {
  const stream = new PassThrough();
  use(createLogger({ level: "info", json: false, stream, now: () => Date.UTC(2026, 10, 22, 12), ...options }));
  return String(stream.read() ?? "");
}

describe("createLogger", () => {
  it("writes one line for people with the fields behind the message", () => {
    expect(written({}, (logger) => logger.info("associated", { meterId: "house", clientSap: 3, note: "two words" }))).to.equal(
      '2026-11-22T12:00:00.000Z info  associated meterId=house clientSap=3 note="two words"\n',
    );
  });

  it("writes one JSON object a line", () => {
    expect(JSON.parse(written({ json: true }, (logger) => logger.warn("discarded", { meterId: "house" })))).to.deep.equal({
      meterId: "house",
      time: "2026-11-22T12:00:00.000Z",
      level: "warn",
      message: "discarded",
    });
  });

  it("does not let a field pose as level or message", () => {
    expect(JSON.parse(written({ json: true }, (logger) => logger.info("real", { level: "error", message: "forged" })))).to.deep.include({
      level: "info",
      message: "real",
    });
  });

  it("writes what is as urgent as the level or more", () => {
    const lines = written({ level: "warn" }, (logger) => {
      logger.error("a");
      logger.warn("b");
      logger.info("c");
      logger.debug("d");
    });
    expect(lines.match(/ [abcd]$/gm)).to.deep.equal([" a", " b"]);
  });

  it("writes debug lines at level debug", () => {
    expect(written({ level: "debug" }, (logger) => logger.debug("d"))).to.match(/ debug d\n$/);
  });

  it("writes no secret and no token, neither in the message nor in fields", () => {
    for (const json of [true, false]) {
      const line = written({ json }, (logger) =>
        logger.error("token 67259421596626581768 refused", { password: "hunter2", text: "6725 9421 5966 2658 1768" }),
      );
      expect(line).to.not.match(/hunter2|6725/);
    }
  });

  it("keeps a message with line ends on one line", () => {
    expect(written({}, (logger) => logger.info("a\nb")).split("\n")).to.have.lengthOf(2);
  });
});
