// One person's story: who referred whom, rewards, what was sent, and what can be done.
import { type Schemas, call, client, versioned } from "../api";
import { changes } from "../live";
import { useLoad } from "../query";
import { filter, href, route } from "../route";
import { canWrite } from "../session";
import { UserEvents } from "../delivery/user-events";
import { Needs } from "../ui/needs";
import { FailedPage, Skeleton } from "../ui/parts";
import { Status } from "../ui/status";
import { Decide, Reasons } from "../user/decide";
import { type User, nameOf } from "../user/link";
import { t } from "../words";
import { EditUser } from "./user-edit";
import { EraseUser } from "./user-erase";
import { UserFacts } from "./user-facts";
import { OrderPanel } from "./user-qualify";
import { UserRewards } from "./user-rewards";
import { UserTree } from "./user-tree";

const show = (panel: string | undefined) => filter({ panel });

function Actions({ user }: { user: User }) {
	const invited = user.type === "person_invited";
	const off = !canWrite.value;
	const first = !route.value.query.has("panel");
	return (
		<>
			{invited && (
				<button type="button" class={first ? "primary" : ""} disabled={off} onClick={() => show("qualify")}>
					{t(user.qualified ? "addOrder" : "qualify")}
				</button>
			)}
			{user.qualified && (
				<button type="button" disabled={off} onClick={() => show("refund")}>{t("refund")}</button>
			)}
			<button type="button" disabled={off} onClick={() => show("edit")}>{t("edit")}</button>
			<button type="button" class="warns" disabled={off} onClick={() => show("erase")}>{t("erase")}</button>
			<Needs />
		</>
	);
}

function Review({ user, decided }: { user: User; decided: () => void }) {
	const { state } = user.review;
	if (state === null) return null;
	return (
		<section class="panel stack">
			<h2>{t("review")}</h2>
			<div class="row">
				<Status of={state === "pending" ? "review" : state} />
			</div>
			<Reasons user={user} />
			{state === "pending" && <Decide user={user} decided={decided} />}
		</section>
	);
}

interface PanelProps {
	user: User;
	etag: string;
	campaign: Schemas["Campaign"] | undefined;
	changed: () => void;
}

function Panel({ user, etag, campaign, changed }: PanelProps) {
	const panel = route.value.query.get("panel");
	const done = () => show(undefined);
	if (panel === "edit" && campaign) return <EditUser key={user.id} user={user} etag={etag} campaign={campaign} done={done} changed={changed} />;
	if (panel === "qualify" || panel === "refund")
		return <OrderPanel key={panel} kind={panel} user={user} done={done} changed={changed} />;
	return panel === "erase" ? <EraseUser user={user} done={done} /> : null;
}

async function load(id: string) {
	const query = { with: "user.analytics" as const };
	const { data: user, etag } = await versioned(client.GET("/api/v2/users/{id}", { params: { path: { id }, query } }));
	const path = { id: String(user.campaign_id) };
	return { user, etag, campaign: (await call(client.GET("/api/v2/campaigns/{id}", { params: { path } }))).data };
}

export function UserPage({ id }: { id: string }) {
	const { data, problem, reload } = useLoad(`user/${id}`, () => load(id), 5000, changes("users"));
	if (problem && !data) return <FailedPage problem={problem} again={reload} list={href("users")} title={t("user")} />;
	if (!data) return <Skeleton height={400} />;
	const { user, etag, campaign } = data;
	/* What other parts of the page depend on: they load again when it changes. */
	const version = `${user.qualified} ${user.review.state} ${user.analytics?.referrals} ${user.analytics?.qualified_referrals}`;
	return (
		<>
			<div class="title">
				<h1>{nameOf(user)}</h1>
				<Actions user={user} />
			</div>
			<Panel user={user} etag={etag} campaign={campaign} changed={reload} />
			<Review user={user} decided={reload} />
			<UserFacts user={user} campaign={campaign} />
			<div class="halves story">
				<UserTree user={user} version={version} />
				<UserRewards user={user} version={version} />
			</div>
			<UserEvents userId={user.id} />
		</>
	);
}
