// The inbound address is a secret: it is shown on demand, hides again by itself, and can be replaced with an overlap.
import { useEffect, useState } from "preact/hooks";
import { call, client } from "../api";
import { useLoad } from "../query";
import { canAdmin } from "../session";
import { act } from "../ui/act";
import { Needs, needsText } from "../ui/needs";
import { Copy, Failed, Skeleton } from "../ui/parts";
import { moment, t } from "../words";

const SHOWN_MS = 60_000;

function useShown(): [boolean, () => void] {
	const [shown, setShown] = useState(false);
	useEffect(() => {
		if (!shown) return;
		const timer = setTimeout(() => setShown(false), SHOWN_MS);
		return () => clearTimeout(timer);
	}, [shown]);
	return [shown, () => setShown(!shown)];
}

export function Inbound() {
	const { data, problem, reload } = useLoad("settings", () => call(client.GET("/api/v2/settings")));
	const [shown, toggle] = useShown();
	if (problem && !data) return <Failed problem={problem} again={reload} />;
	if (!data) return <Skeleton height={240} />;
	const { url, old_token_expires_at: old } = data.data.inbound;
	const line = `curl "${url}" -X POST -d "code=uZQ4nv9Y"`;
	const rotate = async () => {
		await act(async () => {
			const { data: made } = await call(client.POST("/api/v2/settings/inbound-token/rotate", { body: {} }));
			return t("rotated", { time: moment(made.old_token_expires_at) });
		});
		reload();
	};
	return (
		<section class="panel stack">
			<h2>{t("inboundTitle")}</h2>
			<p>{t("inboundText")}</p>
			{url === null ? (
				<p class="muted">{needsText("admin")}</p>
			) : (
				<>
					<pre class="bytes">{shown ? line : line.replace(/webhook\/[^/]+/, "webhook/••••••••")}</pre>
					<div class="row">
						<button type="button" onClick={toggle} aria-pressed={shown}>
							{t(shown ? "hide" : "show")}
						</button>
						<Copy text={line}>{t("copyLine")}</Copy>
						<button type="button" disabled={!canAdmin.value} onClick={rotate}>
							{t("rotate")}
						</button>
						<Needs scope="admin" />
					</div>
				</>
			)}
			{old && <div class="notice hold">{t("oldWorksUntil", { time: moment(old) })}</div>}
		</section>
	);
}
