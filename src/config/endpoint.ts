/** A host and a port, as in "127.0.0.1:8080" or "[::1]:8080". */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** "host:port" to its two parts. */
export function parseEndpoint(written: string): Endpoint | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/[\]]+)):(\d{1,5})$/.exec(written);
  if (match === null) return undefined;
  const number = Number(match[3]);
  return number >= 1 && number <= 65_535 ? { host: match[1] ?? match[2] ?? "", port: number } : undefined;
}
