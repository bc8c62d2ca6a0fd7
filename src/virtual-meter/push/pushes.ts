import { PushSetupV1 } from "../../cosem-objects/classes/push-setup.ts";
import { bind, type CosemObject, refuse } from "../../cosem-objects/object.ts";
import type { Notification } from "../../dlms/association/events.ts";
import { type DomainEvent, LocalTime, type Meter } from "../../meter-model/index.ts";
import type { Timers } from "../../session/timers.ts";
import type { DeviceObjects } from "../device-objects.ts";
import { meterDateTime } from "../mapping/clock.ts";
import { named, parametersOf } from "../mapping/setups/parameters-of.ts";
import { untilOpen } from "./communication-window.ts";
import { destinationAttribute, noDestination, type PushDestination, parseDestination } from "./destination.ts";
import { pushBody, pushedValues } from "./push-content.ts";
import { alarmDescriptors, type PushName, pushes, pushNames } from "./push-names.ts";
import type { Push, PushOutlet } from "./push-outlet.ts";
import { Pusher } from "./pusher.ts";

/** Client that the pushes are for unless a setup says another: the pre-established one. */
const defaultClient = 102;

/** Objects that one push may have. */
const longestList = 64;

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
  /** A push that never got away. */
  readonly onGivenUp?: (name: PushName, error: unknown) => void;
}

/** What the meter pushes by itself: the setups (class 40), and the sending. */
export class Pushes {
  readonly #options: PushesOptions;
  readonly #pushers = new Map<PushName, Pusher>();
  #invokeId = 0;

  constructor(options: PushesOptions) {
    this.#options = options;
  }

  /** The setups; what they push is read from `objects`. */
  objects(objects: DeviceObjects): readonly CosemObject[] {
    return pushNames.map((name) => this.#setup(name, objects));
  }

  /** Pushes, unless there is nowhere to push to. */
  trigger(name: PushName): void {
    this.#pushers.get(name)?.trigger();
  }

  /** Pushes what has to be told of what happened. */
  notice(events: readonly DomainEvent[]): void {
    for (const { type } of events) {
      if (type === "power-down") this.trigger("powerDown");
      if (type === "power-up") this.trigger("connectivity");
    }
  }

  /** Nothing is pushed any more. */
  stop(): void {
    for (const pusher of this.#pushers.values()) pusher.stop();
  }

  #setup(name: PushName, objects: DeviceObjects): CosemObject {
    const { meter, outlet, serverSap, destinations = {}, timers, random, onGivenUp } = this.#options;
    const { logicalName, list } = pushes[name];
    const at = parametersOf(meter, PushSetupV1, logicalName);
    const configured = destinations[name];
    const pushObjectList = at("pushObjectList", list, (wanted) => wanted.length <= longestList);
    const sendDestinationAndMethod = at(
      "sendDestinationAndMethod",
      configured === undefined ? noDestination : destinationAttribute(configured),
      (wanted) => parseDestination(wanted) !== undefined,
    );
    const communicationWindow = at("communicationWindow", [], (windows) => windows.length <= 8);
    const randomisation = at("randomisationStartInterval", 0);
    const retries = at("numberOfRetries", 3);
    const repetitionDelay = at("repetitionDelay", 60);
    const pushClientSap = at("pushClientSap", defaultClient, (sap) => sap > 0);
    const protection = at("pushProtectionParameters", [], (parameters) => parameters.every(isServed) && parameters.length <= 1);
    const destination = () => parseDestination(sendDestinationAndMethod.get()) ?? "none";
    const pusher = new Pusher({
      timers,
      random,
      timing: () => ({ randomisation: randomisation.get(), retries: retries.get(), repetitionDelay: repetitionDelay.get() }),
      untilWindow: () => untilOpen(communicationWindow.get(), meter.clockTime, new LocalTime(meter.zone)),
      send: async () => {
        const to = destination();
        if (to === "none") return;
        const body = pushBody(objects, pushObjectList.get());
        const [wanted] = protection.get();
        const push: Push = {
          destination: to,
          clientSap: pushClientSap.get(),
          serverSap,
          notification: this.#notification(body),
          protection: wanted && {
            authenticated: wanted.protectionType !== "encryption",
            encrypted: wanted.protectionType !== "authentication",
          },
        };
        await outlet.send(push);
        if (name === "alarm")
          this.#clearDescriptors(
            pushObjectList.get().map((object) => object.logicalName),
            body,
          );
      },
      onGivenUp: (error) => onGivenUp?.(name, error),
    });
    this.#pushers.set(name, pusher);
    return bind(PushSetupV1, {
      logicalName,
      attributes: {
        pushObjectList,
        sendDestinationAndMethod,
        communicationWindow,
        randomisationStartInterval: randomisation,
        numberOfRetries: retries,
        repetitionDelay,
        portReference: at("portReference", "0.0.25.0.0.255"),
        pushClientSap,
        pushProtectionParameters: protection,
      },
      methods: {
        push: () => {
          if (!meter.supplied && name !== "powerDown") return refuse("temporary-failure");
          if (destination() === "none") return refuse("other-reason");
          pusher.trigger();
          return undefined;
        },
      },
    });
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

  /** Alarms that were told are not told again (IDIS). */
  #clearDescriptors(names: readonly string[], body: Uint8Array): void {
    const values = pushedValues(body);
    names.forEach((logicalName, index) => {
      const register = alarmDescriptors.findIndex((descriptor) => descriptor === logicalName);
      const told = values[index];
      if (register >= 0 && told?.type === "double-long-unsigned") {
        this.#options.meter.events.keepDescriptor(register, ~told.value >>> 0);
      }
    });
  }
}

/** Signatures are not made here. */
function isServed({ protectionType }: { readonly protectionType: unknown }): boolean {
  return named(protectionType) && protectionType !== "digital-signature";
}
