import { expect } from "chai";
import { commandNames } from "../../src/cli/program.ts";
import { runCli } from "../support/cli.ts";
import { type Loaded, loadedBy } from "./loaded-modules.ts";

const foldersOf = ({ files }: Loaded): readonly string[] => [...new Set([...files].map((file) => file.split("/")[0] ?? ""))].sort();
const commandsOf = ({ files }: Loaded): readonly string[] =>
  [...files].flatMap((file) => /^cli\/commands\/(.*)$/.exec(file)?.[1] ?? []).sort();

const ofSecrets = ["bytes", "cli", "client", "config", "cosem-objects", "dlms", "errors", "log"];
const ofTargets = [...ofSecrets, "hdlc", "session", "transport", "wrapper"];
/** Nobody listens there. */
const nowhere = "tcp://127.0.0.1:1";

/** What the lines of technicians load, in full: who adds to it makes every one of them slower. */
const starts: readonly {
  readonly line: string;
  readonly code: number;
  readonly folders: readonly string[];
  readonly packages: readonly string[];
}[] = [
  { line: "--version", code: 0, folders: ["cli", "config", "errors"], packages: ["commander"] },
  { line: "read --help", code: 0, folders: [...ofTargets, "gateway"], packages: ["asn1.js", "commander"] },
  { line: `read ${nowhere}`, code: 3, folders: [...ofTargets, "gateway"], packages: ["asn1.js", "commander"] },
  { line: `profile ${nowhere} load`, code: 3, folders: ofTargets, packages: ["asn1.js", "commander", "luxon"] },
  {
    line: "decode C001C100080000010000FF0200",
    code: 0,
    folders: ["bytes", "cli", "config", "cosem-objects", "decode", "dlms", "errors", "hdlc", "log", "mbus", "optical", "wrapper"],
    packages: ["asn1.js", "commander"],
  },
  { line: "token decode --help", code: 0, folders: [...ofSecrets, "field", "sts", "vending"], packages: ["commander", "luxon"] },
  { line: "keys generate --show", code: 0, folders: ofSecrets, packages: ["commander"] },
];

describe("a start of dlms", function () {
  this.timeout(60_000);

  for (const { line, code, folders, packages } of starts) {
    it(`loads for ${line} what that needs`, async () => {
      const loaded = await loadedBy(line.split(" "));
      expect(loaded.code).to.equal(code);
      expect(foldersOf(loaded)).to.deep.equal([...folders].sort());
      expect([...loaded.packages].sort()).to.deep.equal(packages);
    });
  }

  it("loads one command, the same behind options of the program", async () => {
    const loaded = await loadedBy(["read", "--help"]);
    expect(commandsOf(loaded)).to.deep.equal(["action", "device-view", "read"]);
    expect([...loaded.files].filter((file) => file.startsWith("gateway/"))).to.deep.equal(["gateway/readings"]);
    const behind = await loadedBy(["--key-file", "read.keys", "--key-passphrase-fd=3", "read", "--help"]);
    expect([...behind.files].sort()).to.deep.equal([...loaded.files].sort());
  });

  it("loads every command for the help of all, and for a word that is none", async () => {
    for (const args of [["--help"], ["help", "read"], ["raed"]]) {
      const loaded = await loadedBy(args);
      // `invoke` is in the file of `set`.
      const files = commandNames.map((name) => (name === "invoke" ? "set" : name));
      expect(commandsOf(loaded), args.join(" ")).to.include.members(files);
      expect(foldersOf(loaded)).to.include.members(["meter-model", "virtual-meter", "sts", "keypad"]);
      expect([...loaded.packages]).to.include.members(["zod", "yaml"]);
    }
  });

  it("reads an address book only where a meter is named", async () => {
    const named = await loadedBy(["read", "meter:nobody", "--book", "none.yaml"]);
    expect(named.code).to.equal(2);
    expect([...named.packages]).to.include.members(["zod", "yaml"]);
    expect([...named.files]).to.include.members(["cli/address-book", "config/meters"]);
  });

  it("answers with the same help however it is asked for", async () => {
    const { code, stdout, stderr } = await runCli(["read", "--help"]);
    expect([code, stderr]).to.deep.equal([0, ""]);
    expect(stdout).to.match(/^Usage: dlms read \[options\] <target> \[objects\.\.\.\]/);
    for (const args of [
      ["help", "read"],
      ["--key-file", "f", "read", "--help"],
      ["read", "-h"],
    ])
      expect(await runCli(args), args.join(" ")).to.deep.equal({ code, stdout, stderr });
    const { stdout: all } = await runCli(["--help"]);
    for (const name of commandNames) expect(all).to.match(new RegExp(`^  ${name}( |$)`, "m"));
  });

  it("prints its version wherever that is asked for", async () => {
    const { code, stdout } = await runCli(["--version"]);
    expect([code, stdout]).to.match(/^0,\d+\.\d+\.\d+\n$/);
    for (const args of [["-V"], ["read", "--version"], ["read", nowhere, "--client", "2", "-V"]])
      expect((await runCli(args)).stdout, args.join(" ")).to.equal(stdout);
  });

  it("advises among all commands, and points to the help of the one that was meant", async () => {
    const wrong = async (...args: string[]) => {
      const { code, stderr } = await runCli(args);
      expect(code, args.join(" ")).to.equal(2);
      return stderr;
    };
    expect(await wrong("tokn")).to.match(/unknown command 'tokn' \(Did you mean token\?\).*see dlms --help/);
    expect(await wrong("--key-file", "f", "raed")).to.match(/unknown command 'raed' \(Did you mean .*read.*see dlms --help/);
    expect(await wrong("token", "decod")).to.match(/unknown command 'decod' \(Did you mean decode\?\).*see dlms token --help/);
    expect(await wrong("read", nowhere, "--cliet", "2")).to.match(
      /unknown option '--cliet' \(Did you mean --client\?\).*see dlms read --help/,
    );
    expect(await wrong("read", "--key-file")).to.match(/option '--key-file <file>' argument missing.*see dlms read --help/);
    expect(await wrong("constructor")).to.match(/unknown command 'constructor'/);
  });
});
