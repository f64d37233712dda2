// Suspicious people, each beside the person who invited them, with the reasons and the decision.
import { call, client, orMissing, cursorOf } from "../api";
import { useLoad } from "../query";
import { filter, route } from "../route";
import { Empty, Failed, Moment, Skeleton } from "../ui/parts";
import { Decide, Reasons } from "../user/decide";
import { type User, nameOf, userHref } from "../user/link";
import { t } from "../words";

async function referrersOf(users: User[]): Promise<Map<number, User>> {
	const ids = [...new Set(users.flatMap((u) => (u.referrer_id === null ? [] : [u.referrer_id])))];
	const found = await Promise.all(
		ids.map((id) =>
			// A referrer may have been erased.
			orMissing(call(client.GET("/api/v2/users/{id}", { params: { path: { id: String(id) } } }))),
		),
	);
	return new Map(found.flatMap((answer) => (answer ? [[answer.data.id, answer.data] as const] : [])));
}

async function load(cursor: string | undefined) {
	const query = { review: "pending" as const, per_page: 10, ...(cursor ? { cursor: Number(cursor) } : {}) };
	const list = await call(client.GET("/api/v2/users", { params: { query } }));
	return { users: list.data, next: cursorOf(list.links.next), referrers: await referrersOf(list.data) };
}

function Cell({ text, same }: { text: string; same: boolean }) {
	return (
		<td class="wrap">
			{text} {same && <span class="meta">{t("theSame")}</span>}
		</td>
	);
}

/** The same facts of both, row by row. */
function SideBySide({ user, referrer }: { user: User; referrer: User | undefined }) {
	const sameIp = user.ip !== null && user.ip === referrer?.ip;
	return (
		<table class="beside-table">
			<thead>
				<tr>
					<td />
					<th scope="col">{t("joined1")}</th>
					<th scope="col">{t("invitedBy")}</th>
				</tr>
			</thead>
			<tbody>
				<tr>
					<th scope="row">{t("name")}</th>
					<td class="wrap"><a href={userHref(user)}>{nameOf(user)}</a></td>
					<td class="wrap">{referrer ? <a href={userHref(referrer)}>{nameOf(referrer)}</a> : "–"}</td>
				</tr>
				<tr>
					<th scope="row">{t("email")}</th>
					<td class="wrap">{user.email}</td>
					<td class="wrap">{referrer?.email ?? "–"}</td>
				</tr>
				<tr>
					<th scope="row">{t("ipAddress")}</th>
					<Cell text={user.ip ?? "–"} same={sameIp} />
					<Cell text={referrer?.ip ?? "–"} same={sameIp} />
				</tr>
				<tr>
					<th scope="row">{t("joined")}</th>
					<td><Moment at={user.signed_up_time} /></td>
					<td><Moment at={referrer?.signed_up_time} /></td>
				</tr>
			</tbody>
		</table>
	);
}

export function ReviewPage() {
	const cursor = route.value.query.get("cursor") ?? undefined;
	const { data, problem, reload } = useLoad(`review?${cursor ?? ""}`, () => load(cursor));
	const next = data?.next;
	return (
		<>
			<div class="title"><h1>{t("reviewUsers")}</h1></div>
			<p class="muted">{t("reviewHelp")}</p>
			{problem && <Failed problem={problem} again={reload} />}
			{!data && !problem && <Skeleton height={320} />}
			{data?.users.length === 0 && !next && <Empty>{t("nobodyToReview")}</Empty>}
			{data?.users.map((user) => (
				<section key={user.id} class="panel review" aria-label={`${nameOf(user)} ${user.code}`}>
					<div class="stack">
						<h2>{nameOf(user)}</h2>
						<Reasons user={user} />
						<Decide user={user} decided={reload} />
					</div>
					<SideBySide user={user} referrer={user.referrer_id === null ? undefined : data.referrers.get(user.referrer_id)} />
				</section>
			))}
			{next && (
				<div class="row">
					<button type="button" onClick={() => filter({ cursor: next })}>{t("moreUsers")}</button>
				</div>
			)}
		</>
	);
}
