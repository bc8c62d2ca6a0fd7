import type { CosemObject } from "../../cosem-objects/object.ts";
import type { Notification } from "../../dlms/association/events.ts";
import type { DomainEvent, Meter } from "../../meter-model/index.ts";
import type { Timers } from "../../session/timers.ts";
import type { DeviceObjects } from "../device-objects.ts";
import { meterDateTime } from "../mapping/clock.ts";
import { AlarmReports } from "./alarm-reports.ts";
import type { PushDestination } from "./destination.ts";
import { type PushName, pushNames } from "./push-names.ts";
import type { PushOutlet } from "./push-outlet.ts";
import { type PreparedPush, PushingSetup } from "./pushing-setup.ts";

export interface PushesOptions {
  readonly meter: Meter;
  /** SAP of the logical device that pushes. */
  readonly serverSap: number;
  readonly outlet: PushOutlet;
  /** Where pushes go until a client writes another destination. */
  readonly destinations?: { readonly [Name in PushName]?: PushDestination | undefined };
  readonly timers: Timers;
  /** 0 (included) to 1 (excluded). */
  readonly random: () => number;
  /** Meter time per real time; 1 by default. Windows are the meter's, delays are real. */
  readonly speed?: number;
  /** A push has failed for the last time. One that has nowhere to go was not asked for. */
  readonly onFailure?: (name: PushName, error: unknown) => void;
}

/** What the meter pushes by itself: the setups (class 40), and the sending. */
export class Pushes {
  readonly #options: PushesOptions;
  readonly #alarms: AlarmReports;
  readonly #setups = new Map<PushName, PushingSetup>();
  #invokeId = 0;

  constructor(options: PushesOptions) {
    this.#options = options;
    this.#alarms = new AlarmReports(options.meter);
  }

  /** The setups; what they push is read from `objects`. */
  objects(objects: DeviceObjects): readonly CosemObject[] {
    return pushNames.map((name) => this.#setup(name, objects).object);
  }

  /** Pushes, unless there is nowhere to push to, or no supply. */
  trigger(name: PushName): void {
    this.#setups.get(name)?.push();
  }

  /** Pushes what has to be told of what happened; the rest comes from scripts. */
  notice(events: readonly DomainEvent[]): void {
    for (const { type } of events) {
      if (type === "power-down") this.trigger("powerDown");
      if (type === "power-up") this.started();
    }
    if (this.#alarms.raisedSinceFailure()) this.trigger("alarm");
  }

  /** Tells that the meter is there, and of alarms from before that were not told yet. */
  started(): void {
    this.trigger("connectivity");
    if (this.#alarms.any) this.trigger("alarm");
  }

  /** Nothing is pushed any more. */
  stop(): void {
    for (const setup of this.#setups.values()) setup.stop();
  }

  #setup(name: PushName, objects: DeviceObjects): PushingSetup {
    const { meter, destinations = {}, timers, random, speed = 1, onFailure } = this.#options;
    const setup = new PushingSetup({
      name,
      meter,
      objects,
      destination: destinations[name],
      timers,
      random,
      speed,
      send: (push) => this.#send(name, push),
      onUntold: () => {
        if (name === "alarm") this.#alarms.failed();
      },
      onGivenUp: (error) => onFailure?.(name, error),
    });
    this.#setups.set(name, setup);
    return setup;
  }

  async #send(name: PushName, { list, body, ...push }: PreparedPush): Promise<void> {
    const { outlet, serverSap } = this.#options;
    await outlet.send({ ...push, serverSap, notification: this.#notification(body) });
    if (name === "alarm" && this.#alarms.told(list, body)) this.trigger("alarm");
  }

  #notification(body: Uint8Array): Notification {
    this.#invokeId = (this.#invokeId + 1) & 0xff_ffff;
    return {
      type: "data-notification",
      invoke: {
        longInvokeId: this.#invokeId,
        selfDescriptive: false,
        breakOnError: false,
        confirmed: false,
        highPriority: false,
        reserved: 0,
      },
      dateTime: meterDateTime(this.#options.meter),
      body,
    };
  }
}
