// The app of somebody who signed in: the navigation, and the page that the address names.
import { useEffect, useRef } from "preact/hooks";
import { type PageName, pageAt } from "./early";
import { stayLive } from "./live";
import { CampaignsPage } from "./pages/campaigns";
import { SignIn } from "./pages/sign-in";
import { route } from "./route";
import { session } from "./session";
import { t, zone } from "./words";
import { useHeading } from "./ui/heading";
import { overlay, useFrameKeys } from "./ui/keys";
import { type Lazy, fetchTheRest, lazy } from "./ui/lazy";
import { More, Nav } from "./ui/nav";
import { Toasts } from "./ui/parts";
import { keepPlace } from "./ui/place";
import { Stale } from "./ui/stale";

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

/** The pages by name. Each name is also the name of the page's source. */
const pages: Record<PageName, (id: string, tab: string | undefined) => preact.VNode> = {
	campaigns: () => <CampaignsPage />,
	campaign: (id) => <CampaignPage key={id} id={Number(id)} />,
	builder: (id) => <BuilderPage key={id} id={Number(id)} />,
	users: () => <UsersPage />,
	user: (id) => <UserPage key={id} id={id} />,
	"user-new": () => <NewUserPage />,
	"user-import": () => <ImportPage />,
	"user-review": () => <ReviewPage />,
	webhooks: () => <WebhooksPage />,
	webhook: (id, tab) => <WebhookPage key={id} id={Number(id)} tab={tab === "request" ? "request" : "deliveries"} />,
	"webhook-edit": (id) => (id === "new" ? <NewWebhookPage /> : <WebhookSettingsPage key={id} id={Number(id)} />),
	"replay-new": (id) => <ReplayNewPage key={id} id={Number(id)} />,
	replay: (id) => <ReplayPage key={id} id={Number(id)} />,
	rewards: () => <RewardsPage />,
	deliveries: () => <DeliveriesPage />,
	delivery: (id) => <DeliveryPage key={id} id={Number(id)} />,
	settings: () => <SettingsPage />,
	start: () => <StartPage />,
};

function shown(path: string[]): preact.VNode {
	const [, id = "", tab] = path;
	return pages[pageAt(path).name](id, tab);
}

function Page() {
	return shown(route.value.path);
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

/** After the session has expired, the sign-in form lies over the page. */
export function App() {
	const now = session.value;
	useEffect(() => {
		if (now.state === "in") setTimeout(() => void fetchTheRest(), QUIET_MS);
	}, [now.state]);
	useFrameKeys(now.state === "in");
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

void (shown(route.peek().path).type as Partial<Lazy<object>>).fetch?.();
stayLive();
keepPlace();
