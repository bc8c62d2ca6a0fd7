/** States of the client's end; the same words as the session uses. */
export type HdlcState = "disconnected" | "connecting" | "connected" | "disconnecting";

/** Why a client's link ended. */
export type HdlcDisconnectReason = "local" | "remote" | "rejected" | "timeout";

/** What moves the client's end: calls of its user, frames of the server, and time running out. */
export type HdlcClientInput = "connect" | "disconnect" | "ua" | "dm" | "frmr" | "timeout";

/** States of one client's link at the server's end: NDM, NRM, and NRM after a frame was rejected. */
export type HdlcServerState = "disconnected" | "connected" | "rejecting";

/** What moves the server's end: frames of the client, a frame it has to reject, and inactivity. */
export type HdlcServerInput = "snrm" | "disc" | "reject" | "timeout";

/** Where an input leads, and why the link ended if that is where it leads. */
export interface HdlcTransition<State extends string> {
  readonly to: State;
  readonly reason?: HdlcDisconnectReason;
}

/** Inputs a state does not list are ignored there. */
export type HdlcTransitionTable<State extends string, Input extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Input, HdlcTransition<State>>>>>
>;

/** The client's end (IEC 62056-46 6.4.4.4). */
export const clientTransitions: HdlcTransitionTable<HdlcState, HdlcClientInput> = {
  disconnected: {
    connect: { to: "connecting" },
  },
  connecting: {
    ua: { to: "connected" },
    dm: { to: "disconnected", reason: "rejected" },
    disconnect: { to: "disconnecting" },
    timeout: { to: "disconnected", reason: "timeout" },
  },
  connected: {
    // After FRMR only SNRM helps, and that ends every association: the user has to know, so the link counts as lost.
    frmr: { to: "disconnected", reason: "remote" },
    dm: { to: "disconnected", reason: "remote" },
    disconnect: { to: "disconnecting" },
    timeout: { to: "disconnected", reason: "timeout" },
  },
  disconnecting: {
    ua: { to: "disconnected", reason: "local" },
    dm: { to: "disconnected", reason: "local" },
    timeout: { to: "disconnected", reason: "timeout" },
  },
};

/** One client's link at the server's end. */
export const serverTransitions: HdlcTransitionTable<HdlcServerState, HdlcServerInput> = {
  disconnected: {
    snrm: { to: "connected" },
  },
  connected: {
    snrm: { to: "connected" },
    reject: { to: "rejecting" },
    disc: { to: "disconnected", reason: "remote" },
    timeout: { to: "disconnected", reason: "timeout" },
  },
  rejecting: {
    snrm: { to: "connected" },
    disc: { to: "disconnected", reason: "remote" },
    timeout: { to: "disconnected", reason: "timeout" },
  },
};
