// The frame: who is signed in, the navigation, and the page that the address names.
import { Gift, Megaphone, Send, Settings, Users, Webhook } from "lucide-preact";
import { useEffect } from "preact/hooks";
import { BuilderPage } from "./pages/builder";
import { CampaignPage } from "./pages/campaign";
import { CampaignsPage } from "./pages/campaigns";
import { DeliveriesPage } from "./pages/deliveries";
import { DeliveryPage } from "./pages/delivery";
import { SignIn, leave, resume } from "./pages/sign-in";
import { RewardsPage } from "./pages/rewards";
import { SettingsPage } from "./pages/settings";
import { UserPage } from "./pages/user";
import { NewUserPage } from "./pages/user-new";
import { UsersPage } from "./pages/users";
import { WebhookPage } from "./pages/webhook";
import { NewWebhookPage, WebhookSettingsPage } from "./pages/webhook-edit";
import { WebhooksPage } from "./pages/webhooks";
import { stayLive } from "./live";
import { href, route, section } from "./route";
import { session } from "./session";
import { Toasts } from "./ui/parts";
import { t } from "./words";

const places = [
	["campaigns", Megaphone],
	["users", Users],
	["rewards", Gift],
	["webhooks", Webhook],
	["deliveries", Send],
	["settings", Settings],
] as const;

function Nav() {
	return (
		<nav class="nav">
			<a class="brand" href={href()}>
				referd
			</a>
			{places.map(([place, Icon]) => (
				<a
					key={place}
					class="item"
					href={place === "campaigns" ? href() : href(place)}
					aria-current={section.value === place ? "page" : undefined}
				>
					<Icon size={18} aria-hidden />
					{t(place)}
				</a>
			))}
			<div class="foot">
				<button type="button" class="plain" onClick={leave}>
					{t("signOut")}
				</button>
			</div>
		</nav>
	);
}

/** `#/users/new`, `#/users/uP8Kd2Lm` */
function UserRoutes({ id }: { id: string }) {
	return id === "new" ? <NewUserPage /> : <UserPage key={id} id={id} />;
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
	const pages: Record<string, [() => preact.JSX.Element, ((id: string) => preact.JSX.Element)?]> = {
		campaigns: [() => <CampaignsPage />, (i) => <CampaignPage key={i} id={Number(i)} />],
		users: [() => <UsersPage />, (i) => <UserRoutes id={i} />],
		webhooks: [() => <WebhooksPage />, (i) => <WebhookRoutes id={i} tab={tab} />],
		rewards: [() => <RewardsPage />],
		settings: [() => <SettingsPage />],
		deliveries: [() => <DeliveriesPage />, (i) => <DeliveryPage key={i} id={Number(i)} />],
	};
	const [list, one] = pages[place] ?? [() => <CampaignsPage />];
	return id !== undefined && one ? one(id) : list();
}

export function App() {
	useEffect(() => {
		void resume();
		stayLive();
	}, []);
	const now = session.value;
	if (now.state === "unknown") return null;
	if (now.state === "out" && !now.expired) return <SignIn />;
	return (
		<>
			<div class="shell" inert={now.state === "out"}>
				<Nav />
				<main class="page">
					<Page />
				</main>
			</div>
			{now.state === "out" && <SignIn over />}
			<Toasts />
		</>
	);
}
