import { DisconnectControl } from "../../cosem-objects/classes/disconnect-control.ts";
import { ScriptTable } from "../../cosem-objects/classes/script-table.ts";
import { bind, type CosemObject, type Refusal, refuse } from "../../cosem-objects/object.ts";
import type { Meter, RelayOutcome } from "../../meter-model/index.ts";
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
        controlState: () => relay.controlState,
        controlMode: {
          get: () => relay.mode,
          set: (mode) => {
            if (!meter.supplied) return refuse("temporary-failure");
            return relay.setMode(mode) ? undefined : refuse("other-reason");
          },
        },
      },
      methods: {
        remoteDisconnect: () => answer(relay.remoteDisconnect()),
        remoteReconnect: () => answer(relay.remoteReconnect()),
      },
    }),
    data("0.0.96.65.3.255", () => ({ type: "enum", value: relay.cause })),
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
              return answer(relay.remoteDisconnect());
            case scripts.reconnect:
              return answer(relay.remoteReconnect());
            default:
              return refuse("other-reason");
          }
        },
      },
    }),
  ];
}

/** What is so already is success; what the mode forbids is denied (Blue Book notes 1.27). */
function answer(outcome: RelayOutcome): Refusal<"read-write-denied" | "temporary-failure"> | undefined {
  switch (outcome) {
    case "accepted":
      return undefined;
    case "denied":
      return refuse("read-write-denied");
    case "no-supply":
      return refuse("temporary-failure");
  }
}
