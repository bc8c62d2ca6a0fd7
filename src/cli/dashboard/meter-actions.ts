import type { ActionRequest, PageActionResult, PageActions } from "../../dashboard/index.ts";
import { ActionError, ConfigError, DataAccessError } from "../../errors.ts";
import { type CommandOptions, gatewayVerbs } from "../../gateway/commands.ts";
import { type RequestBody, refused } from "../../mqtt-bridge/index.ts";
import { requestValues } from "../gateway/request-values.ts";

/** Answers that say that the meter was never asked. */
const notAsked: ReadonlySet<unknown> = new Set(["unknown-meter", "not-allowed", "not-private", "malformed"]);

/** Changes meters for the page as requests over MQTT do: by the same verbs, where the meter's entry allows it. */
export class MeterActions implements PageActions {
  readonly #verbs: ReturnType<typeof gatewayVerbs>;

  /** `isPrivate` says that what is typed into the page reaches nobody else. */
  constructor({ fleet, isPrivate, wallClock }: Pick<CommandOptions, "fleet" | "isPrivate" | "wallClock">) {
    const backUp = () => Promise.reject(refused("not-allowed", "backups are no affair of the page"));
    this.#verbs = gatewayVerbs({ ...requestValues, fleet, isPrivate, wallClock, backUp });
  }

  async act(meterId: string, request: ActionRequest): Promise<PageActionResult> {
    const { verb, body } = verbOf(request);
    try {
      const answer = await this.#verbs.get(verb)?.answer({ ...body, meter: meterId });
      return { ok: true, message: messageOf(request, answer as Readonly<Record<string, unknown>>) };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return { ok: false, message: error.message };
    }
  }
}

function verbOf(request: ActionRequest): { readonly verb: string; readonly body: RequestBody } {
  switch (request.action) {
    case "relay":
      return { verb: "meter/relay", body: { command: request.state === "reconnect" ? "connect" : "disconnect" } };
    case "token":
      return { verb: "token/apply", body: { token: request.token } };
    case "clock":
      return { verb: "meter/clock/sync", body: {} };
  }
}

/** A meter that says no has answered. */
function isRefusal(error: unknown): error is ActionError | DataAccessError | ConfigError {
  if (error instanceof ActionError || error instanceof DataAccessError) return true;
  return error instanceof ConfigError && error.details["answer"] !== undefined && !notAsked.has(error.details["answer"]);
}

function messageOf({ action }: ActionRequest, answer: Readonly<Record<string, unknown>>): string {
  switch (action) {
    case "relay": {
      const { controlState, outputState, reason } = answer;
      const why = outputState !== true && typeof reason === "string" ? `, ${reason}` : "";
      return `The relay is ${String(controlState)}${why}; the supply is ${outputState === true ? "on" : "off"}.`;
    }
    case "token": {
      const { amount, credit } = answer as Readonly<Record<string, { readonly value: number; readonly unit: string } | undefined>>;
      const credited = amount === undefined ? "" : `: ${amount.value} ${amount.unit} credited`;
      const balance = credit === undefined ? "" : `, ${credit.value} ${credit.unit} available`;
      return `The meter accepted the token${credited}${balance}.`;
    }
    case "clock":
      return `The clock was set from ${String(answer["before"])} to ${String(answer["after"])}.`;
  }
}
