import type { DlmsClient } from "../client/dlms-client.ts";
import { Data } from "../cosem-objects/classes/data.ts";
import type { LogicalName } from "../cosem-objects/logical-name.ts";
import { NotKeptError } from "../errors.ts";

/** Alarm register and alarm filter of each number (Blue Book 6.2.64). */
const numbers = [1, 2, 3] as const;

/** An alarm register of a meter, and what of it may raise an alarm. */
export interface AlarmRegister {
  readonly number: number;
  readonly logicalName: LogicalName;
  /** A bit for each alarm that is raised. */
  readonly raised: number;
  /** A bit for each alarm that counts; undefined where the meter does not tell. */
  readonly filter: number | undefined;
}

type AlarmClient = Pick<DlmsClient, "getMany" | "set">;

/** The registers that a meter has and lets be read. */
export async function readAlarms(client: AlarmClient): Promise<readonly AlarmRegister[]> {
  const names = numbers.flatMap((number) => [registerName(number), filterName(number)]);
  const outcomes = await client.getMany(names.map((logicalName) => ({ classId: Data.classId, logicalName, attribute: 2 })));
  const values = outcomes.map(({ value }) => (value?.type === "double-long-unsigned" ? value.value : undefined));
  return numbers.flatMap((number, index) => {
    const raised = values[2 * index];
    return raised === undefined ? [] : [{ number, logicalName: registerName(number), raised, filter: values[2 * index + 1] }];
  });
}

/**
 * Sets every register that has a bit to zero, and reads what is there then: alarms whose cause goes on are raised again.
 * @throws DataAccessError where the meter refuses; NotKeptError where it took zero and nothing changed
 */
export async function clearAlarms(client: AlarmClient, registers: readonly AlarmRegister[]): Promise<readonly AlarmRegister[]> {
  const set = registers.filter(({ raised }) => raised !== 0);
  for (const { logicalName } of set) await client.set(Data, logicalName, "value", { type: "double-long-unsigned", value: 0 });
  const after = await readAlarms(client);
  for (const { number, raised, logicalName } of set) {
    const now = after.find((other) => other.number === number)?.raised ?? 0;
    // New alarms may have come; of those that were there, one at least has to be gone.
    if ((raised & ~now) >>> 0 === 0) throw new NotKeptError(`${logicalName} took zero, and every alarm in it is there as before`);
  }
  return after;
}

function registerName(number: number): LogicalName {
  return `0.0.97.98.${number - 1}.255` as LogicalName;
}

function filterName(number: number): LogicalName {
  return `0.0.97.98.${number + 9}.255` as LogicalName;
}
