// The webhooks that this tab has seen, for lists of deliveries: their host and their number of attempts.
import { signal } from "@preact/signals";
import type { Schemas } from "../api";

type Webhook = Schemas["Webhook"];

const known = signal<ReadonlyMap<number, Webhook>>(new Map());

export function remember<T extends { data: Webhook | Webhook[] }>(answer: T): T {
	const webhooks: Webhook[] = [answer.data].flat();
	known.value = new Map([...known.peek(), ...webhooks.map((w): [number, Webhook] => [w.id, w])]);
	return answer;
}

export const knownWebhook = (id: number): Webhook | undefined => known.value.get(id);
