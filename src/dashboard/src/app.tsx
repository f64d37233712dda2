// The frame: who is signed in, the navigation, and the page that the address names.
import { useEffect, useRef } from "preact/hooks";
import { CampaignsPage } from "./pages/campaigns";
import { SignIn } from "./pages/sign-in";
import { stayLive } from "./live";
import { route } from "./route";
import { session } from "./session";
import { t, zone } from "./words";
import { useHeading } from "./ui/heading";
import { overlay, useFrameKeys } from "./ui/keys";
import { type Lazy, fetchTheRest, lazy } from "./ui/lazy";
import { More, Nav } from "./ui/nav";
import { Toasts } from "./ui/parts";
import { Stale, Starting } from "./ui/stale";

const QUIET_MS = 3000; // after this time, the first page is there

const BuilderPage = lazy("builder", async () => (await import("./pages/builder")).BuilderPage);
const CampaignPage = lazy("campaign", async () => (await import("./pages/campaign")).CampaignPage);
const DeliveriesPage = lazy("deliveries", async () => (await import("./pages/deliveries")).DeliveriesPage);
const DeliveryPage = lazy("delivery", async () => (await import("./pages/delivery")).DeliveryPage);
const RewardsPage = lazy("rewards", async () => (await import("./pages/rewards")).RewardsPage);
const ReplayPage = lazy("replay", async () => (await import("./pages/replay")).ReplayPage);
const ReplayNewPage = lazy("replay-new", async () => (await import("./pages/replay-new")).ReplayNewPage);
const SettingsPage = lazy("settings", async () => (await import("./pages/settings")).SettingsPage);
const StartPage = lazy("start", async () => (await import("./pages/start")).StartPage);
const UserPage = lazy("user", async () => (await import("./pages/user")).UserPage);
const ImportPage = lazy("user-import", async () => (await import("./pages/user-import")).ImportPage);
const NewUserPage = lazy("user-new", async () => (await import("./pages/user-new")).NewUserPage);
const ReviewPage = lazy("user-review", async () => (await import("./pages/user-review")).ReviewPage);
const UsersPage = lazy("users", async () => (await import("./pages/users")).UsersPage);
const WebhookPage = lazy("webhook", async () => (await import("./pages/webhook")).WebhookPage);
const WebhooksPage = lazy("webhooks", async () => (await import("./pages/webhooks")).WebhooksPage);
const NewWebhookPage = lazy("webhook-edit", async () => (await import("./pages/webhook-edit")).NewWebhookPage);
const WebhookSettingsPage = lazy("webhook-edit", async () => (await import("./pages/webhook-edit")).WebhookSettingsPage);
const Palette = lazy("palette", async () => (await import("./ui/palette")).Palette, 0);
const KeysList = lazy("keys-list", async () => (await import("./ui/keys-list")).KeysList, 0);

/** `#/users/new`, `#/users/import`, `#/users/review`, `#/users/uP8Kd2Lm` */
function userPage(id: string): preact.VNode {
	if (id === "new") return <NewUserPage />;
	if (id === "import") return <ImportPage />;
	return id === "review" ? <ReviewPage /> : <UserPage key={id} id={id} />;
}

/** `#/webhooks/new`, `#/webhooks/7`, `#/webhooks/7/request`, `#/webhooks/7/replay`, `#/webhooks/7/settings` */
function webhookPage(id: string, tab: string | undefined): preact.VNode {
	if (id === "new") return <NewWebhookPage />;
	if (tab === "replay") return <ReplayNewPage key={id} id={Number(id)} />;
	if (tab === "settings") return <WebhookSettingsPage key={id} id={Number(id)} />;
	return <WebhookPage key={id} id={Number(id)} tab={tab === "request" ? "request" : "deliveries"} />;
}

function campaignPage(id: string, tab: string | undefined): preact.VNode {
	return tab === "edit" ? <BuilderPage key={id} id={Number(id)} /> : <CampaignPage key={id} id={Number(id)} />;
}

/** The page at an address: of a place, or of one object there. */
function pageAt([place = "campaigns", id, tab]: string[]): preact.VNode {
	const pages: Record<string, [() => preact.VNode, ((id: string) => preact.VNode)?]> = {
		campaigns: [() => <CampaignsPage />, (i) => campaignPage(i, tab)],
		users: [() => <UsersPage />, (i) => userPage(i)],
		webhooks: [() => <WebhooksPage />, (i) => webhookPage(i, tab)],
		rewards: [() => <RewardsPage />],
		settings: [() => <SettingsPage />],
		start: [() => <StartPage />],
		replays: [() => <WebhooksPage />, (i) => <ReplayPage key={i} id={Number(i)} />],
		deliveries: [() => <DeliveriesPage />, (i) => <DeliveryPage key={i} id={Number(i)} />],
	};
	const [list, one] = pages[place] ?? [() => <CampaignsPage />];
	return id !== undefined && one ? one(id) : list();
}

/** The code of the first page arrives while the server still says who is signed in. */
export function fetchFirst(): void {
	const { type } = pageAt(route.peek().path);
	void (type as Partial<Lazy<object>>).fetch?.();
}

function Page() {
	return pageAt(route.value.path);
}

function Main() {
	const main = useRef<HTMLElement>(null);
	useHeading(main);
	return (
		<main class="page" ref={main}>
			<Page />
			<p class="meta zone">{t("timesIn", { zone: zone() })}</p>
		</main>
	);
}

function Overlay() {
	if (overlay.value === "keys") return <KeysList />;
	if (overlay.value === "more") return <More />;
	if (overlay.value === "palette") return <Palette />;
	return null;
}

export function App() {
	const now = session.value;
	useEffect(() => {
		stayLive();
	}, []);
	useEffect(() => {
		if (now.state === "in") setTimeout(() => void fetchTheRest(), QUIET_MS);
	}, [now.state]);
	useFrameKeys(now.state === "in");
	if (now.state === "unknown") return <Starting />;
	if (now.state === "out" && !now.expired) return <SignIn />;
	return (
		<>
			<div class="shell" inert={now.state === "out"}>
				<Nav />
				<Main />
			</div>
			{now.state === "out" ? <SignIn over /> : <Overlay />}
			<Toasts />
			<Stale />
		</>
	);
}
