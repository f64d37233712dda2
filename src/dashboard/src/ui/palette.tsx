// The palette: one field that finds anything. A combobox: the arrow keys choose a line, and Enter opens it.
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "../api";
import { t } from "../words";
import { Dialog } from "./dialog";
import { overlay } from "./keys";
import { type Find, pages, search } from "./palette-search";
import { Failed } from "./parts";

const PAUSE_MS = 120;

interface Finds {
	text: string;
	finds: Find[];
	problem?: Problem;
}

/** The lines for a text. A late answer to an earlier text is dropped. */
function useFinds(text: string): Finds {
	const [result, setResult] = useState<Finds>({ text: "", finds: pages() });
	useEffect(() => {
		let current = true;
		const finish = (finds: Find[], problem?: Problem) =>
			current && setResult({ text, finds, ...(problem && { problem }) });
		const ask = () =>
			search(text).then(finish, (error: unknown) => {
				if (!(error instanceof Problem)) throw error;
				finish([], error);
			});
		if (text === "") {
			finish(pages());
			return;
		}
		const timer = setTimeout(ask, PAUSE_MS);
		return () => {
			current = false;
			clearTimeout(timer);
		};
	}, [text]);
	return result;
}

function Line({ find, chosen, open }: { find: Find; chosen: boolean; open: () => void }) {
	const line = useRef<HTMLLIElement>(null);
	useEffect(() => {
		if (chosen) line.current?.scrollIntoView({ block: "nearest" });
	}, [chosen]);
	return (
		<li ref={line} id={`find-${find.id}`} role="option" aria-selected={chosen} class="find-line" onClick={open}>
			<find.Icon size={18} aria-hidden />
			<span class="cut grow">{find.title}</span>
			<span class="cut meta">{find.detail}</span>
		</li>
	);
}

export function Palette() {
	const [text, setText] = useState("");
	const { finds, problem, text: answered } = useFinds(text.trim());
	const [row, setRow] = useState(0);
	useEffect(() => setRow(0), [answered]);
	const chosen = finds[Math.min(row, finds.length - 1)];
	const close = () => (overlay.value = undefined);
	const open = (find: Find) => {
		close();
		location.hash = find.address;
	};
	const onKey = (event: KeyboardEvent) => {
		const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
		const step = steps[event.key];
		if (step !== undefined) setRow((Math.min(row, finds.length - 1) + step + finds.length) % finds.length);
		else if (event.key === "Enter" && !event.isComposing && answered === text.trim() && chosen) open(chosen);
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
				onInput={(e) => setText(e.currentTarget.value)}
				onKeyDown={onKey}
			/>
			{problem && <Failed problem={problem} />}
			<ul id="find-list" role="listbox" aria-label={t("find")} class="find-list">
				{finds.map((find) => (
					<Line key={find.id} find={find} chosen={find === chosen} open={() => open(find)} />
				))}
			</ul>
			<p class="hidden-text" role="status">
				{t("found", { n: finds.length })}
			</p>
		</Dialog>
	);
}
