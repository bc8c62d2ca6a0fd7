import { LocalProtocolError } from "../../errors.ts";

/*
 * States of an association (Green Book 9.4.1, Control Function) as data. What is not in a table is not allowed; the
 * diagrams of the documentation are drawn from here.
 */

export type ClientState = "idle" | "associating" | "authenticating" | "associated" | "releasing" | "aborted";
export type ClientInput = "associate" | "challenged" | "accepted" | "rejected" | "release" | "released" | "abort";

export const clientTransitions: Readonly<Record<ClientState, Readonly<Partial<Record<ClientInput, ClientState>>>>> = {
  idle: { associate: "associating", abort: "aborted" },
  associating: { challenged: "authenticating", accepted: "associated", rejected: "idle", abort: "aborted" },
  // Passes 3 and 4 of high level security (Green Book 9.2.7.4).
  authenticating: { accepted: "associated", rejected: "idle", abort: "aborted" },
  associated: { release: "releasing", abort: "aborted" },
  releasing: { released: "idle", abort: "aborted" },
  aborted: { abort: "aborted" },
};

export type ServerState = "idle" | "authenticating" | "associated";
export type ServerInput = "challenge" | "accept" | "release" | "abort";

export const serverTransitions: Readonly<Record<ServerState, Readonly<Partial<Record<ServerInput, ServerState>>>>> = {
  idle: { challenge: "authenticating", accept: "associated", release: "idle", abort: "idle" },
  authenticating: { challenge: "authenticating", accept: "associated", release: "idle", abort: "idle" },
  // A second AARQ replaces the association, as meters in the field do (Green Book notes 5.7).
  associated: { challenge: "authenticating", accept: "associated", release: "idle", abort: "idle" },
};

/**
 * The state that follows.
 * @throws LocalProtocolError where the table has no entry
 */
export function follow<State extends string, Input extends string>(
  table: Readonly<Record<State, Readonly<Partial<Record<Input, State>>>>>,
  state: State,
  input: Input,
): State {
  const next = table[state][input];
  if (next === undefined) throw new LocalProtocolError(`${input} is not possible while ${state}`);
  return next;
}
