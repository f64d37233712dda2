// The name of the person or token that disabled a webhook. Only admins may read the audit list, which knows it.
import { type Schemas, call, client } from "../api";
import { whoText } from "../audit";
import { useLoad } from "../query";
import { canAdmin } from "../session";

async function load(id: number): Promise<string | undefined> {
	const query = { object: `webhook:${id}`, action: "webhook.disable", per_page: 1 } as const;
	const [line] = (await call(client.GET("/api/v2/audit", { params: { query } }))).data;
	return line && whoText(line.actor);
}

export function useWhoDisabled(webhook: Schemas["Webhook"]): string | undefined {
	const asks = canAdmin.value && webhook.disabled_by !== null;
	const key = `who disabled ${webhook.id} ${asks ? webhook.disabled_at : ""}`;
	return useLoad(key, async () => (asks ? await load(webhook.id) : undefined)).data;
}
