export type { Frame } from "./frame.ts";
export { type ActOutcome, actOutcomes, type KeypadMeter, type KeypadTokenAnswer } from "./keypad-meter.ts";
export type { DisplayItem, KeypadAmount, KeypadStatus } from "./keypad-status.ts";
export { type KeypadKey, KeypadUnit, keypadKeys } from "./keypad-unit.ts";
export {
  type BuzzerPattern,
  type KeypadLeds,
  type KeypadMark,
  type KeypadSound,
  type KeypadView,
  keypadMarks,
  type Led,
  type LedColor,
  mainCells,
  textCells,
} from "./keypad-view.ts";
export { type LinkError, protocolVersion, type UnitRequest } from "./messages.ts";
export { MeterEnd, type MeterEndOptions } from "./meter-end.ts";
export { type KeypadAct, type KeypadItem, type KeypadSetting, shortCodes } from "./short-codes.ts";
export { type KeypadTokenResult, keypadTokenResults } from "./token-results.ts";
export { isFinal, type LinkEvent, type LinkLoss, UnitEnd, type UnitEndOptions } from "./unit-end.ts";
