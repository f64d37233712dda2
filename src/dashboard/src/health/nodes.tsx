// The servers that share this server's database. A server that has its database for itself shows nothing.
import { type Schemas, call, client } from "../api";
import { useLoad } from "../query";
import { Failed, Moment } from "../ui/parts";
import { type Look, Status } from "../ui/status";
import { duration, t } from "../words";

type Node = Schemas["Node"];

const LIVE_MS = 5000;

function lookOf({ alive, seen_at }: Node): Look {
	if (alive) return "running";
	return seen_at === null ? "stopped" : "silent";
}

/** "12 ms ahead" */
function clock(ms: number): string {
	const distance = duration(Math.abs(ms) * 1000);
	return ms === 0 ? distance : t(ms < 0 ? "nodeBehind" : "nodeAhead", { time: distance });
}

function NodeRow({ node }: { node: Node }) {
	const { name, addresses, version, started_at, seen_at, alive, current, webhooks, jobs, lag_ms, clock_ms } = node;
	return (
		<tr>
			<th scope="row">
				<span class="wrap">{name}</span>
				{addresses.map((address) => (
					<span key={address} class="mono block wrap address">{address}</span>
				))}
				{current && <span class="meta block address">{t("nodeCurrent")}</span>}
			</th>
			<td>
				<Status of={lookOf(node)} />
				<span class="meta block">
					{t(alive ? "nodeSince" : "nodeSeen")} <Moment at={alive ? started_at : (seen_at ?? started_at)} />
				</span>
			</td>
			<td data-label={t("nodeVersion")}>{version}</td>
			<td data-label={t("nodeWork")}>
				{t("nodeWebhooks", { n: webhooks })}
				{jobs && <span class="block">{t("nodeJobs")}</span>}
			</td>
			<td data-label={t("nodeLag")} class="number">{alive ? duration(lag_ms * 1000) : "–"}</td>
			<td data-label={t("nodeClock")} class="number">{clock_ms === null ? "–" : clock(clock_ms)}</td>
		</tr>
	);
}

export function Nodes() {
	const { data, problem, reload } = useLoad("nodes", () => call(client.GET("/api/v2/nodes")), LIVE_MS);
	if (problem) return <Failed problem={problem} again={reload} />;
	const nodes = data?.data.nodes ?? [];
	if (nodes.length === 0) return null;
	const silent = nodes.filter((node) => lookOf(node) === "silent").length;
	return (
		<section class="panel stack" aria-labelledby="nodes">
			<h2 id="nodes">{t("nodes")}</h2>
			<p class="muted">{t("nodesText")}</p>
			{silent > 0 && <div class="notice bad">{t("nodesSilent", { n: silent })}</div>}
			<table class="table health nodes">
				<thead>
					<tr>
						<th>{t("nodeServer")}</th>
						<th>{t("status")}</th>
						<th>{t("nodeVersion")}</th>
						<th>{t("nodeWork")}</th>
						<th class="number">{t("nodeLag")}</th>
						<th class="number">{t("nodeClock")}</th>
					</tr>
				</thead>
				<tbody>
					{nodes.map((node) => (
						<NodeRow key={node.id} node={node} />
					))}
				</tbody>
			</table>
			<p class="meta">{t("nodesNormal")}</p>
		</section>
	);
}
