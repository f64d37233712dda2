// What an operator does with a whole campaign. A change of its state can be undone; a copy starts as a draft.
import { call, client, type Schemas } from "../api";
import { go } from "../route";
import { act, makeOnce } from "../ui/act";
import { t } from "../words";

type Campaign = Schemas["Campaign"];
type State = Schemas["CampaignStatus"];

const SAID = { draft: "drafted", launched: "launched", paused: "paused", archived: "archived" } as const;

export async function setState(campaign: Campaign, status: State, changed: () => void): Promise<void> {
	const before = campaign.status;
	const put = async (state: State) => {
		const params = { path: { id: String(campaign.id) } };
		await call(client.PUT("/api/v2/campaigns/{id}", { params, body: { status: state } }));
		changed();
	};
	await act(
		async () => {
			await put(status);
			return t(SAID[status]);
		},
		() => void act(async () => void (await put(before))),
	);
}

const copying = makeOnce();

/** A draft with the same settings, opened in the builder. */
export async function duplicate(c: Campaign): Promise<void> {
	const { lang, timezone, starts_at, ends_at, existing, test_mode, fields, redirect, pass_params, pages, logo_url, colour,
		origins } = c;
	await act(async () => {
		const body: Schemas["CampaignCreate"] = {
			name: t("copyOf", { name: c.name }).slice(0, 200), status: "draft", lang, timezone, starts_at, ends_at, existing,
			test_mode, fields, redirect, pass_params, pages, logo_url, colour, origins,
		};
		const made = await copying(body, (header) => call(client.POST("/api/v2/campaigns", { params: { header }, body })));
		go("campaigns", made.data.id, "edit", "settings");
		return t("duplicated");
	});
}
