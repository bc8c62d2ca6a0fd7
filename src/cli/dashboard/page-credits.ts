import type { DeviceView, ObjectReader } from "../../client/object-reader.ts";
import { Account } from "../../cosem-objects/classes/account.ts";
import { Credit } from "../../cosem-objects/classes/credit.ts";
import { formatObis, type LogicalName } from "../../cosem-objects/logical-name.ts";
import { nameOf } from "../../cosem-objects/names.ts";
import { type PlainValue, plainValue } from "../../cosem-objects/plain-value.ts";
import { type ScalerUnit, scaleValue, unitSymbol } from "../../cosem-objects/unit.ts";
import type { PageAmount, PageCredit } from "../../dashboard/index.ts";

const { currentCreditAmount, creditType, priority, creditStatus, presetCreditAmount } = Credit.attributes;
const wanted = [creditType.id, creditStatus.id, priority.id, currentCreditAmount.id, presetCreditAmount.id];
// By their numbers (Blue Book, class 112).
const types: readonly PageCredit["type"][] = ["token", "reserved", "emergency", "time-based", "consumption-based"];
const states: readonly PageCredit["state"][] = ["enabled", "selectable", "selected", "in-use", "exhausted"];

/** The credits of the meter's first account, in its unit; one of which the meter does not tell the type and state is left out. */
export async function readCredits(reader: ObjectReader, { objects }: Pick<DeviceView, "objects">): Promise<readonly PageCredit[]> {
  const names = objects.filter(({ classId }) => classId === Credit.classId).map(({ logicalName }) => logicalName);
  const account = objects.find(({ classId }) => classId === Account.classId);
  if (names.length === 0 || account === undefined) return [];
  const { classId, logicalName } = account;
  const [unit] = await reader.scalersOf([{ classId, logicalName, attribute: Account.attributes.availableCredit.id }]);
  const readings = await reader.read(names.flatMap((name) => wanted.map((attribute) => ({ logicalName: name, attribute }))));
  const values = readings.map(({ value }) => (value === undefined ? null : plainValue(value)));
  return names.flatMap((name, index) => creditOf(name, values.slice(index * wanted.length, (index + 1) * wanted.length), unit) ?? []);
}

function creditOf(logicalName: LogicalName, values: readonly PlainValue[], unit: ScalerUnit | undefined): PageCredit | undefined {
  const [type, state, order, amount, preset] = values.map((value) => (value === null ? undefined : Number(value)));
  const [known, now] = [types[type ?? -1], states[state ?? -1]];
  if (known === undefined || now === undefined) return undefined;
  return {
    logicalName,
    name: nameOf(logicalName) ?? formatObis(logicalName),
    type: known,
    state: now,
    active: order !== 0,
    amount: amountOf(amount, unit),
    preset: amountOf(preset, unit),
  };
}

function amountOf(raw: number | undefined, unit: ScalerUnit | undefined): PageAmount | null {
  if (raw === undefined || unit === undefined) return null;
  return { value: Number(scaleValue(raw, unit.scaler)), unit: unitSymbol(unit.unit) ?? null };
}
