import { readSync, writeSync } from "node:fs";
import { Meter, second, stateCodec } from "../../../src/meter-model/index.ts";
import { LmdbMeterStore } from "../../../src/store/lmdb-meter-store.ts";
import { constantLoad } from "../../support/sample-meter.ts";
import { digitsOf, firstTokenState, tokenConfig } from "./token-meter.ts";

/**
 * Waits for a line with the number of a token, then enters that one and all after it until it is killed, some of them once
 * more. It names each before it is entered, and says what became of it once that is saved.
 */
const [path = ""] = process.argv.slice(2);
const say = (line: string): void => void writeSync(1, `${line}\n`);
say("ready");
const order = Buffer.alloc(20);
const length = readSync(0, order);
// Nobody is there any more where the input ends.
if (length === 0) process.exit(1);
const store = new LmdbMeterStore(path, stateCodec);
const meter = new Meter(tokenConfig, store.load() ?? firstTokenState(), constantLoad(0));
say("open");

function enter(index: number): void {
  say(`enter ${index}`);
  // Faster than tokens are taken over the network, even if all were.
  meter.advance(meter.now + 10 * second);
  const { result } = meter.tokens.enter(digitsOf(index), index % 2 === 0 ? "manual" : "remote");
  store.save(meter.state);
  say(`result ${index} ${result}`);
}

for (let index = Number(order.toString("latin1", 0, length)); ; index++) {
  enter(index);
  if (index % 7 === 6) enter(index - (index % 5));
}
