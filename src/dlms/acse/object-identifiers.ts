/** Arcs of joint-iso-ccitt(2) country(16) country-name(756) identified-organisation(5) DLMS-UA(8). */
const dlmsUa = [2, 16, 756, 5, 8] as const;

/** Application contexts, last arc of DLMS-UA.1 (Green Book 9.4.2.2.2). */
export const applicationContexts = {
  "logical-name": 1,
  "short-name": 2,
  "logical-name-ciphered": 3,
  "short-name-ciphered": 4,
} as const;

/** Authentication mechanisms, last arc of DLMS-UA.2 (Green Book 9.4.2.2.3). */
export const authenticationMechanisms = {
  none: 0,
  lls: 1,
  "hls-manufacturer": 2,
  "hls-md5": 3,
  "hls-sha1": 4,
  "hls-gmac": 5,
  "hls-sha256": 6,
  "hls-ecdsa": 7,
} as const;

/** An object identifier nobody here knows, in dotted form: "oid:2.16.756.5.8.1.9". */
export type UnknownObjectIdentifier = `oid:${string}`;

export type ApplicationContext = keyof typeof applicationContexts | UnknownObjectIdentifier;
export type AuthenticationMechanism = keyof typeof authenticationMechanisms | UnknownObjectIdentifier;

const families = { context: { arc: 1, names: applicationContexts }, mechanism: { arc: 2, names: authenticationMechanisms } } as const;

/** Arcs to a name; arcs that are not ours keep their dotted form. */
function nameOfArcs(family: keyof typeof families, arcs: readonly number[]): string {
  const { arc, names } = families[family];
  const ours = arcs.length === dlmsUa.length + 2 && dlmsUa.every((value, index) => arcs[index] === value) && arcs[dlmsUa.length] === arc;
  const found = ours ? Object.entries(names).find(([, last]) => last === arcs.at(-1)) : undefined;
  return found?.[0] ?? `oid:${arcs.join(".")}`;
}

function arcsOfName(family: keyof typeof families, name: string): readonly number[] {
  if (name.startsWith("oid:")) return name.slice(4).split(".").map(Number);
  const { arc, names } = families[family];
  return [...dlmsUa, arc, (names as Readonly<Record<string, number>>)[name] as number];
}

export const contextOfArcs = (arcs: readonly number[]): ApplicationContext => nameOfArcs("context", arcs) as ApplicationContext;
export const arcsOfContext = (context: ApplicationContext): readonly number[] => arcsOfName("context", context);
export const mechanismOfArcs = (arcs: readonly number[]): AuthenticationMechanism =>
  nameOfArcs("mechanism", arcs) as AuthenticationMechanism;
export const arcsOfMechanism = (mechanism: AuthenticationMechanism): readonly number[] => arcsOfName("mechanism", mechanism);

/** The seven octets of a DLMS UA object identifier (60 85 74 05 08 ff ll), as the association object shows it. */
export function objectIdentifierOctets(family: keyof typeof families, last: number): Uint8Array {
  return Uint8Array.of(0x60, 0x85, 0x74, 0x05, 0x08, families[family].arc, last);
}
