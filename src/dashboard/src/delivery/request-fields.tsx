// The fields of a request as a person reads them: in a query or a form body they are percent-encoded.
import type { Schemas } from "../api";
import { t } from "../words";

type Request = Pick<Schemas["WebhookPreview"], "method" | "url" | "headers" | "body">;

/** The fields of a form body, or of the query if there is no body. A JSON body is readable as it is. */
function encodedFields(request: Request): [string, string][] {
	const type = request.headers.find((h) => h.name.toLowerCase() === "content-type")?.value ?? "";
	if (request.body !== "" && !type.startsWith("application/x-www-form-urlencoded")) return [];
	return [...new URLSearchParams(request.body || new URL(request.url).search)];
}

export function RequestFields({ request, open = true }: { request: Request; open?: boolean }) {
	const fields = encodedFields(request);
	if (fields.length === 0) return null;
	return (
		<details open={open}>
			<summary>{t("sentFields")}</summary>
			<dl class="sent-fields">
				{fields.map(([name, value]) => (
					<div key={name}>
						<dt class="mono">{name}</dt>
						<dd>{value || <span class="muted">{t("empty")}</span>}</dd>
					</div>
				))}
			</dl>
		</details>
	);
}
