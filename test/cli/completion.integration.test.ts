import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { completionScripts } from "../../src/cli/completion/scripts.ts";
import { cliCommand, runCli } from "../support/cli.ts";

const bash = spawnSync("bash", ["--version"]).status === 0;

describe("dlms completion", function () {
  this.timeout(60_000);
  let folder = "";

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "completion-"));
    // The command is run in another folder than this one, from which packages are not found.
    const absolute = cliCommand.map((word) => (word === "tsx" ? createRequire(import.meta.url).resolve("tsx") : word));
    const words = [process.execPath, ...absolute].map((word) => `'${word}'`).join(" ");
    writeFileSync(join(folder, "dlms"), `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
    writeFileSync(
      join(folder, "book.yaml"),
      "meters:\n  - { id: house, target: tcp://127.0.0.1:4059 }\n  - { id: hut, target: tcp://127.0.0.1:4060 }\n",
    );
  });
  after(() => rmSync(folder, { recursive: true }));

  /** What bash puts into COMPREPLY when the cursor is at the end of the line, whose words bash has broken in its own way. */
  function inBash(line: string): readonly string[] {
    const words = line.split(/(?<=[:=])|(?=[:=])|\s+/).filter((word) => word !== "");
    const list = [...words, ...(/[\s:=]$/.test(line) ? [""] : [])].map((word) => `'${word}'`).join(" ");
    const script = [
      'eval "$(dlms completion bash)"',
      `COMP_WORDS=(${list}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); COMP_LINE='${line}'; COMP_POINT=\${#COMP_LINE}`,
      "complete -p dlms >&2",
      `_dlms dlms "\${COMP_WORDS[COMP_CWORD]}" ""`,
      `printf "%s\\n" "\${COMPREPLY[@]}"`,
    ].join("\n");
    const { stdout, stderr, status } = spawnSync("bash", ["--norc", "-c", script], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, PATH: `${folder}:${process.env["PATH"]}`, XDG_CACHE_HOME: folder },
    });
    expect(status, stderr).to.equal(0);
    expect(stderr).to.contain("complete -F _dlms dlms");
    return stdout.split("\n").filter((each) => each !== "");
  }

  it("completes in a real bash", function () {
    if (!bash) this.skip();
    expect(inBash("dlms rea")).to.deep.equal(["read", "readout"]);
    expect(inBash("dlms read --book book.yaml meter:h")).to.deep.equal(["house", "hut"]);
    expect(inBash("dlms read --auth=gm")).to.deep.equal(["gmac"]);
  });

  it("prints a script for each shell, and names them when asked for another", async () => {
    for (const shell of ["zsh", "fish"] as const) expect((await runCli(["completion", shell])).stdout).to.equal(completionScripts[shell]);
    const { code, stderr } = await runCli(["completion", "tcsh"]);
    expect(code).to.equal(2);
    expect(stderr).to.match(/bash, zsh, fish/);
  });

  it("says what to do next when nothing is asked for, and where the address book should be", async () => {
    const { code, stdout, stderr } = await runCli([]);
    expect([code, stderr]).to.deep.equal([0, ""]);
    expect(stdout.match(/^ +.*dlms .*$/gm)).to.have.length(5);
    const missing = await runCli(["read", "meter:x", "--book", join(folder, "none.yaml")]);
    expect(missing.code).to.equal(2);
    expect(missing.stderr).to.match(/there is no address book .*none\.yaml.*dlms scan PLACE --save/);
  });
});
