// The first calls of the page at an address. The browser makes them while the words and the code of the page arrive, and
// the page's own calls take the responses. A browser test checks that both calls have the same address.
import { route } from "./route";
import { perPage } from "./ui/per-page";

const newest = `order=-id&per_page=${perPage(undefined)}`;

/** Calls of a place, of one object there, or of its tab. A list with filters waits for its page. */
const calls: Record<string, (id: string | undefined, tab: string | undefined) => string[]> = {
	campaigns: (id, tab) => {
		if (tab === "edit") return [];
		return id ? [`campaigns/${id}`] : ["campaigns?with=campaign.analytics&days=30", "deliveries?per_page=10&order=-id", "troubles"];
	},
	users: (id) => {
		if (id === "new" || id === "import" || id === "review") return [];
		return [id ? `users/${id}?with=user.analytics` : `users?${newest}&with=user.analytics`];
	},
	webhooks: (id, tab) => {
		if (id === undefined) return ["webhooks", "troubles"];
		return id === "new" || tab ? [] : [`webhooks/${id}`, `webhooks/${id}/why`, `deliveries?webhook_id=${id}&order=-id&per_page=20`];
	},
	deliveries: (id) => [id ? `deliveries/${id}` : `deliveries?${newest}`],
	rewards: () => ["reward-rules?per_page=250"],
	settings: (tab = "inbound") => {
		if (tab === "health") return ["server"];
		return tab === "inbound" ? ["settings"] : [];
	},
};

/** Fetches for the page that the browser was opened at, as soon as the session is known. */
export function fetchData(): void {
	const { path, query } = route.peek();
	const [place = "campaigns", id, tab] = path.map(encodeURIComponent);
	if ([...query].length > 0) return;
	for (const call of calls[place]?.(id, tab) ?? []) {
		const link = document.createElement("link");
		link.rel = "preload";
		link.as = "fetch";
		link.crossOrigin = "";
		link.href = `api/v2/${call}`;
		document.head.append(link);
	}
}
