import { type ServedPage, servePage } from "../../src/cli/dashboard/serve-page.ts";
import type { LiveValue } from "../../src/dashboard/contract.ts";
import { LiveBoard } from "../../src/dashboard/index.ts";
import type { Logger } from "../../src/log/logger.ts";
import { realTimers } from "../../src/session/timers.ts";
import { boardMeter, reading, value } from "../dashboard/support.ts";

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const reasons = ["unreachable", "timeout", "decrypt"] as const;
const alarms = ["low_credit_1", "terminal_cover_open", "magnetic_field"] as const;

/** A board with so many meters that nobody has to run, some of each kind, and the page over it. */
export interface ManyMeters {
  readonly board: LiveBoard;
  readonly served: ServedPage;
  close(): Promise<void>;
}

export const meterId = (index: number) => `meter-${index}`;

/**
 * Every seventh is silent, every eleventh has an alarm, every thirteenth no supply, every fifth pays in money, every third not at all.
 * `port` is a free one when absent.
 */
export async function serveManyMeters(count: number, port = 0): Promise<ManyMeters> {
  const board = new LiveBoard(realTimers);
  board.update(Array.from({ length: count }, (_, index) => boardMeter(meterId(index), { actions: [] })));
  for (let index = 0; index < count; index++) {
    const id = meterId(index);
    const description = { name: `Meter ${index}`, manufacturer: "DGW", model: "sample", firmware: null, transport: "tcp" };
    board.describe(id, { ...description, serialNumber: String(35_000_000 + index * 7) });
    if (index % 17 === 0) continue;
    readMeter(board, index, (index * 37) % 4000);
    if (index % 7 === 0) board.setAvailability(id, false, reasons[index % reasons.length] ?? null);
  }
  const ports = { info: { version: "1", source: "gateway", price: null }, source: board } as const;
  const served = await servePage(ports, { access: { host: "127.0.0.1" }, port, logger: silent });
  return {
    board,
    served,
    close: async () => {
      await served.close();
      board.close();
    },
  };
}

/** A meter is read, with this power. */
export function readMeter(board: LiveBoard, index: number, power: number): void {
  const isMoney = index % 5 === 0;
  const credit: readonly LiveValue[] =
    index % 3 === 0 ? [] : [value(isMoney ? "credit_balance" : "credit_balance_kwh", (index * 31) % 500, isMoney ? "EUR" : "kWh")];
  const values = [
    value("active_power_import", power, "W"),
    value("relay_state", index % 13 === 0 ? "disconnected" : "connected"),
    value("alarms", index % 11 === 0 ? [alarms[index % alarms.length] ?? ""] : []),
    ...credit,
  ];
  const driftSeconds = index % 4 === 0 ? null : (index % 61) - 30;
  board.read(meterId(index), reading(Date.now() - (index % 1000) * 1000, values, { driftSeconds, currency: isMoney ? "EUR" : undefined }));
}
