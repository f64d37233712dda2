// Adding a person by hand: the same as a join through a link, with the referrer if there is one.
import { useState } from "preact/hooks";
import { type Schemas, call, client } from "../api";
import { useLoad } from "../query";
import { go, href, route } from "../route";
import { canWrite } from "../session";
import { useOnce, useSubmit } from "../ui/act";
import { Field, otherProblem, problemOf } from "../ui/field";
import { Needs } from "../ui/needs";
import { Empty, Failed, Skeleton, say } from "../ui/parts";
import { nameOf, userHref } from "../user/link";
import { MetaFields, changedMeta, fieldsFor, type Values } from "../user/meta-fields";
import { t } from "../words";

const MEMBERS = ["first_name", "email", "referrer"];

/** The typed text is an address, an id or a code. */
function referrerBy(text: string): NonNullable<Schemas["UserCreate"]["referrer"]> {
	const field = text.includes("@") ? "email" : /^\d+$/.test(text) ? "id" : "code";
	return { field, value: text };
}

function NewUser({ campaigns }: { campaigns: Schemas["Campaign"][] }) {
	const [campaignId, setCampaignId] = useState(route.value.query.get("campaign_id") ?? String(campaigns[0]?.id));
	const [name, setName] = useState("");
	const [email, setEmail] = useState("");
	const [referrer, setReferrer] = useState("");
	const [values, setValues] = useState<Values>({});
	const campaign = campaigns.find((c) => String(c.id) === campaignId);
	const fields = fieldsFor(campaign, referrer.trim() !== "");
	const once = useOnce();
	const { submit, busy, problem, again } = useSubmit(async () => {
		const by = referrer.trim();
		const body = {
			campaign_id: Number(campaignId),
			first_name: name,
			email,
			meta: changedMeta(fields, {}, values),
			...(by ? { referrer: referrerBy(by) } : { source: "Added" as const }),
		};
		const { data } = await once(body, (header) => call(client.POST("/api/v2/users", { params: { header }, body })));
		say(t("userAdded", { name: nameOf(data) }));
		location.hash = userHref(data);
	});
	const other = otherProblem(problem, MEMBERS);
	return (
		<form class="panel stack" onSubmit={submit} noValidate>
			<div class="fields">
				<div class="field">
					<label for="user-campaign">{t("campaign")}</label>
					<select id="user-campaign" value={campaignId} onChange={(e) => setCampaignId(e.currentTarget.value)}>
						{campaigns.map((c) => (
							<option key={c.id} value={c.id}>{c.name}</option>
						))}
					</select>
				</div>
				<Field id="user-name" label={t("firstName")} value={name} change={setName} autofocus maxLength={200}
					problem={problemOf(problem, "first_name")} />
				<Field id="user-email" label={t("email")} type="email" value={email} change={setEmail}
					problem={problemOf(problem, "email")} />
				<Field id="user-referrer" label={t("invitedBy")} value={referrer} change={setReferrer}
					problem={problemOf(problem, "referrer")} help={t("referrerHelp")} />
				<MetaFields fields={fields} values={values} set={setValues} />
			</div>
			<p class="muted">{t("addEffect")}</p>
			{other && <Failed problem={other} again={again} />}
			<div class="row">
				<button type="submit" aria-busy={busy} class="primary" disabled={!canWrite.value}>{t("addUser")}</button>
				<button type="button" onClick={() => go("users")}>{t("cancel")}</button>
				<Needs />
			</div>
		</form>
	);
}

export function NewUserPage() {
	const { data, problem, reload } = useLoad("campaigns to join", () =>
		call(client.GET("/api/v2/campaigns", { params: { query: { per_page: 250 } } })),
	);
	return (
		<>
			<div class="title"><h1>{t("addUser")}</h1></div>
			{problem && !data && <Failed problem={problem} again={reload} />}
			{!data && !problem && <Skeleton height={320} />}
			{data?.data.length === 0 && (
				<Empty>
					{t("campaignsEmpty")} <a href={href()}>{t("newCampaign")}</a>
				</Empty>
			)}
			{data && data.data.length > 0 && <NewUser campaigns={data.data} />}
		</>
	);
}
