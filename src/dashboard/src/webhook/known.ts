// The webhooks that this tab has seen, for lists of deliveries: their host, their number of attempts, and why they fail.
import { signal } from "@preact/signals";
import { type Schemas, call, client } from "../api";
import { changes } from "../live";
import { useLoad } from "../query";

type Webhook = Schemas["Webhook"];

const known = signal<ReadonlyMap<number, Webhook>>(new Map());

export function remember<T extends { data: Webhook | Webhook[] }>(answer: T): T {
	const webhooks: Webhook[] = [answer.data].flat();
	known.value = new Map([...known.peek(), ...webhooks.map((w): [number, Webhook] => [w.id, w])]);
	return answer;
}

export const knownWebhook = (id: number): Webhook | undefined => known.value.get(id);

type Failure = NonNullable<Schemas["WebhookWhy"]["last_error"]>;

const failures = signal<ReadonlyMap<number, Failure>>(new Map());

/** Why the receiver of a webhook keeps failing, if `useFailures` has found it. */
export const failureOfWebhook = (id: number): Failure | undefined =>
	knownWebhook(id)?.penalised ? failures.value.get(id) : undefined;

/** Learns which webhooks keep failing, and why: a delivery that waits for its first attempt has no reason of its own. */
async function learnFailures(): Promise<void> {
	const [troubles, webhooks] = await Promise.all([call(client.GET("/api/v2/troubles")),
		call(client.GET("/api/v2/webhooks", { params: { query: { per_page: 250 } } }))]);
	remember(webhooks);
	const found = troubles.data.webhooks;
	failures.value = new Map(found.flatMap(({ id, why }) => (why.last_error ? [[id, why.last_error] as const] : [])));
}

/** Keeps the failures of webhooks known while a delivery on the page waits. */
export function useFailures(waits = false): void {
	useLoad(`failures?${waits}`, async () => waits && learnFailures(), 5000, changes("webhooks"));
}
