// The members of all campaigns: found by name, address or code, and filtered through the address bar.
import { address, call, client } from "../api";
import { useLoad } from "../query";
import { filter, href, route } from "../route";
import { LongTable } from "../ui/long-table";
import { Moment } from "../ui/parts";
import { perPage } from "../ui/per-page";
import { FilterSelect } from "../ui/select";
import { useLongList } from "../ui/use-long-list";
import { nameOf, userHref } from "../user/link";
import { UserSearch } from "../user/search";
import { number, t } from "../words";

/** The list shows the friends of one person, who is named, so that an unusual list is not a surprise. */
function FriendsFilter() {
	const id = route.value.query.get("referrer_id");
	const { data } = useLoad(`referrer/${id}`, async () =>
		id ? (await call(client.GET("/api/v2/users/{id}", { params: { path: { id } } }))).data : undefined,
	);
	if (!id) return null;
	return (
		<div class="row">
			<span>{t("friendsOf", { name: data ? nameOf(data) : id })}</span>
			<button type="button" onClick={() => filter({ referrer_id: undefined, cursor: undefined })}>{t("removeFilter")}</button>
		</div>
	);
}

/** By the beginning of an address, people come in the order of addresses; otherwise the newest come first. */
const orderOf = (filters: URLSearchParams) => (filters.has("email_prefix") ? ("id" as const) : ("-id" as const));

function load(filters: URLSearchParams, cursor: number | undefined) {
	const page = { order: orderOf(filters), per_page: perPage(cursor), with: "user.analytics", ...(cursor && { cursor }) };
	return call(client.GET("/api/v2/users", { params: { query: { ...Object.fromEntries(filters), ...page } } }));
}

function useUsers() {
	const filters = new URLSearchParams(route.value.query);
	filters.delete("cursor");
	return useLongList(`users?${filters}`, (cursor) => load(filters, cursor));
}

function cells(u: Awaited<ReturnType<typeof load>>["data"][number]) {
	return (
		<>
			<td>
				<a class="cut" href={userHref(u)}>
					{nameOf(u)}
				</a>
			</td>
			<td>
				<span class="cut">{u.email}</span>
			</td>
			<td class="mono">{u.code}</td>
			<td data-label={t("joined")}>
				<Moment at={u.signed_up_time} />
			</td>
			<td data-label={t("qualified")}>{u.qualified ? t("yes") : t("no")}</td>
			<td class="number" data-label={t("referrals")}>{number(u.analytics?.referrals ?? 0)}</td>
		</>
	);
}

export function UsersPage() {
	const list = useUsers();
	const query = route.value.query;
	const campaigns = useLoad("campaign names", () => call(client.GET("/api/v2/campaigns")));
	const campaignId = query.get("campaign_id") ?? undefined;
	return (
		<>
			<div class="title">
				<h1>{t("users")}</h1>
				<a class="button" href={href("users", "review")}>{t("reviewUsers")}</a>
				<a class="button" href={href("users", "import", { campaign_id: campaignId })}>{t("importUsers")}</a>
				{campaignId && (
					<a class="button" href={address(`/api/v2/campaigns/${Number(campaignId)}/users/export`)} download>
						{t("exportUsers")}
					</a>
				)}
				<a class="button primary" href={href("users", "new", { campaign_id: campaignId })}>{t("addUser")}</a>
			</div>
			<div class="filters">
				<UserSearch />
				<FilterSelect label={t("campaign")} name="campaign_id">
					{campaigns.data?.data.map((c) => (
						<option key={c.id} value={c.id}>
							{c.name}
						</option>
					))}
				</FilterSelect>
				<FilterSelect label={t("qualified")} name="qualified">
					<option value="true">{t("yes")}</option>
					<option value="false">{t("no")}</option>
				</FilterSelect>
				<FriendsFilter />
			</div>
			<LongTable
				list={list}
				name="users"
				label={t("users")}
				head={[
					<th>{t("name")}</th>,
					<th>{t("email")}</th>,
					<th>{t("code")}</th>,
					<th>{t("joined")}</th>,
					<th>{t("qualified")}</th>,
					<th class="number">{t("referrals")}</th>,
				]}
				cells={cells}
				empty={t([...query].length > 0 ? "usersEmpty" : "usersNone")}
			/>
		</>
	);
}
