import { contactNames } from "../../meter-model/guard/tamper-catalogue.ts";
import { type Instant, type LoadModel, Meter, type MeterConfig, type MeterState } from "../../meter-model/index.ts";
import { InterruptibleLoad } from "./interruptible-load.ts";
import type { ScenarioAct } from "./scenario.ts";
import type { Script } from "./script.ts";
import { scriptedLoad } from "./scripted-load.ts";

/**
 * A meter to which a script happens, whoever lets it live and in steps of whatever length.
 *
 * What somebody does to it is done, as any command is, to a meter that has lived up to that instant, and before it lives on.
 * So the instant of the state says what is done and what is not: nothing else has to be stored for each act to be done once,
 * also where a state is taken up again that is older than the last one.
 */
export class ScriptedMeter extends Meter {
  readonly #script: Script;
  readonly #terminals: InterruptibleLoad;

  /** Takes possession of `state`; `load` is what the script changes. */
  constructor(config: MeterConfig, state: MeterState, load: LoadModel, script: Script) {
    const terminals = new InterruptibleLoad(scriptedLoad(load, script));
    super(config, state, terminals);
    this.#script = script;
    this.#terminals = terminals;
  }

  override get nextDeadline(): Instant {
    // Asked for the instant before, as what is to be done now is not done yet.
    return Math.min(super.nextDeadline, this.#script.at(this.now - 1).until);
  }

  override advance(to: Instant): void {
    while (this.now < to) {
      this.#act();
      super.advance(Math.min(to, this.#script.at(this.now).until));
    }
    super.advance(to);
  }

  /** What is done to a meter while nobody lets it live is done to one without supply, at its instant. */
  override powerUp(at: Instant): void {
    if (at > this.now) {
      this.#act();
      this.#terminals.interrupt(this.now, at);
      super.powerUp(this.now + 1);
    }
    this.advance(at);
  }

  #act(): void {
    const { running } = this.#script.at(this.now);
    for (const name of contactNames) {
      const open = running.some(({ event }) => event.contacts.includes(name));
      if (open !== this.tampers.contact(name)) this.tampers.setContact(name, open);
    }
    this.relay.setStuck(running.some(({ event }) => event.relayStuck));
    for (const act of this.#script.actsAt(this.now)) this.#do(act);
  }

  /** Refusals are what would have come of it: a meter without supply takes no time and no press. */
  #do(act: ScenarioAct): void {
    switch (act.type) {
      case "replace-battery":
        this.battery.replace();
        break;
      case "set-clock":
        this.setClock(this.now + act.error);
        break;
      case "press-reconnect":
        this.relay.manualReconnect();
        break;
    }
  }
}
