// The palette: one field that finds anything. A combobox: the arrow keys choose a line, and Enter opens it. An Enter that
// comes before the answer opens the answer's first line.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Problem } from "../api";
import { t } from "../words";
import { Dialog } from "./dialog";
import { overlay } from "./keys";
import { type Find, type Finds, type Group, search, start, type WebhookNames } from "./palette-search";
import { Failed } from "./parts";

const PAUSE_MS = 150; // the palette asks the server when nobody has typed for so long
const AGAIN_MS = 3000; // ... and again, while people may be missing from the index

interface Answer extends Finds {
	text: string;
	problem?: Problem;
}

/** The lines for a text. A new text ends the requests of the text before. */
function useFinds(text: string): Answer {
	const [answer, setAnswer] = useState<Answer>(() => ({ text: "", ...start() }));
	const webhooks = useRef<WebhookNames>({});
	useEffect(() => {
		if (text === "") {
			setAnswer({ text, ...start() });
			return;
		}
		const stopped = new AbortController();
		let timer: ReturnType<typeof setTimeout>;
		const ask = async () => {
			const found = await search(text, webhooks.current, stopped.signal).catch((error: unknown) => {
				if (error instanceof Problem) return { groups: [], problem: error };
				throw error;
			});
			if (stopped.signal.aborted) return;
			setAnswer({ text, ...found });
			if ("indexing" in found && found.indexing) timer = setTimeout(ask, AGAIN_MS);
		};
		timer = setTimeout(ask, PAUSE_MS);
		return () => {
			clearTimeout(timer);
			stopped.abort();
		};
	}, [text]);
	return answer;
}

function Line({ find, chosen, open }: { find: Find; chosen: boolean; open: () => void }) {
	const line = useRef<HTMLDivElement>(null);
	useEffect(() => {
		if (chosen) line.current?.scrollIntoView({ block: "nearest" });
	}, [chosen]);
	return (
		<div ref={line} id={`find-${find.id}`} role="option" aria-selected={chosen} class="find-line" onClick={open}>
			<find.Icon size={18} aria-hidden />
			<span class="cut grow">{find.title}</span>
			{find.detail && <span class="cut meta">{find.detail}</span>}
		</div>
	);
}

function Lines({ group, chosen, open }: { group: Group; chosen: Find | undefined; open: (find: Find) => void }) {
	return (
		<div role="group" aria-label={t(group.kind)}>
			<div class="find-kind meta" aria-hidden>
				{t(group.kind)}
			</div>
			{group.finds.map((find) => (
				<Line key={find.id} find={find} chosen={find === chosen} open={() => open(find)} />
			))}
		</div>
	);
}

export function Palette() {
	const [text, setText] = useState("");
	const { groups, indexing, problem, text: answered } = useFinds(text.trim());
	const [row, setRow] = useState(0);
	const entered = useRef<string>(); // the text whose Enter came before its answer
	const finds = groups.flatMap((group) => group.finds);
	const chosen = finds[Math.min(row, finds.length - 1)];
	const close = () => (overlay.value = undefined);
	const open = (find: Find) => {
		close();
		location.hash = find.address;
	};
	// Before the next key.
	useLayoutEffect(() => {
		setRow(0);
		const [first] = finds;
		if (entered.current !== answered) return;
		entered.current = undefined;
		if (first) open(first);
	}, [answered]);
	const onEnter = () => {
		if (answered !== text.trim()) entered.current = text.trim();
		else if (chosen) open(chosen);
	};
	const onKey = (event: KeyboardEvent) => {
		const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
		const step = steps[event.key];
		if (step !== undefined) setRow((Math.min(row, finds.length - 1) + step + finds.length) % finds.length);
		else if (event.key === "Enter" && !event.isComposing) onEnter();
		else return;
		event.preventDefault();
	};
	return (
		<Dialog label={t("find")} kind="palette" close={close}>
			<input
				role="combobox"
				aria-label={t("find")}
				aria-expanded="true"
				aria-autocomplete="list"
				aria-controls="find-list"
				aria-activedescendant={chosen && `find-${chosen.id}`}
				placeholder={t("findHelp")}
				autocomplete="off"
				spellcheck={false}
				value={text}
				onInput={(e) => {
					entered.current = undefined;
					setText(e.currentTarget.value);
				}}
				onKeyDown={onKey}
			/>
			{problem && <Failed problem={problem} />}
			<div id="find-list" role="listbox" aria-label={t("find")} class="find-list">
				{groups.map((group) => (
					<Lines key={group.kind} group={group} chosen={chosen} open={open} />
				))}
			</div>
			{indexing && <p class="meta">{t("stillIndexing")}</p>}
			<p class="hidden-text" role="status">
				{t("found", { n: finds.length })} {indexing && t("stillIndexing")}
			</p>
		</Dialog>
	);
}
