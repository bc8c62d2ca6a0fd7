/** Why the relay is as it is (7.6): values of "last relay operation cause". */
export const relayCauses = {
  closed: 0,
  outOfCredit: 1,
  lowCredit: 2,
  overload: 3,
  overCurrent: 4,
  overVoltage: 5,
  underVoltage: 6,
  meterCover: 7,
  terminalCover: 8,
  magneticField: 9,
  reverse: 10,
  differential: 11,
  remote: 12,
  manual: 13,
  schedule: 14,
  token: 15,
  notCommissioned: 16,
  overTemperature: 17,
  tokenLockOut: 18,
} as const;

/** The number of a cause. */
export type RelayCause = (typeof relayCauses)[keyof typeof relayCauses];

interface RequestDefinition {
  readonly position: "open" | "closed";
  readonly cause: RelayCause;
}

const open = (cause: RelayCause): RequestDefinition => ({ position: "open", cause });
const closed: RequestDefinition = { position: "closed", cause: relayCauses.closed };

/**
 * What features may ask of the relay, the strongest first: one that stands decides over all below it, and with none the
 * relay is closed. `friendly` keeps a meter without credit connected, and stands above the requests that it holds off only.
 */
export const relayRequests = {
  remoteClose: closed,
  testClose: closed,
  testOpen: open(relayCauses.token),
  overload: open(relayCauses.overload),
  overCurrent: open(relayCauses.overCurrent),
  overVoltage: open(relayCauses.overVoltage),
  underVoltage: open(relayCauses.underVoltage),
  meterCover: open(relayCauses.meterCover),
  magneticField: open(relayCauses.magneticField),
  currentReverse: open(relayCauses.reverse),
  reverseEnergy: open(relayCauses.reverse),
  differential: open(relayCauses.differential),
  terminalCover: open(relayCauses.terminalCover),
  notCommissioned: open(relayCauses.notCommissioned),
  tokenLockOut: open(relayCauses.tokenLockOut),
  schedule: open(relayCauses.schedule),
  friendly: closed,
  outOfCredit: open(relayCauses.outOfCredit),
  emergencyExhausted: open(relayCauses.outOfCredit),
  creditWarning: open(relayCauses.lowCredit),
} as const satisfies Readonly<Record<string, RequestDefinition>>;

/** The name of a request. */
export type RelayRequest = keyof typeof relayRequests;

const order = Object.keys(relayRequests) as readonly RelayRequest[];

/** Requests whose end a key press may have to confirm. */
export const creditRequests: ReadonlySet<RelayRequest> = new Set(["outOfCredit", "emergencyExhausted", "creditWarning"]);

/** The request that decides, of those that stand; undefined for none. */
export function strongest<Name extends RelayRequest>(raised: readonly Name[]): Name | undefined {
  if (raised.length === 0) return undefined;
  return (order as readonly Name[]).find((request) => raised.includes(request));
}

/** Where a request wants the relay; closed without one. */
export function positionOf(request: RelayRequest | undefined): "open" | "closed" {
  return request === undefined ? "closed" : relayRequests[request].position;
}
