import { connect as connectSocket, type Socket } from "node:net";
import { connect, type MeterAddress } from "../../client/connect.ts";
import { getAnswerLength } from "./bench-server.ts";
import { type Benchmark, measurement } from "./measurement.ts";
import { withBenchServer } from "./with-bench-server.ts";

const requests = 5000;
const runs = 7;
/** Octets of a GET of one attribute over the wrapper. */
const getRequestLength = 8 + 13;

/** Sequential GETs of one register in one association, against a bare echo of the same sizes measured turn by turn. */
export const getBenchmark: Benchmark = {
  name: "get",
  description: "sequential GETs over loopback, two processes, and a bare node:net echo of the same sizes",
  run: () =>
    withBenchServer(async ({ wrapper, hdlc, echo }) => {
      const overWrapper: number[] = [];
      const overHdlc: number[] = [];
      const bare: number[] = [];
      // The first turn warms everything up and is not counted.
      for (let run = 0; run <= runs; run++) {
        bare.push(await echoRate(echo));
        overWrapper.push(await getRate({ link: "wrapper", host: "127.0.0.1", port: wrapper }));
        overHdlc.push(await getRate({ link: "hdlc", host: "127.0.0.1", port: hdlc }));
      }
      const counted = (values: readonly number[]): readonly number[] => values.slice(1);
      const ratio = (values: readonly number[]): readonly number[] =>
        counted(values.map((value, index) => value / (bare[index] as number)));
      return [
        measurement("get.wrapper", "GET/s", "higher", counted(overWrapper)),
        measurement("get.hdlc", "GET/s", "higher", counted(overHdlc)),
        measurement("get.echo", "echo/s", "higher", counted(bare)),
        measurement("get.wrapper.ratio", "of bare echo", "higher", ratio(overWrapper)),
        measurement("get.hdlc.ratio", "of bare echo", "higher", ratio(overHdlc)),
      ];
    }),
};

async function getRate(address: MeterAddress): Promise<number> {
  const client = await connect(address);
  const attribute = { classId: 3, logicalName: "1.0.1.8.0.255", attribute: 2 } as const;
  const start = performance.now();
  for (let count = 0; count < requests; count++) await client.getRaw(attribute);
  const rate = requests / ((performance.now() - start) / 1000);
  await client.close();
  return rate;
}

async function echoRate(port: number): Promise<number> {
  const socket = await open(port);
  const request = new Uint8Array(getRequestLength);
  const start = performance.now();
  await new Promise<void>((resolve) => {
    let received = 0;
    socket.on("data", (chunk) => {
      received += chunk.length;
      if (received >= requests * getAnswerLength) resolve();
      else if (received % getAnswerLength === 0) socket.write(request);
    });
    socket.write(request);
  });
  const rate = requests / ((performance.now() - start) / 1000);
  socket.destroy();
  return rate;
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host: "127.0.0.1", port, noDelay: true }, () => resolve(socket));
    socket.once("error", reject);
  });
}
