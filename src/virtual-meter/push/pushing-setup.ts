import { PushSetupV1, type RestrictedObject } from "../../cosem-objects/classes/push-setup.ts";
import { bind, type CosemObject, type Refusal, refuse } from "../../cosem-objects/object.ts";
import { LocalTime, type Meter } from "../../meter-model/index.ts";
import type { Timers } from "../../session/timers.ts";
import type { DeviceObjects } from "../device-objects.ts";
import { named, parametersOf } from "../mapping/setups/parameters-of.ts";
import { untilOpen } from "./communication-window.ts";
import { destinationAttribute, noDestination, type PushDestination, parseDestination } from "./destination.ts";
import { pushBody } from "./push-content.ts";
import { type PushName, pushes } from "./push-names.ts";
import type { Push } from "./push-outlet.ts";
import { Pusher } from "./pusher.ts";

/** Client that the pushes are for unless a setup says another: the pre-established one. */
const defaultClient = 102;

/** Objects that one push may have. */
const longestList = 64;
const mostWindows = 8;

/** What a push is, whatever carries it. */
export interface PreparedPush extends Omit<Push, "notification" | "serverSap"> {
  readonly list: readonly RestrictedObject[];
  readonly body: Uint8Array;
}

export interface PushingSetupOptions {
  readonly name: PushName;
  readonly meter: Meter;
  /** What is pushed is read from them. */
  readonly objects: DeviceObjects;
  /** Until a client writes another; undefined for none. */
  readonly destination: PushDestination | undefined;
  readonly timers: Timers;
  /** 0 (included) to 1 (excluded). */
  readonly random: () => number;
  /** Meter time per real time. */
  readonly speed: number;
  /** Rejects where it did not get away. */
  readonly send: (push: PreparedPush) => Promise<void>;
  /** What was to be pushed is not: there is nowhere to push to, or it was given up. */
  readonly onUntold: () => void;
  /** A push has failed for the last time. */
  readonly onGivenUp: (error: unknown) => void;
}

/** One push setup (class 40): its object, and the pushing. */
export class PushingSetup {
  readonly object: CosemObject;
  readonly #name: PushName;
  readonly #meter: Meter;
  readonly #hasDestination: () => boolean;
  readonly #onUntold: () => void;
  readonly #pusher: Pusher;

  constructor({ name, meter, objects, destination: configured, timers, random, speed, send, onUntold, onGivenUp }: PushingSetupOptions) {
    const { logicalName, list } = pushes[name];
    const at = parametersOf(meter, PushSetupV1, logicalName);
    const pushObjectList = at("pushObjectList", list, (wanted) => wanted.length <= longestList);
    const sendDestinationAndMethod = at(
      "sendDestinationAndMethod",
      configured === undefined ? noDestination : destinationAttribute(configured),
      (wanted) => parseDestination(wanted) !== undefined,
    );
    const communicationWindow = at("communicationWindow", [], (windows) => windows.length <= mostWindows);
    const randomisation = at("randomisationStartInterval", 0);
    const retries = at("numberOfRetries", 3);
    const repetitionDelay = at("repetitionDelay", 60);
    const pushClientSap = at("pushClientSap", defaultClient, (sap) => sap > 0);
    const protection = at("pushProtectionParameters", [], (wanted) => wanted.length <= 1 && wanted.every(isServed));
    const destination = () => parseDestination(sendDestinationAndMethod.get()) ?? "none";
    this.#name = name;
    this.#meter = meter;
    this.#hasDestination = () => destination() !== "none";
    this.#onUntold = onUntold;
    this.#pusher = new Pusher({
      timers,
      random,
      timing: () => ({ randomisation: randomisation.get(), retries: retries.get(), repetitionDelay: repetitionDelay.get() }),
      untilWindow: () =>
        this.#powered ? untilOpen(communicationWindow.get(), meter.clockTime, new LocalTime(meter.zone)) / speed : Number.POSITIVE_INFINITY,
      send: async () => {
        const to = destination();
        if (to === "none") {
          onUntold();
          return;
        }
        const wanted = pushObjectList.get();
        const [protectedBy] = protection.get();
        await send({
          list: wanted,
          body: pushBody(objects, wanted),
          destination: to,
          clientSap: pushClientSap.get(),
          protection: protectedBy && {
            authenticated: protectedBy.protectionType !== "encryption",
            encrypted: protectedBy.protectionType !== "authentication",
          },
        });
      },
      onGivenUp: (error) => {
        onUntold();
        onGivenUp(error);
      },
    });
    this.object = bind(PushSetupV1, {
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
      methods: { push: () => this.push() },
    });
  }

  /** Pushes as soon as it may be; a refusal where the meter has no supply, or there is nowhere to push to. */
  push(): Refusal<"temporary-failure" | "other-reason"> | undefined {
    if (!this.#powered) return refuse("temporary-failure");
    if (!this.#hasDestination()) {
      this.#onUntold();
      return refuse("other-reason");
    }
    this.#pusher.trigger();
    return undefined;
  }

  /** Gives up what waits; nothing is pushed any more. */
  stop(): void {
    this.#pusher.stop();
  }

  /** What is left after the supply has gone is for telling of just that. */
  get #powered(): boolean {
    return this.#meter.supplied || this.#name === "powerDown";
  }
}

/** Signatures are not made here. */
function isServed({ protectionType }: { readonly protectionType: unknown }): boolean {
  return named(protectionType) && protectionType !== "digital-signature";
}
