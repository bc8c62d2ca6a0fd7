import { connect as connectSocket, type Socket } from "node:net";
import { connect } from "../../client/connect.ts";
import type { DlmsClient } from "../../client/dlms-client.ts";
import { getAnswerLength } from "./bench-server.ts";
import { type Benchmark, measurement } from "./measurement.ts";
import { withBenchServer } from "./with-bench-server.ts";

/** Turns are short, so that what else the machine does falls on all alike. */
const requests = 1000;
const turns = 25;
const warmUp = 5;
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
      const wrapperClient = await connect({ link: "wrapper", host: "127.0.0.1", port: wrapper });
      const hdlcClient = await connect({ link: "hdlc", host: "127.0.0.1", port: hdlc });
      const socket = await open(echo);
      for (let turn = 0; turn < turns + warmUp; turn++) {
        bare.push(await echoRate(socket));
        overWrapper.push(await getRate(wrapperClient));
        overHdlc.push(await getRate(hdlcClient));
      }
      socket.destroy();
      await wrapperClient.close();
      await hdlcClient.close();
      const counted = (values: readonly number[]): readonly number[] => values.slice(warmUp);
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

/** GETs of one register in a second, one after the other. */
export async function getRate(client: DlmsClient): Promise<number> {
  const attribute = { classId: 3, logicalName: "1.0.1.8.0.255", attribute: 2 } as const;
  const start = performance.now();
  for (let count = 0; count < requests; count++) await client.getRaw(attribute);
  return requests / ((performance.now() - start) / 1000);
}

async function echoRate(socket: Socket): Promise<number> {
  const request = new Uint8Array(getRequestLength);
  const start = performance.now();
  await new Promise<void>((resolve) => {
    let received = 0;
    socket.removeAllListeners("data");
    socket.on("data", (chunk) => {
      received += chunk.length;
      if (received >= requests * getAnswerLength) resolve();
      else if (received % getAnswerLength === 0) socket.write(request);
    });
    socket.write(request);
  });
  return requests / ((performance.now() - start) / 1000);
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host: "127.0.0.1", port, noDelay: true }, () => resolve(socket));
    socket.once("error", reject);
  });
}
