// The frame: who is signed in, the navigation, and the page that the address names.
import { useEffect, useRef } from "preact/hooks";
import { BuilderPage } from "./pages/builder";
import { CampaignPage } from "./pages/campaign";
import { CampaignsPage } from "./pages/campaigns";
import { DeliveriesPage } from "./pages/deliveries";
import { DeliveryPage } from "./pages/delivery";
import { SignIn, resume } from "./pages/sign-in";
import { RewardsPage } from "./pages/rewards";
import { ReplayPage } from "./pages/replay";
import { ReplayNewPage } from "./pages/replay-new";
import { SettingsPage } from "./pages/settings";
import { StartPage } from "./pages/start";
import { UserPage } from "./pages/user";
import { ImportPage } from "./pages/user-import";
import { NewUserPage } from "./pages/user-new";
import { ReviewPage } from "./pages/user-review";
import { UsersPage } from "./pages/users";
import { WebhookPage } from "./pages/webhook";
import { NewWebhookPage, WebhookSettingsPage } from "./pages/webhook-edit";
import { WebhooksPage } from "./pages/webhooks";
import { stayLive } from "./live";
import { route } from "./route";
import { session } from "./session";
import { useHeading } from "./ui/heading";
import { overlay, useFrameKeys } from "./ui/keys";
import { KeysList } from "./ui/keys-list";
import { More, Nav } from "./ui/nav";
import { Palette } from "./ui/palette";
import { Toasts } from "./ui/parts";

/** `#/users/new`, `#/users/import`, `#/users/review`, `#/users/uP8Kd2Lm` */
function UserRoutes({ id }: { id: string }) {
	if (id === "new") return <NewUserPage />;
	if (id === "import") return <ImportPage />;
	return id === "review" ? <ReviewPage /> : <UserPage key={id} id={id} />;
}

/** `#/webhooks/new`, `#/webhooks/7`, `#/webhooks/7/request`, `#/webhooks/7/settings` */
function WebhookRoutes({ id, tab }: { id: string; tab: string | undefined }) {
	if (id === "new") return <NewWebhookPage />;
	if (tab === "settings") return <WebhookSettingsPage key={id} id={Number(id)} />;
	return <WebhookPage key={id} id={Number(id)} tab={tab === "request" ? "request" : "deliveries"} />;
}

function Page() {
	const [place = "campaigns", id, tab] = route.value.path;
	if (place === "campaigns" && id !== undefined && tab === "edit") return <BuilderPage key={id} id={Number(id)} />;
	if (place === "webhooks" && id !== undefined && tab === "replay") return <ReplayNewPage key={id} id={Number(id)} />;
	const pages: Record<string, [() => preact.JSX.Element, ((id: string) => preact.JSX.Element)?]> = {
		campaigns: [() => <CampaignsPage />, (i) => <CampaignPage key={i} id={Number(i)} />],
		users: [() => <UsersPage />, (i) => <UserRoutes id={i} />],
		webhooks: [() => <WebhooksPage />, (i) => <WebhookRoutes id={i} tab={tab} />],
		rewards: [() => <RewardsPage />],
		settings: [() => <SettingsPage />],
		start: [() => <StartPage />],
		replays: [() => <WebhooksPage />, (i) => <ReplayPage key={i} id={Number(i)} />],
		deliveries: [() => <DeliveriesPage />, (i) => <DeliveryPage key={i} id={Number(i)} />],
	};
	const [list, one] = pages[place] ?? [() => <CampaignsPage />];
	return id !== undefined && one ? one(id) : list();
}

function Main() {
	const main = useRef<HTMLElement>(null);
	useHeading(main);
	return (
		<main class="page" ref={main}>
			<Page />
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
		void resume();
		stayLive();
	}, []);
	useFrameKeys(now.state === "in");
	if (now.state === "unknown") return null;
	if (now.state === "out" && !now.expired) return <SignIn />;
	return (
		<>
			<div class="shell" inert={now.state === "out"}>
				<Nav />
				<Main />
			</div>
			{now.state === "out" ? <SignIn over /> : <Overlay />}
			<Toasts />
		</>
	);
}
