// The audit list: who changed what, filtered through the address bar and kept live.
import { type Schemas, call, client, cursorOf } from "../api";
import { objectHref, objectKinds, objectText, whoText } from "../audit";
import { changes } from "../live";
import { useLoad } from "../query";
import { filter, route } from "../route";
import { canAdmin } from "../session";
import { needsText } from "../ui/needs";
import { Empty, Failed, Moment, Skeleton } from "../ui/parts";
import { FilterSelect } from "../ui/select";
import { serverWords, t } from "../words";

type Line = Schemas["AuditLine"];

/** The bounds of a day in the reader's zone. */
function bounds(day: string | null): { since?: string; until?: string } {
	if (!day) return {};
	const since = new Date(`${day}T00:00`);
	if (Number.isNaN(since.getTime())) return {};
	const until = new Date(since.getFullYear(), since.getMonth(), since.getDate() + 1);
	return { since: since.toISOString(), until: until.toISOString() };
}

function useLines(query: URLSearchParams) {
	const { day, ...filters } = Object.fromEntries(query);
	const wanted = { ...filters, ...bounds(day ?? null), per_page: 50 };
	return useLoad(
		`audit?${query}`,
		() => call(client.GET("/api/v2/audit", { params: { query: wanted } })),
		query.has("cursor") ? 0 : 5000,
		changes("audit"),
	);
}

function changedText(line: Line): string {
	const names: Record<string, string> = serverWords().fields;
	return line.changed.map((name) => names[name] ?? name).join(", ");
}

function Row({ line }: { line: Line }) {
	const to = objectHref(line);
	return (
		<tr>
			<td>
				<Moment at={line.at} />
			</td>
			<td>
				<span class="cut">{whoText(line.actor)}</span>
			</td>
			<td>
				{t(line.action)}
				{line.changed.length > 0 && <span class="muted">: {changedText(line)}</span>}
			</td>
			<td>
				{to ? (
					<a class="cut" href={to}>
						{objectText(line.object)}
					</a>
				) : (
					<span class="cut">{objectText(line.object)}</span>
				)}
			</td>
		</tr>
	);
}

function Lines({ lines }: { lines: Line[] }) {
	return (
		<section class="panel scroll" tabIndex={0} aria-label={t("auditTab")}>
			<table class="table audit">
				<thead>
					<tr>
						<th>{t("time")}</th>
						<th>{t("auditWho")}</th>
						<th>{t("auditWhat")}</th>
						<th>{t("auditObject")}</th>
					</tr>
				</thead>
				<tbody>
					{lines.map((line) => (
						<Row key={line.id} line={line} />
					))}
				</tbody>
			</table>
		</section>
	);
}

function DayFilter() {
	return (
		<div class="filter">
			<label for="filter-day">{t("day")}</label>
			<input id="filter-day" type="date" value={route.value.query.get("day") ?? ""}
				onChange={(e) => filter({ day: e.currentTarget.value, cursor: undefined })} />
		</div>
	);
}

interface Choice {
	value: string;
	text: string;
}

/** A filter that keeps its chosen value even if the list has lost it, for example a removed token. */
function ChoiceFilter({ label, name, choices, textOf }: {
	label: string;
	name: string;
	choices: Choice[];
	textOf: (value: string) => string;
}) {
	const chosen = route.value.query.get(name);
	const gone = chosen && !choices.some((choice) => choice.value === chosen) ? [{ value: chosen, text: textOf(chosen) }] : [];
	return (
		<FilterSelect label={label} name={name}>
			{[...gone, ...choices].map((choice) => (
				<option key={choice.value} value={choice.value}>
					{choice.text}
				</option>
			))}
		</FilterSelect>
	);
}

/** The people, the tokens, and referd itself. */
function WhoFilter() {
	const params = { query: { per_page: 250 } };
	const people = useLoad("people", () => call(client.GET("/api/v2/operators", { params })));
	const tokens = useLoad("tokens", () => call(client.GET("/api/v2/tokens", { params })));
	const choices = [
		...(people.data?.data ?? []).map((person) => ({ value: `operator:${person.id}`, text: person.name })),
		...(tokens.data?.data ?? []).map((token) => ({ value: `token:${token.id}`, text: token.name })),
		{ value: "command_line", text: t("actorCommand") },
		{ value: "referd", text: "referd" },
	];
	return <ChoiceFilter label={t("auditWho")} name="actor" choices={choices} textOf={whoText} />;
}

/** "webhook:4" in words. */
function objectOfFilter(value: string): string {
	const [kind, id] = value.split(":");
	const known = objectKinds.find((k) => k === kind);
	return known ? objectText({ kind: known, id: id === undefined ? null : Number(id), name: null, user_id: null }) : value;
}

/** The campaigns, the webhooks and the settings; any other object comes from a link. */
function ObjectFilter() {
	const params = { query: { per_page: 250 } };
	const campaigns = useLoad("campaigns", () => call(client.GET("/api/v2/campaigns", { params })));
	const webhooks = useLoad("webhooks", () => call(client.GET("/api/v2/webhooks", { params })));
	const choices = [
		...(campaigns.data?.data ?? []).map((c) => ({ value: `campaign:${c.id}`, text: `${t("object_campaign")} ${c.name}` })),
		...(webhooks.data?.data ?? []).map((w) => ({ value: `webhook:${w.id}`, text: `${t("object_webhook")} ${w.name}` })),
		{ value: "settings", text: t("object_settings") },
	];
	return <ChoiceFilter label={t("auditObject")} name="object" choices={choices} textOf={objectOfFilter} />;
}

function List() {
	const query = route.value.query;
	const list = useLines(query);
	const lines = list.data?.data ?? [];
	const older = cursorOf(list.data?.links.next);
	const filtered = ["actor", "object", "action", "day"].some((name) => query.get(name));
	return (
		<>
			<div class="filters">
				<WhoFilter />
				<ObjectFilter />
				<DayFilter />
			</div>
			{list.problem && <Failed problem={list.problem} again={list.reload} />}
			{!list.data && !list.problem && <Skeleton height={400} />}
			{list.data && lines.length === 0 && <Empty>{t(filtered ? "auditNoMatch" : "auditEmpty")}</Empty>}
			{lines.length > 0 && <Lines lines={lines} />}
			{older && (
				<div class="row">
					<button type="button" onClick={() => filter({ cursor: older })}>
						{t("older")}
					</button>
				</div>
			)}
		</>
	);
}

export function Audit() {
	return canAdmin.value ? <List /> : <Empty>{needsText("admin")}</Empty>;
}
