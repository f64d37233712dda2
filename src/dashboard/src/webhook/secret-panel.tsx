// The signing secret: shown to admins, and rotated with a time in which the old one works too.
import { useEffect, useState } from "preact/hooks";
import { type Problem, type Schemas, attempt, call, client } from "../api";
import { canAdmin } from "../session";
import { Needs } from "../ui/needs";
import { Copy, Failed, Moment } from "../ui/parts";
import { t } from "../words";

const OVERLAPS = [
	[0, "overlapNone"],
	[3600, "overlapHour"],
	[86_400, "overlapDay"],
	[604_800, "overlapWeek"],
] as const;
const SHOWN_MS = 60_000;

/** How long until then, to the second: 23:59:58. */
function Clock({ until }: { until: string }) {
	const [now, setNow] = useState(Date.now());
	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now()), 1000);
		return () => clearInterval(timer);
	}, []);
	const left = Math.max(0, Math.round((Date.parse(until) - now) / 1000));
	const two = (n: number) => String(n).padStart(2, "0");
	return (
		<span class="mono" role="timer">
			{two(Math.floor(left / 3600))}:{two(Math.floor(left / 60) % 60)}:{two(left % 60)}
		</span>
	);
}

export function SecretPanel({ webhook, reload }: { webhook: Schemas["Webhook"]; reload: () => void }) {
	const [shown, setShown] = useState(false);
	const [overlap, setOverlap] = useState(86_400);
	const [problem, setProblem] = useState<Problem>();
	useEffect(() => {
		if (!shown) return;
		const timer = setTimeout(() => setShown(false), SHOWN_MS);
		return () => clearTimeout(timer);
	}, [shown]);
	const rotate = async () => {
		const params = { path: { id: String(webhook.id) } };
		const body = { overlap_seconds: overlap };
		const refused = await attempt(() => call(client.POST("/api/v2/webhooks/{id}/rotate-secret", { params, body })));
		setProblem(refused);
		if (refused) return;
		setShown(true);
		reload();
	};
	const old = webhook.old_secret_expires_at;
	return (
		<section class="panel stack" aria-labelledby="secret-title">
			<h2 id="secret-title">{t("signingSecret")}</h2>
			<p class="meta">{t("secretHelp")}</p>
			<div class="row">
				<code class="grow wrap" data-secret={shown}>
					{shown && webhook.secret ? webhook.secret : "whsec_••••••••"}
				</code>
				<button type="button" disabled={!canAdmin.value} onClick={() => setShown(!shown)}>
					{t(shown ? "hide" : "show")}
				</button>
				{shown && webhook.secret && <Copy text={webhook.secret} />}
			</div>
			{old && (
				<p class="notice hold">
					<span class="grow">
						{t("oldSecretUntil")} <Moment at={old} />
					</span>
					<Clock until={old} />
				</p>
			)}
			<div class="row end">
				<label>
					{t("oldWorksFor")}
					<select value={overlap} onChange={(e) => setOverlap(Number(e.currentTarget.value))}>
						{OVERLAPS.map(([seconds, words]) => (
							<option key={seconds} value={seconds}>
								{t(words)}
							</option>
						))}
					</select>
				</label>
				<button type="button" disabled={!canAdmin.value} onClick={rotate}>
					{t("rotateSecret")}
				</button>
				<Needs scope="admin" />
			</div>
			{problem && <Failed problem={problem} />}
		</section>
	);
}
