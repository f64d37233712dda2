// What the server knows about the first steps: a fact ends a step, not a button.
import { signal } from "@preact/signals";
import { call, client, type Schemas } from "../api";
import { useLoad } from "../query";

const LIVE_MS = 2000;
const COPIED = "referd.link-copied";

/** That a link was copied is the one fact that only this browser knows. */
const copied = signal(localStorage.getItem(COPIED) === "yes");

export function linkCopied(): void {
	localStorage.setItem(COPIED, "yes");
	copied.value = true;
}

export interface Facts {
	ready: boolean;
	campaign: Schemas["Campaign"] | undefined;
	webhook: Schemas["Webhook"] | undefined;
	deliveries: Schemas["Delivery"][];
	friend: Pick<Schemas["User"], "code" | "first_name" | "email"> | undefined;
	inbound: string | null | undefined;
	arrived: Schemas["Delivery"] | undefined; // the real event at the end
	done: [boolean, boolean, boolean, boolean, boolean, boolean];
	reload: () => void;
}

const oldest = { query: { with: "campaign.analytics", order: "id", per_page: 1 } } as const;

export function useFacts(): Facts {
	const campaigns = useLoad("start/campaign", () => call(client.GET("/api/v2/campaigns", { params: oldest })), LIVE_MS);
	const campaign = campaigns.data?.data[0];
	const id = campaign?.id;
	const webhooks = useLoad("start/webhooks", () => call(client.GET("/api/v2/webhooks")), LIVE_MS);
	const webhook = webhooks.data?.data.find((w) => w.campaign_id === null || w.campaign_id === id);
	const ofWebhook = { query: { webhook_id: webhook?.id ?? 0, order: "-id", per_page: 50 } } as const;
	const sent = useLoad(
		`start/deliveries/${webhook?.id ?? ""}`,
		async () => (webhook ? (await call(client.GET("/api/v2/deliveries", { params: ofWebhook }))).data : []),
		LIVE_MS,
	);
	const invited = { query: { campaign_id: String(id), type: "person_invited", order: "-id", per_page: 1 } } as const;
	const friends = useLoad(
		`start/friend/${id ?? ""}`,
		async () => (id ? (await call(client.GET("/api/v2/users", { params: invited }))).data : []),
		LIVE_MS,
	);
	const settings = useLoad("start/settings", () => call(client.GET("/api/v2/settings")));

	const deliveries = sent.data ?? [];
	const friend = friends.data?.[0];
	const arrived = deliveries.find((d) => d.event === "user.qualified" && !d.test && d.status === "delivered");
	return {
		ready: campaigns.data !== undefined && webhooks.data !== undefined,
		campaign, webhook, deliveries, friend, arrived,
		inbound: settings.data?.data.inbound.url,
		done: [
			campaign !== undefined,
			(campaign?.reach ?? 0) > 0 || (campaign?.analytics?.users ?? 0) > 0,
			copied.value,
			webhook !== undefined,
			deliveries.some((d) => d.status === "delivered"),
			arrived !== undefined,
		],
		reload: () => [campaigns, webhooks, sent, friends].forEach((l) => l.reload()),
	};
}
