// Loading data for a page: old content stays while new content loads, and an error keeps both.
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "./api";

export interface Loaded<T> {
	data: T | undefined;
	problem: Problem | undefined;
	at: Date | undefined;
	reload: () => void;
}

/** Loads when `key` changes, and again every `everyMs` while the tab is visible. Late answers are dropped. */
export function useLoad<T>(key: string, load: () => Promise<T>, everyMs = 0): Loaded<T> {
	const [data, setData] = useState<{ key: string; value: T; at: Date }>();
	const [problem, setProblem] = useState<Problem>();
	const turn = useRef(0);

	const run = () => {
		const mine = ++turn.current;
		load().then(
			(value) => {
				if (mine !== turn.current) return;
				setData({ key, value, at: new Date() });
				setProblem(undefined);
			},
			(error: unknown) => {
				if (mine !== turn.current) return;
				if (error instanceof Problem) setProblem(error);
				else throw error;
			},
		);
	};

	useEffect(() => {
		run();
		if (everyMs === 0) return;
		const look = () => document.visibilityState === "visible" && run();
		const timer = setInterval(look, everyMs);
		document.addEventListener("visibilitychange", look);
		return () => {
			clearInterval(timer);
			document.removeEventListener("visibilitychange", look);
		};
	}, [key, everyMs]);

	useEffect(() => () => void ++turn.current, []);
	const [object] = key.split("?");
	const kept = data !== undefined && data.key.split("?")[0] === object ? data : undefined;
	return { data: kept?.value, problem, at: kept?.at, reload: run };
}
