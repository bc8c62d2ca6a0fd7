import { LocalProtocolError } from "../../errors.ts";

/*
 * States of an association (Green Book 9.4.1, Control Function) as data. What is not in a table is not allowed; the
 * diagrams of the documentation are drawn from here.
 */

export type ClientState = "idle" | "associating" | "associated" | "releasing" | "aborted";
export type ClientInput = "associate" | "accepted" | "rejected" | "release" | "released" | "abort";

export const clientTransitions: Readonly<Record<ClientState, Readonly<Partial<Record<ClientInput, ClientState>>>>> = {
  idle: { associate: "associating", abort: "aborted" },
  associating: { accepted: "associated", rejected: "idle", abort: "aborted" },
  associated: { release: "releasing", abort: "aborted" },
  releasing: { released: "idle", abort: "aborted" },
  aborted: { abort: "aborted" },
};

export type ServerState = "idle" | "associated";
export type ServerInput = "accept" | "release" | "abort";

export const serverTransitions: Readonly<Record<ServerState, Readonly<Partial<Record<ServerInput, ServerState>>>>> = {
  idle: { accept: "associated", release: "idle", abort: "idle" },
  // A second AARQ replaces the association, as meters in the field do (Green Book notes 5.7).
  associated: { accept: "associated", release: "idle", abort: "idle" },
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
