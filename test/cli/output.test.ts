import { PassThrough, Writable } from "node:stream";
import { expect } from "chai";
import { createOutput, describeFailure, type Output, type OutputOptions, toJson } from "../../src/cli/output.ts";
import { ConfigError, TransportError } from "../../src/errors.ts";

function terminal(columns?: number): PassThrough & { isTTY?: boolean; columns?: number } {
  return Object.assign(new PassThrough(), columns === undefined ? {} : { isTTY: true, columns });
}

function written(options: Partial<OutputOptions>, use: (output: Output) => void): { out: string; err: string } {
  const [stdout, stderr] = [terminal(), terminal()];
  use(createOutput({ stdout, stderr, json: false, environment: {}, ...options }));
  return { out: String(stdout.read() ?? ""), err: String(stderr.read() ?? "") };
}

const timeout = new TransportError("timeout", "no answer from tcp 127.0.0.1:4059\nwithin 5 s");

describe("createOutput", () => {
  it("writes results as text or as one line of JSON", () => {
    const show = (output: Output) => output.result([{ a: 1 }], () => "a  1");
    expect(written({}, show).out).to.equal("a  1\n");
    expect(written({ json: true }, show).out).to.equal('[{"a":1}]\n');
  });

  it("does not add a second line end", () => {
    expect(written({}, (output) => output.result(0, () => "done\n")).out).to.equal("done\n");
  });

  it("writes a stream as lines", () => {
    const show = (output: Output) => void [1, 2].map((n) => output.item({ n }, () => `n ${n}`));
    expect(written({}, show).out).to.equal("n 1\nn 2\n");
    expect(written({ json: true }, show).out).to.equal('{"n":1}\n{"n":2}\n');
  });

  it("keeps notes out of standard output", () => {
    expect(written({ json: true }, (output) => output.note("reading"))).to.deep.equal({ out: "", err: "reading\n" });
  });

  it("reports a failure on one line of standard error", () => {
    const { out, err } = written({}, (output) => expect(output.failure(timeout)).to.equal(3));
    expect(out).to.equal("");
    expect(err).to.equal(
      "error: no answer from tcp 127.0.0.1:4059 within 5 s (transport); try: check address, port and client, or raise --timeout\n",
    );
  });

  it("reports a failure as JSON on standard output", () => {
    const { out, err } = written(
      { json: true },
      (output) => void output.failure(new ConfigError("--client", "expected a number", { hint: "for example 16" })),
    );
    expect(err).to.equal("");
    expect(JSON.parse(out)).to.deep.equal({
      error: { code: "config", layer: "config", message: "--client: expected a number", hint: "for example 16" },
    });
  });

  it("colours a terminal, unless NO_COLOR, --json or a dumb terminal say no", () => {
    const color = (options: Partial<OutputOptions>) =>
      createOutput({ stdout: terminal(80), stderr: terminal(), json: false, environment: {}, ...options }).color;
    expect(color({})).to.equal(true);
    expect(color({ environment: { NO_COLOR: "1" } })).to.equal(false);
    expect(color({ environment: { NO_COLOR: "" } })).to.equal(true);
    expect(color({ environment: { TERM: "dumb" } })).to.equal(false);
    expect(color({ json: true })).to.equal(false);
    expect(color({ stdout: terminal() })).to.equal(false);
  });

  it("knows the width of a terminal only", () => {
    const width = (stdout: OutputOptions["stdout"], environment: OutputOptions["environment"] = {}) =>
      createOutput({ stdout, stderr: terminal(), json: false, environment }).width;
    expect(width(terminal(72), { COLUMNS: "40" })).to.equal(72);
    expect(width(terminal(0), { COLUMNS: "40" })).to.equal(40);
    expect(width(terminal(0), { COLUMNS: "wide" })).to.equal(undefined);
    expect(width(terminal(), { COLUMNS: "40" })).to.equal(undefined);
    expect(width(terminal(72))).to.equal(72);
    expect(width(terminal())).to.equal(undefined);
  });

  it("goes quiet when the reader has gone", async () => {
    let writes = 0;
    const stdout = new Writable({
      write(_chunk, _encoding, done) {
        writes++;
        done(Object.assign(new TransportError("closed", "write EPIPE"), { code: "EPIPE" }));
      },
    });
    const output = createOutput({ stdout, stderr: terminal(), json: false, environment: {} });
    output.item(1, () => "1");
    await new Promise((resolve) => stdout.once("close", resolve));
    output.item(2, () => "2");
    expect(output.open).to.equal(false);
    expect(writes).to.equal(1);
  });
});

describe("describeFailure", () => {
  it("asks for a report of what nobody foresaw", () => {
    const { code, layer, message, hint } = describeFailure(new TypeError("x is not a function"));
    expect([code, layer, message]).to.deep.equal(["internal", "internal", "x is not a function"]);
    expect(hint).to.match(/please report it/);
  });

  it("has a hint for every failure", () => {
    for (const code of ["timeout", "link-failed"] as const) expect(describeFailure(new TransportError(code, "no")).hint).to.not.equal("");
  });
});

describe("toJson", () => {
  it("writes 64-bit integers as numbers while they are exact, else as strings", () => {
    expect(toJson([9007199254740991n, 9007199254740992n, -5n])).to.equal('[9007199254740991,"9007199254740992",-5]');
  });
});
