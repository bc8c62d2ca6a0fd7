import { ByteWriter } from "../../../bytes/byte-writer.ts";
import { type ScriptAction, ScriptTable } from "../../../cosem-objects/classes/script-table.ts";
import { encodeData } from "../../../dlms/axdr/data.ts";
import type { ActionResult, DataAccessResult } from "../../../dlms/xdlms/results.ts";
import type { ScriptCall } from "../../../meter-model/index.ts";
import { type DeviceObjects, ownContext } from "../../device-objects.ts";
import { scriptTables } from "./script-references.ts";

/** Scripts that call scripts go no deeper than this. */
const deepest = 4;

/** Carries out scripts on the objects of the device, whoever asks: a client, a schedule, a monitor, another script. */
export class ScriptExecutor {
  readonly #objects: DeviceObjects;
  #depth = 0;

  constructor(objects: DeviceObjects) {
    this.#objects = objects;
  }

  /** Executes a script of a table, by the method that clients call too. */
  run({ table, script }: ScriptCall): ActionResult {
    const execute: ScriptAction = {
      serviceId: "execute",
      classId: ScriptTable.classId,
      logicalName: scriptTables[table],
      index: ScriptTable.methods.execute.id,
      parameter: { type: "long-unsigned", value: script },
    };
    return this.execute([execute]);
  }

  /** Carries out actions in their order; the first that fails ends the script and is its result. */
  execute(actions: readonly ScriptAction[]): ActionResult {
    if (this.#depth >= deepest) return "other-reason";
    this.#depth += 1;
    try {
      for (const action of actions) {
        const result = this.#carryOut(action);
        if (result !== "success") return result;
      }
      return "success";
    } finally {
      this.#depth -= 1;
    }
  }

  #carryOut({ serviceId, classId, logicalName, index, parameter }: ScriptAction): ActionResult {
    const object = this.#objects.find(classId, logicalName);
    if (object === undefined) return "object-undefined";
    const octets = encodeData(parameter);
    switch (serviceId) {
      case "write":
        return settled(object.write(index, octets, ownContext));
      case "execute":
        return settled(object.invoke(index, octets, new ByteWriter(16), ownContext));
      default:
        return "type-unmatched";
    }
  }
}

/**
 * A script is over when its execution returns, so what takes its time has not succeeded. The results that are no
 * action's belong to block transfers, of which there are none here.
 */
function settled(result: DataAccessResult | ActionResult | Promise<DataAccessResult | ActionResult>): ActionResult {
  if (!(result instanceof Promise)) return result as ActionResult;
  // Whoever made the promise answers for its failure.
  result.catch(() => undefined);
  return "other-reason";
}
