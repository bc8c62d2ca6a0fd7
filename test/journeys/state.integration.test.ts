import { expect } from "chai";
import { CliService, runCli } from "../support/cli.ts";
import { freePort } from "../support/free-port.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const reader = ["--client", "2", "--auth", "lls", "--password", "env:READER"];
const environment = { READER: "00000000" };

describe("a meter that keeps its state", function () {
  this.timeout(60_000);
  const folder = temporaryFolder("suite");

  const start = async (port: number): Promise<CliService> =>
    CliService.start(
      [
        "meter",
        "--tcp",
        String(port),
        "--state",
        folder.path("meter"),
        "--speed",
        "3600",
        "--start",
        "2026-02-01T00:00:00Z",
        "--timezone",
        "UTC",
      ],
      /listening/,
    );

  const read = async (port: number, object: string): Promise<number> => {
    const { stdout } = await runCli(["read", `tcp://127.0.0.1:${port}`, object, "--json", ...reader], environment);
    return (JSON.parse(stdout) as { readonly value: number }[])[0]?.value as number;
  };

  it("has lost nothing it showed after a kill -9, and is not opened twice", async () => {
    const port = await freePort();
    const first = await start(port);
    const shown = await read(port, "1.0.1.8.0.255");
    // Saves happen at captures: at this speed every quarter of a second.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await first.stop("SIGKILL");
    const second = await start(port);
    expect(await read(port, "1.0.1.8.0.255")).to.be.at.least(shown);
    const busy = await runCli(["meter", "--tcp", "0", "--state", folder.path("meter"), "--json"]);
    expect(busy.code).to.equal(2);
    expect((JSON.parse(busy.stdout) as { error: { code: string } }).error.code).to.equal("store-busy");
    expect(await second.stop("SIGTERM")).to.equal(0);
  });
});
