import { ConfigError, DecodeError, DlmsError, ProtocolError, SecurityError, ServiceError, StoreError, TransportError } from "../errors.ts";

/** What the process ends with; scripts rely on the numbers. */
export const exitCodes = {
  done: 0,
  /** The meter said no; also our own fault, which no other number describes. */
  refused: 1,
  usage: 2,
  connection: 3,
  security: 4,
  malformed: 5,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** ACSE diagnostics that are about who asks (Green Book 9.3.2: acse-service-user 11 to 14). */
const authenticationDiagnostics = /^authentication-/;

/** The exit code of a failure. */
export function exitCodeOf(error: unknown): ExitCode {
  if (!(error instanceof DlmsError)) return exitCodes.refused;
  if (error instanceof ConfigError || error instanceof StoreError) return exitCodes.usage;
  if (error instanceof TransportError) return exitCodes.connection;
  if (error instanceof SecurityError || isAboutAuthentication(error)) return exitCodes.security;
  if (error instanceof DecodeError || isPeersMistake(error)) return exitCodes.malformed;
  return exitCodes.refused;
}

function isAboutAuthentication(error: DlmsError): boolean {
  return error instanceof ServiceError && authenticationDiagnostics.test(String(error.details["diagnostic"] ?? ""));
}

function isPeersMistake(error: DlmsError): boolean {
  return error instanceof ProtocolError && error.code === "remote-protocol-error";
}
