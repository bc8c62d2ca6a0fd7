import type { EventNames } from "../gateway/meter-options.ts";
import { eventLogNames, meterEvents } from "../meter-model/index.ts";

/** By log and code, in snake_case: "0.0.99.98.7.255 1" is "credit_token_accepted". */
const names = new Map(
  Object.entries(meterEvents).map(([name, { log, code }]) => [
    `0.0.99.98.${eventLogNames.indexOf(log)}.255 ${code}`,
    name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  ]),
);

const tariffLog = `0.0.99.98.${eventLogNames.indexOf("tariff")}.255`;

/** Names of what a meter of this house logs; what the codes of others mean is not known. */
export const eventNames: EventNames = (logicalDeviceName, log, code) =>
  logicalDeviceName?.startsWith("DGW") ? (names.get(`${log} ${code}`) ?? rateName(log, code)) : undefined;

/** The tariff log shows a rate that begins by its number. */
function rateName(log: string, code: number): string | undefined {
  return log === tariffLog && code >= 1 && code <= 8 ? `rate_${code}` : undefined;
}
