// Loading data for a page: old content stays while new content loads, and an error keeps both.
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "./api";
import { asOf, type Concerns, listen, live } from "./live";

export interface Loaded<T> {
	data: T | undefined;
	problem: Problem | undefined;
	at: Date | undefined;
	reload: () => void;
}

/** Calls `run` every `everyMs` while the tab is visible, and when it becomes visible. */
function poll(run: () => void, everyMs: number): () => void {
	const look = () => document.visibilityState === "visible" && run();
	const timer = setInterval(look, everyMs);
	document.addEventListener("visibilitychange", look);
	return () => {
		clearInterval(timer);
		document.removeEventListener("visibilitychange", look);
	};
}

/** Calls `run` for each change that concerns the page. A hidden tab waits until it is visible again. */
function follow(run: () => void, concerns: Concerns): () => void {
	let missed = false;
	const look = () => {
		if (missed && document.visibilityState === "visible") run();
		missed = missed && document.visibilityState !== "visible";
	};
	const stop = listen((change) => {
		if (change && !change.more && !concerns(change)) return;
		missed = true;
		look();
	});
	document.addEventListener("visibilitychange", look);
	return () => {
		stop();
		document.removeEventListener("visibilitychange", look);
	};
}

/** Calls `run` as long as the page is open: with `concerns`, when the stream reports such a change; without the stream, and
 * without `concerns`, every `everyMs`. */
export function useFollow(key: string, run: () => void, everyMs: number, concerns?: Concerns): void {
	const followed = concerns !== undefined && everyMs > 0;
	const polled = everyMs > 0 && !(followed && live.value);
	useEffect(() => (polled ? poll(run, everyMs) : undefined), [key, everyMs, polled]);
	useEffect(() => (followed ? follow(run, concerns) : undefined), [key, followed]);
}

/** Loads when `key` changes, and then as useFollow says. After a change during a load, another load follows, so that
 * each response is shown even if changes come faster than responses. `reload` and a new key drop the answers to earlier calls. */
export function useLoad<T>(key: string, load: () => Promise<T>, everyMs = 0, concerns?: Concerns): Loaded<T> {
	const [data, setData] = useState<{ key: string; value: T; at: Date }>();
	const [problem, setProblem] = useState<Problem>();
	const turn = useRef(0);
	const loading = useRef(false);
	const again = useRef(false);
	const failed = useRef(false);
	const shown = useRef<string>();
	const followed = concerns !== undefined && everyMs > 0;

	const run = () => {
		const mine = ++turn.current;
		loading.current = true;
		again.current = false;
		const isLate = () => {
			if (mine !== turn.current) return true;
			loading.current = false;
			return false;
		};
		load().then(
			(value) => {
				if (isLate()) return;
				failed.current = false;
				shown.current = key;
				setData({ key, value, at: new Date() });
				setProblem(undefined);
				if (asOf.value) asOf.value = new Date();
				if (again.current) run();
			},
			(error: unknown) => {
				if (isLate()) return;
				if (!(error instanceof Problem)) throw error;
				failed.current = true;
				// The frame says that the server is away, and from when the content is.
				if (error.status !== 0 || live.value || shown.current !== key) setProblem(error);
				if (again.current) run();
			},
		);
	};

	const refresh = () => {
		if (loading.current) again.current = true;
		else run();
	};

	useEffect(run, [key]);
	useFollow(key, refresh, everyMs, concerns);
	useEffect(() => listen((change) => void (change === undefined && failed.current && !followed && refresh())), [key, followed]);
	useEffect(() => () => void ++turn.current, []);
	const [object] = key.split("?");
	const kept = data !== undefined && data.key.split("?")[0] === object ? data : undefined;
	return { data: kept?.value, problem, at: kept?.at, reload: run };
}
