// A request as a curl line that a shell runs as it is.
import type { Schemas } from "../api";

type Request = Pick<Schemas["WebhookPreview"], "method" | "url" | "headers" | "body">;

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** curl sets these itself, from the address and the body. */
const OWN = new Set(["host", "content-length"]);

export function curlOf(r: Request): string {
	const headers = r.headers.filter((h) => !OWN.has(h.name)).map((h) => `-H ${quote(`${h.name}: ${h.value}`)}`);
	const body = r.method === "GET" ? [] : [`--data-raw ${quote(r.body)}`];
	return [`curl -X ${r.method} ${quote(r.url)}`, ...headers, ...body].join(" \\\n  ");
}
