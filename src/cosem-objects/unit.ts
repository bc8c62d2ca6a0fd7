import { enumValue, integer, structure } from "../dlms/axdr/data-schemas.ts";

/** Unit codes of scaler_unit (Blue Book table 4) that this product uses by name. */
export const Unit = {
  year: 1,
  month: 2,
  day: 4,
  hour: 5,
  minute: 6,
  second: 7,
  degree: 8,
  degreeCelsius: 9,
  currency: 10,
  watt: 27,
  voltAmpere: 28,
  var: 29,
  wattHour: 30,
  voltAmpereHour: 31,
  varHour: 32,
  ampere: 33,
  volt: 35,
  hertz: 44,
  perWattHour: 45,
  perVarHour: 46,
  percent: 56,
  none: 255,
} as const;

const symbols: readonly (string | undefined)[] = [
  ...[
    undefined,
    "a",
    "mo",
    "wk",
    "d",
    "h",
    "min",
    "s",
    "°",
    "°C",
    "currency",
    "m",
    "m/s",
    "m³",
    "m³",
    "m³/h",
    "m³/h",
    "m³/d",
    "m³/d",
    "l",
    "kg",
  ],
  ...[
    "N",
    "Nm",
    "Pa",
    "bar",
    "J",
    "J/h",
    "W",
    "VA",
    "var",
    "Wh",
    "VAh",
    "varh",
    "A",
    "C",
    "V",
    "V/m",
    "F",
    "Ω",
    "Ωm²/m",
    "Wb",
    "T",
    "A/m",
    "H",
    "Hz",
  ],
  ...[
    "1/(Wh)",
    "1/(varh)",
    "1/(VAh)",
    "V²h",
    "A²h",
    "kg/s",
    "S",
    "K",
    "1/(V²h)",
    "1/(A²h)",
    "1/m³",
    "%",
    "Ah",
    undefined,
    undefined,
    "Wh/m³",
    "J/m³",
  ],
  ...["mol%", "g/m³", "Pa·s", "J/kg", "g/cm²", "atm", undefined, undefined, "dBm", "dBµV", "dB"],
];

/** The symbol of a unit code: "Wh"; undefined for unitless (255) and for codes without an agreed symbol. */
export function unitSymbol(unit: number): string | undefined {
  return symbols[unit];
}

/** physical value = raw x 10^scaler, in `unit`. */
export interface ScalerUnit {
  readonly scaler: number;
  readonly unit: number;
}

/** scaler_unit: structure { scaler integer, unit enum }. */
export const scalerUnit = structure({ scaler: integer, unit: enumValue });

/** "None": a register without dimension. */
export const unitless: ScalerUnit = { scaler: 0, unit: Unit.none };

/**
 * raw x 10^scaler. Negative scalers divide, so that 2341 with scaler -1 is 234.1 and not 234.10000000000002. Integers
 * beyond 2^53 stay bigint while the scaler keeps them whole.
 */
export function scaleValue(raw: number | bigint, scaler: number): number | bigint {
  if (typeof raw === "bigint") {
    if (raw >= BigInt(Number.MIN_SAFE_INTEGER) && raw <= BigInt(Number.MAX_SAFE_INTEGER)) return scaleValue(Number(raw), scaler);
    return scaler >= 0 ? raw * 10n ** BigInt(scaler) : Number(raw) / 10 ** -scaler;
  }
  return scaler < 0 ? raw / 10 ** -scaler : raw * 10 ** scaler;
}
