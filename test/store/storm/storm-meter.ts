import { logicalNameToBytes, parseLogicalName } from "../../../src/cosem-objects/logical-name.ts";
import { encodeData } from "../../../src/dlms/axdr/data.ts";
import type { DlmsData } from "../../../src/dlms/axdr/dlms-data.ts";
import {
  defaultMeterConfig,
  imageBlockSize,
  initialState,
  Meter,
  type MeterState,
  minute,
  syntheticLoad,
  threeRateCalendar,
  utc,
} from "../../../src/meter-model/index.ts";
import { VirtualTimers } from "../../../src/session/timers.ts";
import type { LmdbMeterStore } from "../../../src/store/lmdb-meter-store.ts";
import { makeImage } from "../../../src/virtual-meter/mapping/firmware/image-format.ts";
import { virtualMeterServer } from "../../../src/virtual-meter/virtual-meter.ts";
import { DirectClient } from "../../support/direct-client.ts";
import { identity, readerPassword } from "../../support/sample-meter.ts";

const config = { ...defaultMeterConfig, calendar: threeRateCalendar };
const start = Date.UTC(2026, 0, 1);
const management = { clientSap: 1, authentication: { mechanism: "lls", password: readerPassword } } as const;

/** The firmware image that is sent again and again. */
export const stormImage: Uint8Array = makeImage(
  "application",
  "A2",
  Uint8Array.from({ length: 12 * imageBlockSize }, (_, index) => (index * 31 + (index >> 9)) & 0xff),
);

/** What is done in a storm. */
export const deeds = ["capture", "set", "communication", "relay", "cover", "image"] as const;
export type Deed = (typeof deeds)[number];

/** The state that a meter of the storm begins with. */
export function firstState(): MeterState {
  return initialState(config, start);
}

/** A meter whose state is kept, and the client that changes it through services. */
export class StormMeter {
  readonly meter: Meter;
  readonly #save: () => void;
  readonly #client: DirectClient;
  #number = 0;

  /** @param beforeSave is called with the state that is about to be saved */
  constructor(store: Pick<LmdbMeterStore, "load" | "save">, beforeSave: (state: Readonly<MeterState>) => void) {
    this.meter = new Meter(config, store.load() ?? firstState(), syntheticLoad({ seed: 3, zone: utc, solarPeak: 2000 }));
    this.#save = () => {
      beforeSave(this.meter.state);
      store.save(this.meter.state);
    };
    const server = virtualMeterServer({
      meter: this.meter,
      identity,
      associations: [{ role: "management", ...management }],
      observer: { afterChange: this.#save },
      // By this clock nobody's turn is ever over, however busy the machine is.
      timers: new VirtualTimers(),
      onFailure: (error) => {
        throw error;
      },
    });
    this.#client = new DirectClient(server, management).associate();
  }

  /** Does it, and answers once it is acknowledged: true where it was carried out. */
  async do(deed: Deed): Promise<boolean> {
    const number = ++this.#number;
    switch (deed) {
      case "capture":
        this.meter.advance(this.meter.now + (1 + (number % 40)) * minute);
        this.#save();
        return true;
      case "set":
        return this.#set(3, "1.0.0.9.11.255", {
          type: "long-unsigned",
          value: 1 + ((this.meter.limits.clockShiftLimit / 1000 + number) % 60),
        });
      case "communication":
        return this.#set(41, "0.0.25.0.0.255", { type: "long-unsigned", value: 4000 + (number % 1000) });
      case "relay":
        return this.#invoke(70, "0.0.96.3.10.255", this.meter.relay.controlState === "connected" ? 1 : 2, { type: "integer", value: 0 });
      case "cover":
        this.meter.tampers.setContact("terminalCover", !this.meter.tampers.contact("terminalCover"));
        this.#save();
        return true;
      case "image":
        return this.#nextOfImage();
    }
  }

  #nextOfImage(): Promise<boolean> {
    const { firmware } = this.meter;
    const nothing: DlmsData = { type: "integer", value: 0 };
    const transfer = (method: number, parameter: DlmsData) => this.#invoke(18, "0.0.44.0.0.255", method, parameter);
    if (firmware.status === "verification-successful") return transfer(4, nothing);
    if (firmware.status !== "initiated") {
      const identifier: DlmsData = { type: "octet-string", value: Uint8Array.of(this.#number & 0xff) };
      return transfer(1, { type: "structure", value: [identifier, { type: "double-long-unsigned", value: stormImage.length }] });
    }
    if (firmware.complete) return transfer(3, nothing);
    const { firstMissing } = firmware;
    const octets = stormImage.slice(firstMissing * imageBlockSize, (firstMissing + 1) * imageBlockSize);
    const block: DlmsData[] = [
      { type: "double-long-unsigned", value: firstMissing },
      { type: "octet-string", value: octets },
    ];
    return transfer(2, { type: "structure", value: block });
  }

  async #set(classId: number, name: string, value: DlmsData): Promise<boolean> {
    const attribute = {
      attribute: { classId, logicalName: logicalNameToBytes(parseLogicalName(name)), attributeId: 2 },
      selection: undefined,
    };
    const results = await this.#client.request({ service: "set", list: false, attributes: [attribute], values: [encodeData(value)] });
    return Array.isArray(results) && results[0] === "success";
  }

  async #invoke(classId: number, name: string, methodId: number, parameter: DlmsData): Promise<boolean> {
    const method = {
      method: { classId, logicalName: logicalNameToBytes(parseLogicalName(name)), methodId },
      parameter: encodeData(parameter),
    };
    const results = await this.#client.request({ service: "action", list: false, methods: [method] });
    return Array.isArray(results) && (results[0] as { readonly result?: unknown }).result === "success";
  }
}
