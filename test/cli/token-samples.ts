import { PassThrough } from "node:stream";
import type { Command } from "commander";
import { fromHex } from "../../src/bytes/hex.ts";
import { createOutput, type Output } from "../../src/cli/output.ts";
import { expectNoSecrets } from "../support/no-secrets.ts";

/** The meter of the demonstration and the token of 25.6 kWh that the product's contract names. */
export const meter = "01234567897";
export const pan = "600727012345678977";
export const credit = "67259421596626581768";

/** Secrets in variables of the environment, by their names. */
export const secretVariables: Readonly<Record<string, string>> = {
  TOKEN_VENDING: "ABABABABABABABAB949494949494949401234567",
  TOKEN_NEW: "0123456701234567012345670123456701234567",
  TOKEN_DECODER: "BD192FA6021FA142A940F1F81339139F",
};

export const station: readonly string[] = ["--vending-key", "env:TOKEN_VENDING", "--sgc", "123456"];
export const ofMeter: readonly string[] = ["--meter", meter, ...station];

/** Fails where a text has one of the secrets in it. */
export function expectNoKeys(where: string, text: string): void {
  expectNoSecrets(
    where,
    text,
    Object.values(secretVariables).map((hex) => fromHex(hex)),
  );
}

/** Puts the secrets into the environment of this process while the tests of a suite run. */
export function withSecretVariables(): void {
  before(() => Object.assign(process.env, secretVariables));
  after(() => {
    for (const name of Object.keys(secretVariables)) delete process.env[name];
  });
}

/** What commander makes of the flags of a command, without running it. */
export function parsed<Options>(command: Command, args: readonly string[]): Options {
  command.exitOverride().parseOptions([...args]);
  return command.opts() as Options;
}

/** What a command writes, and what it answers. */
export interface Written<Result> {
  readonly result: Result;
  readonly out: string;
  readonly err: string;
}

/** Lets something write, in JSON or for people; what it wrote has no key in it. */
export function written<Result>(json: boolean, write: (output: Output) => Result): Written<Result> {
  // Wide enough that nothing waits for a reader.
  const [stdout, stderr] = [new PassThrough({ highWaterMark: 2 ** 20 }), new PassThrough({ highWaterMark: 2 ** 20 })];
  const result = write(createOutput({ stdout, stderr, json, environment: {} }));
  const [out, err] = [String(stdout.read() ?? ""), String(stderr.read() ?? "")];
  expectNoKeys("what was written", out + err);
  return { result, out, err };
}
