// The real page, as the server writes it from settings that are not saved. A page that fails leaves the last one.
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem, call, client } from "../api";
import { live } from "../live";
import { filter, route } from "../route";
import { problemText } from "../ui/parts";
import { t } from "../words";
import { type Work, changesOf } from "./draft";
import { type Step, type View, VIEWS, VIEW_OF } from "./steps";

const PAUSE_MS = 300;
const DEVICES = { phone: { width: 360, height: 640 }, desktop: { width: 1280, height: 800 } } as const;
type Device = keyof typeof DEVICES;
const VIEW_WORDS = { join: "viewJoin", friend: "viewFriend", thanks: "viewThanks", closed: "viewClosed" } as const;

/** The address of the page for these settings, as soon as the server has agreed to it. */
export function usePreview(work: Work, view: View): { url: string | undefined; problem: Problem | undefined } {
	const [url, setUrl] = useState<string>();
	const [problem, setProblem] = useState<Problem>();
	const turn = useRef(0);
	const settings = JSON.stringify(changesOf(work));
	const version = JSON.stringify(work.saved.value);
	useEffect(() => {
		const mine = ++turn.current;
		const load = async () => {
			try {
				const params = { path: { id: String(work.id) }, query: { page: view, settings } };
				const answer = await client.GET("/api/v2/campaigns/{id}/preview", { params, parseAs: "text" });
				await call(Promise.resolve(answer));
				if (mine !== turn.current) return;
				setUrl(`${answer.response.url}#${mine}`);
				setProblem(undefined);
				work.problem.value = undefined;
			} catch (error) {
				if (mine !== turn.current) return;
				const known = error instanceof Problem ? error : new Problem("", 0);
				setProblem(known);
				if (known.status === 422) work.problem.value = known;
			}
		};
		const timer = setTimeout(() => void load(), url ? PAUSE_MS : 0);
		return () => clearTimeout(timer);
	}, [settings, version, view, problem?.status === 0 && live.value]);
	return { url, problem };
}

/** A frame that is as wide as the device, and scaled down if it has less room. */
export function Device({ url, device }: { url: string; device: Device }) {
	const box = useRef<HTMLDivElement>(null);
	const [room, setRoom] = useState(0);
	useEffect(() => {
		if (!box.current) return;
		const look = new ResizeObserver(([entry]) => entry && setRoom(entry.contentRect.width));
		look.observe(box.current);
		return () => look.disconnect();
	}, []);
	const { width, height } = DEVICES[device];
	const scale = Math.max(0, Math.min(1, (room - 2) / width)); // its border takes 2 px
	return (
		<div class="device" ref={box}>
			<div class="screen" style={{ width: width * scale, height: height * scale }}>
				<iframe key={url} title={t("preview")} sandbox="" src={url} width={width} height={height}
					style={{ transform: `scale(${scale})` }} />
			</div>
		</div>
	);
}

export function Preview({ work, step }: { work: Work; step: Step }) {
	const { query } = route.value;
	const view = VIEWS.find((v) => v === query.get("page")) ?? VIEW_OF[step];
	const device: Device = query.get("device") === "desktop" ? "desktop" : "phone";
	const { url, problem } = usePreview(work, view);
	return (
		<section class="preview stack" aria-label={t("preview")}>
			<div class="row">
				<div class="row" role="group" aria-label={t("width")}>
					{(["phone", "desktop"] as const).map((d) => (
						<button key={d} type="button" aria-pressed={d === device} onClick={() => filter({ device: d })}>
							{t(d)}
						</button>
					))}
				</div>
				<select class="short" aria-label={t("page")} value={view} onChange={(e) => filter({ page: e.currentTarget.value })}>
					{VIEWS.map((v) => (
						<option key={v} value={v}>
							{t(VIEW_WORDS[v])}
						</option>
					))}
				</select>
			</div>
			{problem && (
				<div class="notice wait" role="status">
					{problem.status === 414 || problem.status === 431
						? t("previewTooLarge")
						: t("previewOld", { reason: problemText(problem) })}
				</div>
			)}
			{url ? <Device url={url} device={device} /> : <div class="device" />}
		</section>
	);
}
