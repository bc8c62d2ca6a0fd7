/** IEC 62056-21: both ends of the optical port, the serial line below them, and the telegrams on it. */
export { type OpticalPortOptions, openOpticalPort, runProgramming, type SignedOn, signOn } from "./open-optical.ts";
export type { PasswordLimiter, Programming, SecureAlgorithm } from "./programming.ts";
export {
  type ProgrammingAnswer,
  type ProgrammingLogin,
  type ProgrammingRequest,
  ProgrammingSession,
  type ProgrammingSessionOptions,
} from "./programming-session.ts";
export { openSerialPort, type SerialLine, type SerialPortOptions } from "./serial-port.ts";
export { SignOn, type SignOnOptions, type SignOnResult } from "./sign-on.ts";
export { TariffDevice, type TariffDeviceOptions } from "./tariff-device.ts";
export { parseTelegram, type Telegram } from "./telegram.ts";
