// The exact request that an event would send now: its bytes, its headers with the signature, and a curl line.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Schemas } from "../api";
import { RequestFields } from "../delivery/request-fields";
import { Copy } from "../ui/parts";
import { t } from "../words";
import { curlOf } from "./curl";

type Request = Schemas["WebhookPreview"];
type View = "body" | "headers" | "curl";
const VIEWS: View[] = ["body", "headers", "curl"];

function textOf(request: Request, view: View): string {
	if (view === "curl") return curlOf(request);
	if (view === "headers") return request.headers.map((h) => `${h.name}: ${h.value}`).join("\n");
	if (request.method === "GET") return t("noBody");
	return request.body;
}

interface Props {
	request: Request | undefined;
	stale: boolean;
	note: string;
	empty?: string;
	users?: { code: string; name: string }[];
	user?: string;
	onUser?: (code: string) => void;
	action?: ComponentChildren; // beside the copy button
}

export function RequestPanel({ request, stale, note, empty, users = [], user = "", onUser, action }: Props) {
	const [view, setView] = useState<View>("body");
	const words = { body: t("body"), headers: t("stepHeaders"), curl: "curl" };
	return (
		<section class="panel stack request" aria-labelledby="request-title">
			<h2 id="request-title">{t("exactRequest")}</h2>
			{onUser && (
				<label>
					{t("previewFor")}
					<select value={user} onChange={(e) => onUser(e.currentTarget.value)}>
						<option value="">{t("madeUpUser")}</option>
						{users.map((u) => (
							<option key={u.code} value={u.code}>
								{u.name} ({u.code})
							</option>
						))}
					</select>
				</label>
			)}
			{!request && empty && <p class="muted">{empty}</p>}
			{request && (
				<>
					{stale && <p class="notice wait">{t("requestStale")}</p>}
					<p class="mono target">
						{request.method} {request.url}
					</p>
					<div class="row">
						<div class="views" role="group" aria-label={t("exactRequest")}>
							{VIEWS.map((v) => (
								<button key={v} type="button" aria-pressed={view === v} onClick={() => setView(v)}>
									{words[v]}
								</button>
							))}
						</div>
						{action}
						<Copy text={textOf(request, view)} />
					</div>
					<pre class="bytes" tabIndex={0} aria-label={words[view]} data-view={view}>
						{textOf(request, view)}
					</pre>
					{view === "body" && <RequestFields request={request} open={!onUser} />}
					<p class="meta">{note}</p>
				</>
			)}
		</section>
	);
}
