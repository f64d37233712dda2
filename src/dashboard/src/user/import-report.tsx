// What an import did, or would do: the counts, and every refused line with its reason.
import { useEffect, useState } from "preact/hooks";
import type { Schemas } from "../api";
import { said } from "../said";
import { brief, number, t } from "../words";
import { rowsOf } from "./csv-rows";

type Outcome = Schemas["UserImported"];
const SHOWN = 200;

/** A cell of CSV. A spreadsheet must not take the text of a stranger for a formula. */
function cell(text: string): string {
	const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
	return `"${safe.replaceAll('"', '""')}"`;
}

function download(name: string, lines: string[]): void {
	const url = URL.createObjectURL(new Blob([lines.join("\r\n"), "\r\n"], { type: "text/csv" }));
	const link = document.createElement("a");
	link.href = url;
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Each refused line as it is in the file, and after its cells the line's number and what is wrong with it. */
async function refusedAsCsv(outcome: Outcome, file: File): Promise<void> {
	const lines = new Set(outcome.refused.map((r) => r.line));
	const { head, found } = await rowsOf(file, lines, outcome.separator, outcome.encoding === "windows-1252");
	const row = (cells: string[]) => cells.map(cell).join(",");
	const rows = outcome.refused.map((r) => {
		const cells = found.get(r.line) ?? [];
		const padded = [...cells, ...Array<string>(Math.max(0, head.length - cells.length)).fill("")];
		return row([...padded, String(r.line), r.field ?? "", said(r.message)]);
	});
	download(`${file.name.replace(/\.\w+$/, "")}-refused.csv`, [row([...head, "line", "column", "reason"]), ...rows]);
}

/** The file may be gone or changed since it was chosen. */
function useDownload(outcome: Outcome, file: File) {
	const [state, setState] = useState<"reading" | "failed">();
	const start = () => {
		setState("reading");
		refusedAsCsv(outcome, file).then(() => setState(undefined), () => setState("failed"));
	};
	return { state, start };
}

/** The refused value of each line that is shown, read from the file itself. */
function useValues(outcome: Outcome, file: File): Map<number, string> {
	const [values, setValues] = useState(new Map<number, string>());
	const read = async () => {
		const shown = outcome.refused.slice(0, SHOWN);
		const { head, found } = await rowsOf(file, new Set(shown.map((r) => r.line)), outcome.separator, outcome.encoding === "windows-1252");
		const cells = shown.map((r) => [r.line, found.get(r.line)?.[head.indexOf(r.field ?? "")] ?? ""] as const);
		setValues(new Map(cells));
	};
	useEffect(() => void read().catch(() => undefined), [outcome, file]); // a file that is gone: the lines without values
	return values;
}

function Refused({ outcome, file }: { outcome: Outcome; file: File }) {
	const { state, start } = useDownload(outcome, file);
	const values = useValues(outcome, file);
	if (outcome.refused_total === 0) return null;
	const rest = outcome.refused.length - SHOWN;
	return (
		<section class="stack">
			<div class="row">
				<h2 class="grow">{t("refusedLines", { n: outcome.refused_total })}</h2>
				<button type="button" disabled={state === "reading"} onClick={start}>{t("refusedCsv")}</button>
			</div>
			{state === "failed" && <p class="notice bad" role="alert">{t("fileUnreadable")}</p>}
			<ul class="lines refused" tabIndex={0} aria-label={t("refusedLines", { n: outcome.refused_total })}>
				{outcome.refused.slice(0, SHOWN).map((r, i) => (
					<li key={i} class="wrap">
						<strong>{t("lineN", { n: r.line })}</strong> {r.field && <code>{r.field}</code>}{" "}
						{values.get(r.line) && <q>{brief(values.get(r.line) ?? "")}</q>} {said(r.message)}
					</li>
				))}
			</ul>
			{rest > 0 && <p class="meta">{t("moreInCsv", { n: rest })}</p>}
		</section>
	);
}

function Hints({ outcome }: { outcome: Outcome }) {
	return (
		<>
			{outcome.stopped_at_line !== null && (
				<p class="notice wait">{t("stoppedAt", { line: number(outcome.stopped_at_line) })}</p>
			)}
			{outcome.windows_1252_lines > 0 && <p class="notice wait">{t("notUtf8", { n: outcome.windows_1252_lines })}</p>}
			{outcome.ignored.map((i) => (
				<p key={i.field} class="notice wait">
					{t("ignoredValues", { n: i.lines, field: i.field, line: String(i.first_line) })}
				</p>
			))}
		</>
	);
}

export function Report({ outcome, file, stored = false }: { outcome: Outcome; file: File; stored?: boolean }) {
	const facts = [
		[stored ? "wereAdded" : "wouldBeAdded", outcome.created],
		["alreadyThere", outcome.existing],
		[stored ? "wereQualified" : "wouldQualify", outcome.qualified],
		["refusedCount", outcome.refused_total],
	] as const;
	return (
		<div class="stack">
			<p>{stored ? t("importedFile", { name: brief(file.name) }) : t("plannedFile", { n: outcome.lines, name: brief(file.name) })}</p>
			<dl class="facts">
				{facts.map(([word, n]) => (
					<div key={word}>
						<dt>{t(word)}</dt>
						<dd>{number(n)}</dd>
					</div>
				))}
			</dl>
			<Hints outcome={outcome} />
			<Refused outcome={outcome} file={file} />
		</div>
	);
}
