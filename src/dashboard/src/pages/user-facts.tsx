// The facts about a person: address, code, dates, counts, and the fields of the form.
import type { Schemas } from "../api";
import { href, route } from "../route";
import { Copy, Moment } from "../ui/parts";
import type { User } from "../user/link";
import { number, t } from "../words";

function labelOf(campaign: Schemas["Campaign"], field: string): string {
	const { person_referring, person_invited } = campaign.fields;
	return [...person_referring, ...person_invited].find((f) => f.id === field)?.label ?? field;
}

function Fact({ name, children }: { name: string; children: preact.ComponentChildren }) {
	return (
		<div>
			<dt>{name}</dt>
			<dd>{children}</dd>
		</div>
	);
}

export function UserFacts({ user, campaign }: { user: User; campaign: Schemas["Campaign"] }) {
	return (
		<section class="panel stack">
			<div class="row">
				<span class="wrap">{user.email}</span>
				<code>{user.code}</code>
				<Copy text={user.url} primary={user.type !== "person_invited" && !route.value.query.has("panel")}>{t("copyLink")}</Copy>
				{user.me_url.startsWith("http") && <Copy text={user.me_url}>{t("copyOwnPage")}</Copy>}
			</div>
			<dl class="facts small">
				<Fact name={t("qualified")}>
					{user.qualified ? t("yes") : t("no")} {user.qualified && <span class="meta"><Moment at={user.qualified_time} /></span>}
				</Fact>
				<Fact name={t("joined")}><Moment at={user.signed_up_time} /></Fact>
				<Fact name={t("friends")}>{number(user.analytics?.referrals ?? 0)}</Fact>
				<Fact name={t("qualifiedFriends")}>{number(user.analytics?.qualified_referrals ?? 0)}</Fact>
				<Fact name={t("views")}>{number(user.reach)}</Fact>
				<Fact name={t("source")}>{user.source}</Fact>
				<Fact name={t("campaign")}><a class="wrap" href={href("campaigns", campaign.id)}>{campaign.name}</a></Fact>
				{user.unsubscribed_time && <Fact name={t("noMailSince")}><Moment at={user.unsubscribed_time} /></Fact>}
				{user.meta.filter((m) => m.value !== "").map((m) => (
					<Fact key={m.field} name={labelOf(campaign, m.field)}><span class="wrap">{m.value}</span></Fact>
				))}
			</dl>
			{user.test && <p class="muted">{t("testUser")}</p>}
		</section>
	);
}
