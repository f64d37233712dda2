// The link to the part of a webhook's settings that mends a failure.
import type { Failure } from "../delivery/reason";
import { href } from "../route";
import type { Words } from "../words/en";
import { t } from "../words";
import type { SectionName } from "./section";

const CHANGE = {
	event: "changeEvent", who: "changeWho", endpoint: "changeUrl", fields: "editFields", hidden: "editFields",
	headers: "editHeaders", name: "settings", sending: "changePace",
} as const satisfies Record<SectionName, keyof Words>;

/** Where to look first: a 401 is about the headers, a 422 about the fields, and no connection about the URL. */
export function sectionFor({ error, status }: Failure): SectionName | undefined {
	if (error !== "status" || status === null) return error === "timeout" ? "sending" : "endpoint";
	if (status === 401 || status === 403) return "headers";
	if (status === 429) return "sending";
	if (status === 404 || status === 405 || status === 410 || (status >= 300 && status < 400)) return "endpoint";
	return status >= 400 && status < 500 ? "fields" : undefined;
}

export function ChangeLink({ webhook, section }: { webhook: number; section: SectionName }) {
	return (
		<a class="button" href={href("webhooks", webhook, "settings", { at: section })}>
			{t(CHANGE[section])}
		</a>
	);
}
