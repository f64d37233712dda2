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
			<table class="table">
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

/** Tokens, and referd itself. An actor that was removed stays in the list while the address names it. */
function WhoFilter() {
	const tokens = useLoad("tokens", () => call(client.GET("/api/v2/tokens", { params: { query: { per_page: 250 } } })));
	const known = (tokens.data?.data ?? []).map((token) => ({ value: `token:${token.id}`, text: token.name }));
	const chosen = route.value.query.get("actor");
	const options = [
		...known,
		{ value: "command_line", text: t("actorCommand") },
		{ value: "referd", text: "referd" },
	];
	if (chosen && !options.some((o) => o.value === chosen)) options.unshift({ value: chosen, text: whoText(chosen) });
	return (
		<FilterSelect label={t("auditWho")} name="actor">
			{options.map((o) => (
				<option key={o.value} value={o.value}>
					{o.text}
				</option>
			))}
		</FilterSelect>
	);
}

/** The campaigns, the webhooks and the settings; any other object comes from a link. */
function ObjectFilter() {
	const params = { query: { per_page: 250 } };
	const campaigns = useLoad("campaigns", () => call(client.GET("/api/v2/campaigns", { params })));
	const webhooks = useLoad("webhooks", () => call(client.GET("/api/v2/webhooks", { params })));
	const chosen = route.value.query.get("object");
	const options = [
		...(campaigns.data?.data ?? []).map((c) => ({ kind: "campaign" as const, id: c.id, name: c.name })),
		...(webhooks.data?.data ?? []).map((w) => ({ kind: "webhook" as const, id: w.id, name: w.name })),
		{ kind: "settings" as const, id: null, name: null },
	].map((object) => ({
		value: object.id === null ? object.kind : `${object.kind}:${object.id}`,
		text: objectText(object),
	}));
	if (chosen && !options.some((o) => o.value === chosen)) {
		const [kind, id] = chosen.split(":");
		const known = objectKinds.find((k) => k === kind);
		options.unshift({ value: chosen, text: known ? objectText({ kind: known, id: Number(id), name: null }) : chosen });
	}
	return (
		<FilterSelect label={t("auditObject")} name="object">
			{options.map((o) => (
				<option key={o.value} value={o.value}>
					{o.text}
				</option>
			))}
		</FilterSelect>
	);
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
