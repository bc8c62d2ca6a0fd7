import type { MeterAddress } from "../../client/connect.ts";

/** A way to talk to a meter: how it is reached, how it is addressed on the line, and how a target says so. */
export interface Way {
  readonly address: MeterAddress;
  readonly physical: number | undefined;
  readonly target: string;
}

/** How makers make the lower HDLC address of the serial number; another rule is another row. */
export const addressRules: readonly ((serial: number) => number)[] = [
  (serial) => (serial % 10_000) + 1000,
  (serial) => (serial % 100) + 16,
];

/** Lower addresses worth trying where nothing is known: none at all, and the first of the usable ones. */
const usualAddresses = [undefined, 17, 1] as const;

/** Speeds at which meters speak HDLC straight away, the usual ones first. */
const straightSpeeds = [9600, 19_200, 4800, 2400, 38_400, 57_600, 115_200, 1200, 300];

/** Lower addresses to try, the likely ones first; `serial` is what is known of the meter's number. */
export function lowerAddresses(serial: string | undefined): readonly (number | undefined)[] {
  const digits = /\d{1,15}$/.exec(serial ?? "")?.[0];
  const made = digits === undefined ? [] : addressRules.map((rule) => rule(Number(digits)));
  return [...new Set([...usualAddresses, ...made])];
}

/** Ways over a port with a probe or a cable: sign-on first, since it tells most, then HDLC at each speed. */
export function waysOverPort(path: string, serial: string | undefined): readonly Way[] {
  const addresses = lowerAddresses(serial);
  const optical = addresses.map((physical) => ({
    address: { link: "optical", path, baudRate: 300, maxBaudRate: 9600 } as const,
    physical,
    target: withPhysical(`optical://${path}`, physical),
  }));
  const straight = straightSpeeds.flatMap((baudRate) =>
    addresses.map((physical) => ({
      address: { link: "serial", path, baudRate } as const,
      physical,
      target: withPhysical(`serial://${path}?baud=${baudRate}`, physical),
    })),
  );
  return [...optical, ...straight];
}

/** Ways over a network: the wrapper, then HDLC as serial servers pass it through. */
export function waysOverNetwork(host: string, port: number | undefined): readonly Way[] {
  const name = host.includes(":") ? `[${host}]` : host;
  const wrapper = (port === undefined ? [4059] : [port]).map((one) => ({
    address: { link: "wrapper", host, port: one } as const,
    physical: undefined,
    target: `tcp://${name}:${one}`,
  }));
  const hdlc = (port === undefined ? [4060, 4059] : [port]).flatMap((one) =>
    usualAddresses.map((physical) => ({
      address: { link: "hdlc", host, port: one } as const,
      physical,
      target: withPhysical(`hdlc://${name}:${one}`, physical),
    })),
  );
  return [...wrapper, ...hdlc];
}

function withPhysical(target: string, physical: number | undefined): string {
  if (physical === undefined) return target;
  return `${target}${target.includes("?") ? "&" : "?"}physical=${physical}`;
}
