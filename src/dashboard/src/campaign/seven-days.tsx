// Four numbers of the last seven days, over all campaigns.
import { call, client } from "../api";
import { changes } from "../live";
import { useLoad } from "../query";
import { Failed, Skeleton } from "../ui/parts";
import { useArrival } from "../ui/together";
import { number, t } from "../words";

const LIVE_MS = 5000;
const daysAgo = (n: number) => new Date(Date.now() - n * 86_400_000).toISOString().slice(0, 10);

export function SevenDays({ arrived }: { arrived: () => void }) {
	const { data, problem, reload } = useLoad(
		"week",
		() => call(client.GET("/api/v2/analytics", { params: { query: { from: daysAgo(6) } } })),
		LIVE_MS,
		changes("users", "rewards"),
	);
	useArrival(arrived, data !== undefined || problem !== undefined);
	if (problem && !data) return <Failed problem={problem} again={reload} />;
	if (!data) return <Skeleton height={110} />;
	const { joins, referrals, qualified, rewards_due } = data.data.totals;
	const facts = [
		["joins", joins],
		["referrals", referrals],
		["qualified", qualified],
		["becameDue", rewards_due],
	] as const;
	return (
		<section class="panel stack" aria-labelledby="week-title">
			<h2 class="meta plain-title" id="week-title">
				{t("sevenDays")}
			</h2>
			<dl class="facts">
				{facts.map(([word, n]) => (
					<div key={word}>
						<dt>{t(word)}</dt>
						<dd>{number(n)}</dd>
					</div>
				))}
			</dl>
		</section>
	);
}
