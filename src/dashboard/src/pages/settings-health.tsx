// Is the server well? Each value with its normal range, and what to do when it is outside.
import { CircleCheck, CircleHelp, Eye, OctagonX } from "lucide-preact";
import { call, client } from "../api";
import { type Check, checks } from "../health/checks";
import { Nodes } from "../health/nodes";
import { useLoad } from "../query";
import { Failed, Skeleton } from "../ui/parts";
import { moment, t } from "../words";

const LIVE_MS = 5000;

const looks = {
	normal: ["ok", CircleCheck, "healthNormal"],
	watch: ["wait", Eye, "healthWatch"],
	outside: ["bad", OctagonX, "healthOutside"],
	unknown: ["mute", CircleHelp, "unknown"],
} as const;

function State({ of }: { of: Check["state"] }) {
	const [tint, Icon, word] = looks[of];
	return (
		<span class={`status ${tint}`}>
			<Icon size={14} aria-hidden />
			{t(word)}
		</span>
	);
}

/** A text whose options, such as --retention, stay on one line. */
function unbroken(text: string) {
	return text.split(/(--[a-z-]+)/).map((part) => (part.startsWith("--") ? <span class="option">{part}</span> : part));
}

function CheckRow({ check }: { check: Check }) {
	const { word, now, state, normal, link } = check;
	const todo = toDo(check);
	return (
		<tr>
			<th scope="row">{t(word)}</th>
			<td class="health-now">
				{now && <span>{now}</span>}
				<State of={state} />
			</td>
			<td data-label={t("healthRange")}>{unbroken(t(normal))}</td>
			<td>
				{todo && (
					<>
						{unbroken(t(todo))} {link && <a href={link}>{t("open")}</a>}
					</>
				)}
			</td>
		</tr>
	);
}

const WORST_FIRST: Check["state"][] = ["outside", "watch", "unknown", "normal"];
const worstFirst = (a: Check, b: Check) => WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state);
const isWrong = ({ state }: Check) => state === "outside" || state === "watch";
const toDo = (check: Check) => (check.state === "unknown" ? check.learn : isWrong(check) ? check.advice : undefined);

/** "Nothing is outside its normal range. Unknown: Last backup. The text beside the value says how referd learns it." */
function summary(all: Check[]): { tint: "wait" | "mute" | "ok"; text: string } {
	const wrong = all.filter(isWrong).length;
	const unknown = all.filter((check) => check.state === "unknown").map((check) => t(check.word));
	if (wrong === 0 && unknown.length === 0) return { tint: "ok", text: t("healthAllNormal") };
	const sure = wrong > 0 ? t("healthWrong", { n: wrong }) : t("healthNothingWrong");
	const open = unknown.length > 0 ? ` ${t("healthUnknown", { n: unknown.length, list: unknown.join(", ") })}` : "";
	return { tint: wrong > 0 ? "wait" : "mute", text: sure + open };
}

export function Health() {
	const { data, problem, at, reload } = useLoad("server", () => call(client.GET("/api/v2/server")), LIVE_MS);
	if (problem && !data) return <Failed problem={problem} again={reload} />;
	if (!data) return <Skeleton height={400} />;
	const all = checks(data.data, Date.now()).sort(worstFirst);
	const { tint, text } = summary(all);
	return (
		<>
			{problem && <Failed problem={problem} again={reload} />}
			<div class={`notice ${tint}`}>
				<span class="grow">{text}</span>
				<span>
					referd {data.data.version} · {t("asOf", { time: moment(at?.toISOString()) })}
				</span>
			</div>
			<section class="panel">
				<table class="table health">
					<thead>
						<tr>
							<th>{t("healthValue")}</th>
							<th>{t("healthNow")}</th>
							<th>{t("healthRange")}</th>
							<th>{t("healthAdvice")}</th>
						</tr>
					</thead>
					<tbody>
						{all.map((check) => (
							<CheckRow key={check.word} check={check} />
						))}
					</tbody>
				</table>
			</section>
			<Nodes />
		</>
	);
}
