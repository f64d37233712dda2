// Who referred whom: the referrer, this person, and the newest friends.
import { call, client, orMissing } from "../api";
import { useLoad } from "../query";
import { href } from "../route";
import { Failed, Skeleton } from "../ui/parts";
import { type User, nameOf, userHref } from "../user/link";
import { number, t } from "../words";

const SHOWN = 10;

/** The referrer of a person; null for an erased one. */
async function referrerOf(user: User): Promise<User | null> {
	if (user.referrer_id === null) return null;
	const params = { path: { id: String(user.referrer_id) }, query: { with: "user.analytics" } };
	const answer = await orMissing(call(client.GET("/api/v2/users/{id}", { params })));
	return answer?.data ?? null;
}

async function load(user: User) {
	const query = { referrer_id: String(user.id), order: "-id" as const, per_page: SHOWN, with: "user.analytics" };
	const [referrer, friends] = await Promise.all([
		referrerOf(user),
		call(client.GET("/api/v2/users", { params: { query } })),
	]);
	return { referrer, friends: friends.data };
}

function Person({ user }: { user: User }) {
	const friends = user.analytics?.referrals ?? 0;
	return (
		<span class="row">
			<a class="cut" href={userHref(user)} title={nameOf(user)}>{nameOf(user)}</a>
			{user.qualified && <span class="meta">{t("qualified")}</span>}
			{friends > 0 && <span class="meta">{t("friendCount", { n: friends })}</span>}
		</span>
	);
}

function Friends({ user, friends }: { user: User; friends: User[] }) {
	const all = Math.max(user.analytics?.referrals ?? 0, friends.length);
	if (friends.length === 0) return <p class="muted">{t("noFriendYet")}</p>;
	return (
		<ul class="tree">
			{friends.map((friend) => (
				<li key={friend.id}><Person user={friend} /></li>
			))}
			{all > friends.length && (
				<li><a href={href("users", { referrer_id: user.id })}>{t("allFriends", { all: number(all) })}</a></li>
			)}
		</ul>
	);
}

export function UserTree({ user, version }: { user: User; version: string }) {
	const { data, problem, reload } = useLoad(`tree/${user.id}?${version}`, () => load(user));
	return (
		<section class="panel stack">
			<h2>{t("whoReferred")}</h2>
			{problem && <Failed problem={problem} again={reload} />}
			{!data && !problem && <Skeleton height={120} />}
			{data && (
				<ul class="tree top">
					{user.referrer_id !== null && (
						<li>{data.referrer ? <Person user={data.referrer} /> : <span class="muted">{t("erasedPerson")}</span>}</li>
					)}
					<li>
						<strong class="wrap">{nameOf(user)}</strong>
						{user.referrer_id === null && <span class="meta"> {t("cameAlone")}</span>}
						<Friends user={user} friends={data.friends} />
					</li>
				</ul>
			)}
		</section>
	);
}
