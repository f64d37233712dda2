// The request and the response of an attempt as bytes, and the request as a curl line.
import type { Schemas } from "../api";
import { filter, route } from "../route";
import { canAdmin } from "../session";
import { Copy } from "../ui/parts";
import { t } from "../words";
import { curlOf } from "../webhook/curl";
import { codeOf } from "./reason";
import { RequestFields } from "./request-fields";
import { bytesOfText, hexDump, requestText, responseBytes } from "./bytes";

type Delivery = Schemas["DeliveryWithLog"];
type Attempt = Schemas["Attempt"];

const TABS = ["request", "response", "curl"] as const;
export type Tab = (typeof TABS)[number];

export function tabNow(attempt: Attempt | undefined): Tab {
	const wanted = TABS.find((tab) => tab === route.value.query.get("tab"));
	return wanted ?? (attempt ? "response" : "request");
}

interface Shown {
	text: string | undefined; // undefined if the bytes are not valid text
	bytes: Uint8Array;
	note: string;
}

function shownOf(d: Delivery, attempt: Attempt | undefined, tab: Tab): Shown {
	const plain = (text: string, note: string) => ({ text, bytes: bytesOfText(text), note });
	if (tab === "response") {
		if (!attempt) return plain("", t("noResponseYet"));
		const body = responseBytes(attempt);
		if (body.bytes.length > 0) return { ...body, note: t("first4k") };
		return plain("", attempt.status === null ? t("noResponse") : t("emptyResponse"));
	}
	if (!d.request) return plain("", t("requestGone"));
	const made = t(d.attempts > 0 ? "requestMade" : "requestFirst");
	const note = canAdmin.value ? made : `${made} ${t("masked")}`;
	return plain(tab === "curl" ? curlOf(d.request) : requestText(d.request), note);
}

export function BytesPanel({ delivery, attempt }: { delivery: Delivery; attempt: Attempt | undefined }) {
	const tab = tabNow(attempt);
	const { text, bytes, note } = shownOf(delivery, attempt, tab);
	const hex = tab !== "curl" && (text === undefined || route.value.query.get("as") === "hex");
	const shown = hex ? hexDump(bytes) : (text ?? "");
	const words = { request: t("request"), response: t("answer"), curl: "curl" };
	return (
		<section class="panel stack" aria-label={words[tab]}>
			<div class="row">
				<div class="views" role="group" aria-label={t("parts")}>
					{TABS.map((name) => (
						<button key={name} type="button" aria-pressed={tab === name} onClick={() => filter({ tab: name })}>
							{words[name]}
						</button>
					))}
				</div>
				{tab !== "curl" && bytes.length > 0 && (
					<button type="button" aria-pressed={hex} disabled={text === undefined}
						onClick={() => filter({ as: hex ? undefined : "hex" })}>
						{t("hex")}
					</button>
				)}
				{shown && <Copy text={shown} />}
			</div>
			{tab === "response" && attempt && (
				<p class="mono wrap">{codeOf(attempt)}</p>
			)}
			{shown && (
				<pre class={hex ? "bytes hex" : "bytes"} tabIndex={0} aria-label={words[tab]} data-tab={tab}>
					{shown}
				</pre>
			)}
			{tab === "request" && delivery.request && <RequestFields request={delivery.request} />}
			<p class="meta">{note}</p>
		</section>
	);
}
