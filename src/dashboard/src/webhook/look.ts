// The state of a webhook in one word. A webhook whose receiver gets nothing is not simply active.
import type { Schemas } from "../api";
import type { Look } from "../ui/status";

type Why = Pick<Schemas["WebhookWhy"], "state" | "answer">;

const FAILS: readonly Why["answer"][] = ["given_up", "message_refused", "address_refused"];

export function webhookLook({ state, answer }: Why): Look {
	return state === "active" && FAILS.includes(answer) ? "penalised" : state;
}
