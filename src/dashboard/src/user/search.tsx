// The search of the list of users: by the beginning of an address, through the index, or by any part of a name.
import { useEffect, useRef, useState } from "preact/hooks";
import { useLoad } from "../query";
import { filter, route } from "../route";
import { t } from "../words";
import { canBegin, findUsers } from "./find";
import { nameOf, userHref } from "./link";

const PAUSE_MS = 250;
const NAMED_MAX = 3;
type Way = "email_prefix" | "q"; // two filters of the API, of which one is set

/** People whom the text names by a code, an id or a whole address; and whether the list may lack some. */
function Named({ text }: { text: string }) {
	const { data } = useLoad(`named/${text}`, () => findUsers(text, NAMED_MAX, new AbortController().signal));
	if (!data) return null;
	return (
		<>
			{data.named.map((user) => (
				<p key={user.id} class="row">
					<span>{t("namedUser", { text })}</span>
					<a href={userHref(user)}>{nameOf(user)}</a>
				</p>
			))}
			{!data.complete && <p class="meta">{t("stillIndexing")}</p>}
		</>
	);
}

function useSearch(): { text: string; way: Way; setText: (text: string) => void; setWay: (way: Way) => void } {
	const { query } = route.value;
	const shown = query.get("email_prefix") ?? query.get("q") ?? "";
	const [text, setText] = useState(shown);
	const [way, setWay] = useState<Way>(query.has("q") ? "q" : "email_prefix");
	const sent = useRef(shown);
	useEffect(() => {
		if (shown === sent.current) return;
		sent.current = shown; // the palette, or Back, changed the address bar
		setText(shown);
		setWay(query.has("q") ? "q" : "email_prefix");
	}, [shown]);
	useEffect(() => {
		const timer = setTimeout(() => {
			const wanted = text.trim();
			if (wanted === sent.current && query.has("q") === (way === "q")) return;
			sent.current = wanted;
			const fits = way === "email_prefix" && !canBegin(wanted) ? "q" : way; // an address has no blank
			filter({ email_prefix: undefined, q: undefined, [fits]: wanted || undefined, cursor: undefined });
		}, PAUSE_MS);
		return () => clearTimeout(timer);
	}, [text, way]);
	return { text, way, setText, setWay };
}

export function UserSearch() {
	const { text, way, setText, setWay } = useSearch();
	const begun = route.value.query.get("email_prefix");
	return (
		<>
			<div class="filter wide">
				<label for="search">{t("search")}</label>
				<input id="search" type="search" value={text} onInput={(e) => setText(e.currentTarget.value)} />
			</div>
			<div class="filter wide">
				<label for="search-in">{t("searchIn")}</label>
				<select id="search-in" value={way} onChange={(e) => setWay(e.currentTarget.value === "q" ? "q" : "email_prefix")}>
					<option value="email_prefix">{t("searchBeginning")}</option>
					<option value="q">{t("searchParts")}</option>
				</select>
			</div>
			{begun && <Named text={begun} />}
		</>
	);
}
