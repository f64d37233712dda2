// Where the request goes and how. A wrong address is explained at once, with what would make it acceptable.
import { t } from "../words";
import { type Draft, type Format, type Method, betterUrl } from "./draft";
import { FieldProblem } from "./section";

const METHODS: Method[] = ["POST", "PUT", "PATCH", "GET"];
const FORMATS = [
	["query", "formatQuery"],
	["form", "formatForm"],
	["json", "formatJson"],
	["standard", "formatStandard"],
] as const;

const PRIVATE = /\bprivate address\b/;

const FORMAT_HELP = { query: "helpQuery", form: "helpForm", json: "helpJson", standard: "helpStandard" } as const;

/** The server's verdict in the reader's language, for the refusals that people meet. */
export function urlText(url: string, said: string): string {
	const range = /--allow-targets (\S+)/.exec(said)?.[1];
	const host = /^[a-z]+:\/\/(?:[^/?#]*@)?(\[[^\]]*\]|[^/:?#]*)/i.exec(url.trim())?.[1] ?? url;
	if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(url.trim())) return t("urlNeedsHttps");
	if (said.includes("--allow-http-targets")) return range ? t("urlHttpPrivate", { host, range }) : t("urlHttp");
	if (range) return t(PRIVATE.test(said) ? "urlPrivate" : "urlNotPublic", { host, range });
	return `URL ${said}`;
}

interface Props {
	draft: Draft;
	change: (to: Partial<Draft>) => void;
	problems: Map<string, string>;
}

export function EndpointSection({ draft, change, problems }: Props) {
	const said = draft.url === "" ? undefined : problems.get("url");
	const better = said && betterUrl(draft.url);
	const get = draft.method === "GET";
	return (
		<>
			<div class="endpoint">
				<label>
					{t("method")}
					<select
						value={draft.method}
						onChange={(e) => {
							const method = e.currentTarget.value as Method;
							change({ method, ...(method === "GET" && { format: "query" }) });
						}}
					>
						{METHODS.map((m) => (
							<option key={m}>{m}</option>
						))}
					</select>
				</label>
				<label>
					URL
					<input
						type="url"
						inputMode="url"
						spellcheck={false}
						autocomplete="off"
						placeholder="https://"
						value={draft.url}
						aria-invalid={said !== undefined}
						aria-describedby={said ? "url-problem" : undefined}
						onInput={(e) => change({ url: e.currentTarget.value })}
					/>
				</label>
			</div>
			{said && (
				<FieldProblem id="url-problem">
					<span class="grow">{urlText(draft.url, said)}</span>
					{better && (
						<button type="button" onClick={() => change({ url: better })}>
							{t("useInstead", { text: better })}
						</button>
					)}
				</FieldProblem>
			)}
			<label>
				{t("format")}
				<select
					value={draft.format}
					disabled={get}
					onChange={(e) => change({ format: e.currentTarget.value as Format })}
				>
					{FORMATS.map(([format, words]) => (
						<option key={format} value={format}>
							{t(words)}
						</option>
					))}
				</select>
			</label>
			<p class="meta">{t(get ? "getHasNoBody" : FORMAT_HELP[draft.format])}</p>
			{["method", "format"].map((name) => {
				const problem = problems.get(name);
				return problem && <FieldProblem key={name}>{problem}</FieldProblem>;
			})}
		</>
	);
}
