// The list of webhooks: is each of them sending?
import { call, client } from "../api";
import { changes } from "../live";
import { useLoad } from "../query";
import { href } from "../route";
import { Empty, Failed, Skeleton, Status } from "../ui/parts";
import { remember } from "../webhook/known";
import { t } from "../words";

export function WebhooksPage() {
	const list = useLoad("webhooks", async () => remember(await call(client.GET("/api/v2/webhooks"))), 5000, changes("webhooks"));
	return (
		<>
			<div class="title">
				<h1>{t("webhooks")}</h1>
				<a class="button primary" href={href("webhooks", "new")}>
					{t("newWebhook")}
				</a>
			</div>
			{list.problem && <Failed problem={list.problem} again={list.reload} />}
			{!list.data && !list.problem && <Skeleton height={200} />}
			{list.data?.data.length === 0 && <Empty>{t("webhooksEmpty")}</Empty>}
			{list.data && list.data.data.length > 0 && (
				<section class="panel scroll">
					<table class="table">
						<thead>
							<tr>
								<th>{t("name")}</th>
								<th>{t("status")}</th>
								<th>{t("event")}</th>
								<th>URL</th>
							</tr>
						</thead>
						<tbody>
							{list.data.data.map((w) => (
								<tr key={w.id}>
									<td>
										<a class="cut" title={w.name} href={href("webhooks", w.id)}>
											{w.name}
										</a>
									</td>
									<td>
										<Status of={w.penalised ? "penalised" : w.state} />
									</td>
									<td>{w.events.join(", ")}</td>
									<td class="mono">
										<span class="cut" title={`${w.method} ${w.url}`}>
											{w.method.toUpperCase()} {w.url}
										</span>
									</td>
								</tr>
							))}
						</tbody>
					</table>
				</section>
			)}
		</>
	);
}
