import { CommunicationPortProtection } from "../../cosem-objects/classes/communication-port-protection.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { type Accessor, bind, type CosemObject, refuse } from "../../cosem-objects/object.ts";
import { type Meter, type PortProtection, type ProtectionSettings, protectionModes } from "../../meter-model/index.ts";
import { parametersOf } from "./setups/parameters-of.ts";

/** The protection of the optical port, and of the keypad where tokens are typed. */
export function portProtectionObjects(meter: Meter): readonly CosemObject[] {
  return [
    protection(meter, meter.ports.optical, "0.0.44.2.0.255", "0.0.20.0.0.255"),
    protection(meter, meter.ports.keypad, "0.0.44.2.1.255", "0.0.19.40.0.255"),
  ];
}

function protection(meter: Meter, port: PortProtection, logicalName: LogicalName, setup: LogicalName): CosemObject {
  const change = (changes: Partial<ProtectionSettings>) => {
    if (!meter.supplied) return refuse("temporary-failure");
    return port.configure(changes) ? undefined : refuse("other-reason");
  };
  const number = (name: Exclude<keyof ProtectionSettings, "mode">): Accessor<number> => ({
    get: () => port.settings[name],
    set: (value) => change({ [name]: value }),
  });
  return bind(CommunicationPortProtection, {
    logicalName,
    attributes: {
      protectionMode: {
        get: () => port.settings.mode,
        set: (wanted) => {
          const mode = protectionModes.find((known) => known === wanted);
          return mode === undefined ? refuse("other-reason") : change({ mode });
        },
      },
      allowedFailedAttempts: number("allowedFailures"),
      initialLockoutTime: number("initialLockout"),
      steepnessFactor: number("steepness"),
      maxLockoutTime: number("longestLockout"),
      portReference: parametersOf(meter, CommunicationPortProtection, logicalName)("portReference", setup),
      protectionStatus: () => port.status,
      failedAttempts: () => port.failures,
      cumulativeFailedAttempts: () => port.cumulative,
    },
    methods: {
      reset: () => {
        if (!meter.supplied) return refuse("temporary-failure");
        port.reset();
        return undefined;
      },
    },
  });
}
