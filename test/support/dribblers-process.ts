import { connect, type Socket } from "node:net";

/** A WPDU of the public client that announces more than ever comes. */
const announced = Uint8Array.of(0, 1, 0, 16, 0, 1, 0xff, 0xff);
const interval = 500;

const port = Number(process.argv[2]);
const count = Number(process.argv[3]);

const sockets: Socket[] = [];
for (let index = 0; index < count; index++) {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  socket.on("error", () => {});
  await new Promise<void>((resolve) => {
    socket.once("connect", resolve);
    socket.once("close", () => resolve());
  });
  sockets.push(socket);
}

let sent = 0;
const tell = (): void => {
  for (const socket of sockets) if (socket.writable) socket.write(announced.subarray(sent, sent + 1));
  // What is announced is never completed: its content is one octet at a time, up to 65535.
  sent = Math.min(sent + 1, announced.length - 1);
};
tell();
setInterval(tell, interval);
process.stdout.write("ready\n");
