import { expect } from "chai";
import { Command, Option } from "commander";
import { keptByBash, wordsOf } from "../../../src/cli/completion/command-line.ts";
import { specOf } from "../../../src/cli/completion/command-spec.ts";
import { complete } from "../../../src/cli/completion/complete.ts";
import { completionScripts, shells } from "../../../src/cli/completion/scripts.ts";
import { knownArguments } from "../../../src/cli/completion/values.ts";
import { buildProgram, everyCommand } from "../../../src/cli/program.ts";

const tree = await buildProgram();
const program = specOf(tree);
const sources = {
  meters: (book = "usual") => (book === "usual" ? ["house", "shop"] : [`${book}-meter`]),
  ports: () => ["/dev/serial/by-id/usb-probe"],
};
const at = (...words: readonly string[]) => complete(program, words, sources);
const valuesAt = async (...words: readonly string[]) => (await at(...words)).candidates.map(({ value }) => value);

describe("completion", () => {
  it("offers commands, also below commands, and never itself", async () => {
    expect(await valuesAt("rea")).to.deep.equal(["read", "readout"]);
    expect(await valuesAt("keys", "file", "c")).to.deep.equal(["create", "change-passphrase"]);
    expect(await valuesAt(""))
      .to.include.members(["demo", "completion"])
      .and.not.include.members(["help", "__complete"]);
  });

  it("offers the options of the command and those of every command", async () => {
    expect(await valuesAt("read", "--sys")).to.deep.equal(["--system-title"]);
    expect(await valuesAt("read", "--key")).to.deep.equal(["--key-file", "--key-passphrase-fd"]);
    expect(await valuesAt("bench", "--serve")).to.deep.equal([]);
    expect(await valuesAt("decode", "--", "--fi")).to.deep.equal([]);
  });

  it("offers what an option chooses from, in both ways of writing it", async () => {
    expect(await valuesAt("read", "--auth", "sh")).to.deep.equal(["sha1", "sha256"]);
    expect(await valuesAt("read", "--auth=g")).to.deep.equal(["--auth=gmac"]);
    expect(await valuesAt("read", "--trace", "")).to.deep.equal(["hex", "apdu"]);
    expect(await valuesAt("read", "--timeout", "")).to.deep.equal([]);
  });

  it("offers meters of the address book that the line names", async () => {
    expect(await valuesAt("read", "meter:")).to.deep.equal(["meter:house", "meter:shop"]);
    expect(await valuesAt("--key-file", "k", "read", "--book", "other", "m")).to.deep.equal(["meter:other-meter"]);
    expect(await valuesAt("read", "--book=mine", "m")).to.deep.equal(["meter:mine-meter"]);
  });

  it("leaves room behind the start of a target or a secret", async () => {
    expect(await at("read", "td")).to.deep.equal({ candidates: [], files: false, open: false });
    expect(await at("read", "tcp")).to.deep.include({ open: true });
    expect(await at("read", "meter:h")).to.deep.include({ open: false });
    expect(await at("read", "--ek", "key")).to.deep.equal({
      candidates: [{ value: "keyfile:", description: "the encrypted key file" }],
      files: false,
      open: true,
    });
    expect(await valuesAt("read", "opt")).to.deep.equal(["optical:///dev/serial/by-id/usb-probe"]);
    expect(await valuesAt("readout", "")).to.deep.equal(["/dev/serial/by-id/usb-probe"]);
  });

  it("offers names of objects, profiles and logs, and more of them where more may stand", async () => {
    expect(await valuesAt("read", "meter:house", "active_energy_imp")).to.include("active_energy_import");
    expect(await valuesAt("read", "meter:house", "clock", "active_energy_imp")).to.include("active_energy_import");
    expect(await valuesAt("profile", "meter:house", "")).to.deep.equal(["load", "hourly", "daily", "monthly", "tokens"]);
    expect(await valuesAt("profile", "meter:house", "load", "")).to.deep.equal([]);
    expect(await valuesAt("relay", "meter:house", "c")).to.deep.equal(["connect"]);
    expect(await valuesAt("events", "meter:house", "fr")).to.deep.equal(["fraud"]);
  });

  it("leaves files to the shell", async () => {
    expect((await at("decode", "--file", "")).files).to.equal(true);
    expect((await at("gateway", "--config", "x")).files).to.equal(true);
    expect((await at("read", "")).files).to.equal(false);
  });

  it("names arguments that there are", () => {
    const there = new Set(
      everyCommand(tree).flatMap((command) => {
        const path: string[] = [];
        for (let each: Command | null = command; each !== null; each = each.parent) path.unshift(each.name());
        return command.registeredArguments.map((argument) => [...path, argument.name()].join(" "));
      }),
    );
    expect(knownArguments.filter((name) => !there.has(name))).to.deep.equal([]);
  });

  it("has nothing of hidden options", () => {
    const command = new Command("x").addOption(new Option("--secret").hideHelp()).option("-a, --all <file>", "every one", "b");
    expect(specOf(command).options.filter(({ flags }) => !flags.includes("--help"))).to.deep.equal([
      { flags: ["-a", "--all"], description: "every one", placeholder: "file", values: "files", standard: "b" },
    ]);
  });
});

describe("wordsOf", () => {
  it("splits a line as bash does", () => {
    expect(wordsOf("dlms read ")).to.deep.equal(["read", ""]);
    expect(wordsOf("dlms read 'a b' \"c d\" e\\ f")).to.deep.equal(["read", "a b", "c d", "e f"]);
    expect(wordsOf("A=1 ./dlms re")).to.deep.equal(["re"]);
    expect(wordsOf("dlms read '' \"open quo")).to.deep.equal(["read", "", "open quo"]);
    expect(wordsOf("dlms")).to.deep.equal([]);
  });

  it("knows what bash keeps of a word", () => {
    expect(keptByBash("meter:ho", " :=")).to.equal("meter:");
    expect(keptByBash("--auth=g", " :=")).to.equal("--auth=");
    expect(keptByBash("meter:ho", " ")).to.equal("");
  });
});

describe("the completion scripts", () => {
  for (const shell of shells) {
    it(`ask dlms in ${shell}, and know what it answers`, () => {
      const script = completionScripts[shell];
      expect(script).to.contain(" __complete ").and.contain(":files").and.contain(":open");
      expect(script).not.to.match(/\$\{(?!COMP|words|line|ends|values|\(@)/, "a placeholder that was meant for the shell");
      expect((script.match(/"/g) ?? []).length % 2, "quotes").to.equal(0);
    });
  }
});
