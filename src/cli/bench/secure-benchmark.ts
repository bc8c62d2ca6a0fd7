import { connect } from "../../client/connect.ts";
import { benchSecurity, securedClient } from "./bench-security.ts";
import { getRate } from "./get-benchmark.ts";
import { type Benchmark, measurement } from "./measurement.ts";
import { withBenchServer } from "./with-bench-server.ts";

const turns = 25;
const warmUp = 5;

/** Sequential GETs of one register, authenticated and encrypted, against the same GETs in clear turn by turn. */
export const secureBenchmark: Benchmark = {
  name: "secure",
  description: "sequential GETs over loopback under suite 0, authenticated and encrypted, and the same in clear",
  run: () =>
    withBenchServer(async ({ wrapper: port }) => {
      const address = { link: "wrapper", host: "127.0.0.1", port } as const;
      const plainClient = await connect(address);
      const protectedClient = await connect(address, { clientSap: securedClient, security: benchSecurity("client") });
      const plain: number[] = [];
      const secured: number[] = [];
      for (let turn = 0; turn < turns + warmUp; turn++) {
        plain.push(await getRate(plainClient));
        secured.push(await getRate(protectedClient));
      }
      await plainClient.close();
      await protectedClient.close();
      const ratio = secured.map((rate, index) => rate / (plain[index] as number));
      return [
        measurement("secure.get", "GET/s", "higher", secured.slice(warmUp)),
        measurement("secure.get.plain", "GET/s", "higher", plain.slice(warmUp)),
        measurement("secure.get.ratio", "of plain", "higher", ratio.slice(warmUp)),
      ];
    }),
};
