import { writeSync } from "node:fs";
import { ClientCounters } from "../../src/client/client-counters.ts";
import { LmdbCounterStore } from "../../src/store/lmdb-counter-store.ts";
import { MeterCounters } from "../../src/virtual-meter/meter-counters.ts";

/** Uses up counters as fast as it can, naming each before it would be sent, until it is killed. */
const [path = "", side = ""] = process.argv.slice(2);
const store = new LmdbCounterStore(path);
const { sendCounter } = side === "client" ? new ClientCounters(store, new Uint8Array(8), "key") : new MeterCounters(store).of("key");
for (;;) say(`${sendCounter.take()}\n`);

/** A pipe that is full takes nothing for a while. */
function say(line: string): void {
  for (;;) {
    try {
      writeSync(1, line);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }
}
