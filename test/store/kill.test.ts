import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { defaultMeterConfig, hour, initialState, Meter, minute, stateCodec, syntheticLoad, utc } from "../../src/meter-model/index.ts";
import { LmdbMeterStore } from "../../src/store/lmdb-meter-store.ts";
import { plain } from "../meter-model/support.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { storeErrorOf } from "./support.ts";

const child = fileURLToPath(new URL("./kill-child.ts", import.meta.url));
const start = Date.parse("2026-01-01T00:00:00Z");
const step = 7;

/** Runs a meter in another process until it has saved `saves` times, calls `during`, kills it, and answers the last instant it named. */
async function liveAndDie(path: string, saves: number, during: () => void = () => {}): Promise<number> {
  const running = spawn(process.execPath, ["--import", "tsx", child, path, String(start), String(step)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(running, "exit");
  const output: string[] = [];
  let lines = 0;
  for await (const chunk of running.stdout.setEncoding("utf8") as AsyncIterable<string>) {
    const before = lines;
    output.push(chunk);
    lines += chunk.split("\n").length - 1;
    if (before < saves && lines >= saves) {
      during();
      running.kill("SIGKILL");
    }
  }
  const [, signal] = (await exited) as [number | null, string | null];
  expect(signal).to.equal("SIGKILL");
  return Number(output.join("").split("\n").at(-2));
}

describe("LmdbMeterStore under kill -9", function () {
  this.timeout(60_000);
  const folder = temporaryFolder();

  it("loses nothing it has acknowledged, and what it has is what a meter is that was never killed", async () => {
    const path = folder.path("meter");
    let acknowledged = start;
    for (const saves of [1, 40, 150]) {
      acknowledged = await liveAndDie(path, saves);
      const store = new LmdbMeterStore(path, stateCodec);
      const state = store.load();
      await store.close();
      if (state === undefined) throw new TypeError("nothing was stored");
      // The commit before the last line, or the one whose line was not written any more.
      expect(state.now).to.be.oneOf([acknowledged, acknowledged + step * minute]);
      const undisturbed = new Meter(defaultMeterConfig, initialState(defaultMeterConfig, start), syntheticLoad({ seed: 1, zone: utc }));
      undisturbed.advance(state.now);
      expect(plain(state)).to.deep.equal(plain(undisturbed.state));
    }
    expect(acknowledged).to.be.greaterThan(start + 20 * hour);
  });

  it("refuses a second process while the first one runs, and nobody after it was killed", async () => {
    const path = folder.path("meter");
    await liveAndDie(path, 1, () => {
      const error = storeErrorOf(() => new LmdbMeterStore(path, stateCodec));
      expect(error.code).to.equal("store-busy");
      expect(error.details["pid"]).to.be.a("number").that.is.not.equal(process.pid);
    });
    const store = new LmdbMeterStore(path, stateCodec);
    expect(store.load()?.now).to.be.greaterThan(start);
    await store.close();
  });
});
