// One member: who referred whom, and what was sent about this person.
import { Problem, call, client } from "../api";
import { changes } from "../live";
import { useLoad } from "../query";
import { href } from "../route";
import { canWrite } from "../session";
import { DeliveryTable } from "../ui/delivery-table";
import { Copy, Empty, Failed, Moment, Skeleton, problemText, say } from "../ui/parts";
import { number, t } from "../words";

export function UserPage({ id }: { id: string }) {
	const { data, problem, reload } = useLoad(
		`user/${id}`,
		() => call(client.GET("/api/v2/users/{id}", { params: { path: { id }, query: { with: "user.analytics" } } })),
		5000,
		changes("users"),
	);
	const user = data?.data;
	const deliveries = useLoad(
		`deliveries of ${user?.id}`,
		async () =>
			user
				? (await call(client.GET("/api/v2/deliveries", { params: { query: { user_id: String(user.id), order: "-id" } } }))).data
				: [],
		2000,
		(change) => change.deliveries.some((d) => d.user_id === user?.id) || change.changed.includes("webhooks"),
	);
	if (problem && !user) return <Failed problem={problem} again={reload} />;
	if (!user) return <Skeleton height={400} />;
	const qualify = async () => {
		try {
			await call(client.PUT("/api/v2/users/qualification", { body: { code: user.code, qualified: true } }));
		} catch (error) {
			if (!(error instanceof Problem)) throw error;
			say(problemText(error));
		}
		reload();
		deliveries.reload();
	};
	return (
		<>
			<div class="title">
				<h1>{user.first_name || user.code}</h1>
				{!user.qualified && (
					<button type="button" class="primary" disabled={!canWrite.value} onClick={qualify}>
						{t("qualify")}
					</button>
				)}
			</div>
			<section class="panel stack">
				<div class="row">
					<span>{user.email}</span>
					<code>{user.code}</code>
					<Copy text={user.url}>{t("copyLink")}</Copy>
				</div>
				<dl class="facts">
					<div>
						<dt>{t("joined")}</dt>
						<dd>
							<Moment at={user.signed_up_time} />
						</dd>
					</div>
					<div>
						<dt>{t("qualified")}</dt>
						<dd>{user.qualified ? t("yes") : t("no")}</dd>
					</div>
					<div>
						<dt>{t("referrals")}</dt>
						<dd>{number(user.analytics?.referrals ?? 0)}</dd>
					</div>
					{user.referrer_id && (
						<div>
							<dt>{t("invitedBy")}</dt>
							<dd>
								<a href={href("users", user.referrer_id)}>{user.referrer_id}</a>
							</dd>
						</div>
					)}
				</dl>
			</section>
			<section class="panel stack scroll">
				<h2>{t("deliveries")}</h2>
				{deliveries.data && deliveries.data.length > 0 ? (
					<DeliveryTable deliveries={deliveries.data} />
				) : (
					<Empty>{t("noEvents")}</Empty>
				)}
			</section>
		</>
	);
}
