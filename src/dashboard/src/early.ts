// The page at an address, and its first calls. The browser fetches both while the app and the words arrive: the page's own
// calls take the responses. A browser test checks that the page makes these calls.
import { route } from "./route";
import { fetchFiles } from "./ui/lazy";
import { perPage } from "./ui/per-page";

/** Each page has the name of its source. */
export type PageName = "campaigns" | "campaign" | "builder" | "users" | "user" | "user-new" | "user-import" | "user-review" | "webhooks" |
	"webhook" | "webhook-edit" | "replay-new" | "replay" | "rewards" | "deliveries" | "delivery" | "settings" | "start";

interface Page {
	name: PageName;
	calls?: string[]; // without calls, the page makes its own later
}

const newest = `order=-id&per_page=${perPage(undefined)}`;

const userForms: Record<string, PageName> = { new: "user-new", import: "user-import", review: "user-review" };

function webhookPage(id: string, tab: string | undefined): Page {
	if (id === "new" || tab === "settings") return { name: "webhook-edit" };
	if (tab === "replay") return { name: "replay-new" };
	if (tab) return { name: "webhook" };
	return { name: "webhook", calls: [`webhooks/${id}`, `webhooks/${id}/why`, `deliveries?webhook_id=${id}&order=-id&per_page=20`] };
}

/** The page of a place, of one object there, or of its tab. */
const places: Record<string, (id: string | undefined, tab: string | undefined) => Page> = {
	campaigns: (id, tab) => {
		if (id) return tab === "edit" ? { name: "builder" } : { name: "campaign", calls: [`campaigns/${id}`] };
		return { name: "campaigns", calls: ["campaigns?with=campaign.analytics&days=30", "deliveries?per_page=10&order=-id", "troubles"] };
	},
	users: (id) => {
		if (!id) return { name: "users", calls: [`users?${newest}&with=user.analytics`] };
		const form = userForms[id];
		return form ? { name: form } : { name: "user", calls: [`users/${id}?with=user.analytics`] };
	},
	webhooks: (id, tab) => (id ? webhookPage(id, tab) : { name: "webhooks", calls: ["webhooks", "troubles"] }),
	replays: (id) => ({ name: id ? "replay" : "webhooks" }),
	deliveries: (id) => (id ? { name: "delivery", calls: [`deliveries/${id}`] } : { name: "deliveries", calls: [`deliveries?${newest}`] }),
	rewards: () => ({ name: "rewards", calls: ["reward-rules?per_page=250"] }),
	settings: (tab = "inbound") => {
		if (tab === "health") return { name: "settings", calls: ["server", "nodes"] };
		return { name: "settings", calls: tab === "inbound" ? ["settings"] : [] };
	},
	start: () => ({ name: "start" }),
};

/** The page at an address. An unknown address shows the campaigns. */
export function pageAt(path: string[]): Page {
	const [place = "campaigns", id, tab] = path.map(encodeURIComponent);
	return places[place]?.(id, tab) ?? { name: "campaigns" };
}

/** Fetches the code of the page that the browser was opened at. */
export function fetchCode(): void {
	void fetchFiles(pageAt(route.peek().path).name);
}

/** Makes the first calls of that page, as soon as the session is known. */
export function fetchData(): void {
	const { path, query } = route.peek();
	if ([...query].length > 0) return;
	for (const call of pageAt(path).calls ?? []) {
		const link = document.createElement("link");
		link.rel = "preload";
		link.as = "fetch";
		link.crossOrigin = "";
		link.href = `api/v2/${call}`;
		document.head.append(link);
	}
}
