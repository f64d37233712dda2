// The people who brought the most friends, over all time.
import type { Schemas } from "../api";
import { Empty } from "../ui/parts";
import { userHref } from "../user/link";
import { number, t } from "../words";

export function TopReferrers({ list }: { list: Schemas["Analytics"]["top_referrers"] }) {
	if (list.length === 0) return <Empty>{t("noReferrerYet")}</Empty>;
	return (
		<section class="panel stack scroll">
			<h2>{t("topReferrers")}</h2>
			<table class="table figures">
				<thead>
					<tr>
						<th>{t("name")}</th>
						<th>{t("code")}</th>
						<th class="number">{t("referrals")}</th>
						<th class="number">{t("qualified")}</th>
					</tr>
				</thead>
				<tbody>
					{list.map((r) => (
						<tr key={r.id}>
							<td>
								<a class="cut" href={userHref(r)} title={r.first_name}>{r.first_name || r.code}</a>
							</td>
							<td class="mono">{r.code}</td>
							<td class="number" data-label={t("referrals")}>{number(r.referrals)}</td>
							<td class="number" data-label={t("qualified")}>{number(r.qualified_referrals)}</td>
						</tr>
					))}
				</tbody>
			</table>
		</section>
	);
}
