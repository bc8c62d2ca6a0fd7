import { defaultMeterConfig } from "./config.ts";
import { demandQuantities, newDemand } from "./demand.ts";
import { type EnergyState, readEnergy } from "./energy.ts";
import { ratedEnergies } from "./rates.ts";
import { initialState } from "./state.ts";
import { coreOf } from "./state-core.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Columns that had other names in the first version of the state. */
const renamed: Readonly<Record<string, string>> = { lastAverageImport: "demand.activeImport.last" };

/** The versions of the state that came before this one. */
export type EarlierVersion = 1 | 2;

/** The core of a state as the version after `from` has it. */
export function upgradeCore(core: unknown, from: EarlierVersion): unknown {
  if (!isFields(core)) return core;
  const fresh = coreOf(initialState(defaultMeterConfig, typeof core["now"] === "number" ? core["now"] : 0));
  return from === 1 ? withTariffs(core, fresh) : withPayment(core, fresh);
}

/**
 * Version 2: totals without rates are taken for rate 1, the one without a calendar; demands get registers by rate, and
 * freezes of days and months begin.
 */
function withTariffs(core: Fields, fresh: Fields): Fields {
  return {
    ...fresh,
    ...core,
    rates: ratesOf(core["energy"], fresh["rates"]),
    demand: demandsOf(core["demand"]),
    profiles: profilesOf(core["profiles"], fresh["profiles"]),
  };
}

/** Version 3: an account, on which nothing of what was consumed before is booked, a log of it, which was always empty, and tokens. */
function withPayment(core: Fields, fresh: Fields): Fields {
  const { activeImport } = core["energy"] as EnergyState;
  const events = core["events"] as Fields;
  const log = ((fresh["events"] as Fields)["logs"] as Fields)["credit"];
  return {
    ...core,
    events: { ...events, logs: { ...(events["logs"] as Fields), credit: log } },
    credit: { ...(fresh["credit"] as Fields), chargedEnergy: activeImport.whole },
    tokens: fresh["tokens"],
  };
}

function ratesOf(energy: unknown, fresh: unknown): unknown {
  if (!isFields(energy) || !isFields(fresh)) return fresh;
  return Object.fromEntries(
    ratedEnergies.map((name) => {
      const total = readEnergy(energy as unknown as EnergyState, name);
      return [name, { counted: total, rates: [total, 0, 0, 0, 0, 0, 0, 0] }];
    }),
  );
}

function demandsOf(demands: unknown): unknown {
  if (!isFields(demands)) return demands;
  return Object.fromEntries(
    demandQuantities.map((name) => {
      const kept = demands[name];
      if (!isFields(kept)) return [name, newDemand(0, false)];
      const { maximum, maximumAt, ...others } = kept;
      return [name, { ...newDemand(0, false), ...others, maximum: { value: maximum, at: maximumAt } }];
    }),
  );
}

function profilesOf(profiles: unknown, fresh: unknown): unknown {
  if (!isFields(profiles) || !isFields(fresh)) return profiles;
  const kept = Object.entries(profiles).map(([name, profile]) => [
    name,
    isFields(profile) ? { ...profile, rows: rowsOf(profile["rows"]) } : profile,
  ]);
  return { ...fresh, ...Object.fromEntries(kept) };
}

function rowsOf(rows: unknown): unknown {
  if (!isFields(rows) || !Array.isArray(rows["columns"])) return rows;
  return { ...rows, order: "stamps", columns: rows["columns"].map((column: unknown) => renamed[String(column)] ?? column) };
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}
