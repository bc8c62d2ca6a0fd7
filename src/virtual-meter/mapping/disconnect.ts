import { DisconnectControl } from "../../cosem-objects/classes/disconnect-control.ts";
import { ScriptTable } from "../../cosem-objects/classes/script-table.ts";
import { bind, type CosemObject, type Refusal, refuse } from "../../cosem-objects/object.ts";
import { type Meter, openCauses, type RelayOutcome } from "../../meter-model/index.ts";
import { data } from "./data-object.ts";

/** Scripts of 0.0.10.0.106: what timers and limiters call. */
const scripts = { disconnect: 1, reconnect: 2 } as const;

/** The supply control switch, why it is off, how often it moved, and its scripts. */
export function disconnectObjects(meter: Meter): readonly CosemObject[] {
  const { relay } = meter;
  return [
    bind(DisconnectControl, {
      logicalName: "0.0.96.3.10.255",
      attributes: {
        outputState: () => relay.closed,
        controlState: () => relay.control,
        controlMode: {
          get: () => relay.mode,
          set: (mode) => (meter.setControlMode(mode) === "accepted" ? undefined : refuse("other-reason")),
        },
      },
      methods: {
        remoteDisconnect: () => answer(meter.remoteDisconnect()),
        remoteReconnect: () => answer(meter.remoteReconnect()),
      },
    }),
    data("0.0.96.65.3.255", () => ({ type: "enum", value: openCauses.indexOf(relay.lastCause) })),
    data("0.0.96.65.4.255", () => ({ type: "double-long-unsigned", value: relay.operations })),
    bind(ScriptTable, {
      logicalName: "0.0.10.0.106.255",
      attributes: { scripts: Object.values(scripts).map((scriptIdentifier) => ({ scriptIdentifier, actions: [] })) },
      methods: {
        execute: (script) => {
          switch (script) {
            case 0:
              return undefined;
            case scripts.disconnect:
              return answer(meter.remoteDisconnect());
            case scripts.reconnect:
              return answer(meter.remoteReconnect());
            default:
              return refuse("other-reason");
          }
        },
      },
    }),
  ];
}

/** What is so already is success; what the mode forbids is denied (Blue Book notes 1.27). */
function answer(outcome: RelayOutcome | "no-supply"): Refusal<"read-write-denied" | "temporary-failure"> | undefined {
  switch (outcome) {
    case "done":
    case "unchanged":
      return undefined;
    case "forbidden":
    case "held-open":
      return refuse("read-write-denied");
    case "no-supply":
      return refuse("temporary-failure");
  }
}
