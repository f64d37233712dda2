// Code that arrives when it is first shown: const Reward = lazy("reward", async () => (await import("./reward")).Reward);
import type { ComponentType, FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../words";
import { Skeleton } from "./parts";

export interface Lazy<P> extends FunctionComponent<P> {
	fetch: () => Promise<void>;
}

const missing = new Set<() => Promise<void>>();

/** Fetches all other code, one script after another, so that a click finds its page here. An upgrade of the server, which
 * has other scripts then, leaves the open tab whole. */
export async function fetchTheRest(): Promise<void> {
	for (const fetchIt of missing) await fetchIt().catch(() => undefined);
}

/** The files that a source needs: its script, other scripts, a style sheet. The browser learns of the other files only when
 * it has the script; with this list, which build.mjs writes, it fetches all of them at once. */
const needs = JSON.parse(document.getElementById("needs")?.textContent ?? "{}") as Record<string, string[]>;
const fetched = new Map<string, Promise<unknown>>();

function fetchFile(file: string): Promise<void> | undefined {
	const link = document.createElement("link");
	const style = file.endsWith(".css");
	link.rel = style ? "stylesheet" : "modulepreload";
	link.href = `assets/${file}`;
	document.head.append(link);
	return style ? new Promise((here, missing) => Object.assign(link, { onload: here, onerror: missing })) : undefined;
}

/** Fetches the files of a source. Ends when its style sheet is there: a script itself waits for the scripts that it needs. */
export function fetchFiles(name: string): Promise<unknown> {
	const files = fetched.get(name) ?? Promise.all((needs[name] ?? []).map(fetchFile));
	fetched.set(name, files);
	return files;
}

/** Brings the files of a source into the browser's cache, for an import that may come later. A failed import would stay failed
 * for the life of the page; a failed request is forgotten. */
export async function cacheFiles(name: string): Promise<void> {
	for (const file of needs[name] ?? []) await (await fetch(`assets/${file}`, { priority: "low" })).arrayBuffer();
}

/** The server does not answer, or it has other scripts since an upgrade. This part of the page has no typed text. */
function Unreachable() {
	return (
		<div class="notice bad" role="alert">
			<span class="grow">{t("noAnswer")}</span>
			<button type="button" onClick={() => location.reload()}>
				{t("tryAgain")}
			</button>
		</div>
	);
}

/** A component whose code `load` fetches from the source with this name. Until the code is here, a placeholder of `height`
 * pixels is shown. */
export function lazy<P extends object>(name: string, load: () => Promise<ComponentType<P>>, height = 400): Lazy<P> {
	let loaded: ComponentType<P> | undefined;
	const fetchIt = async () => {
		loaded ??= (await Promise.all([fetchFiles(name), load()]))[1];
		missing.delete(fetchIt);
	};
	missing.add(fetchIt);
	function Shown(props: P) {
		const [state, setState] = useState<"waiting" | "here" | "failed">("waiting");
		const Loaded = loaded;
		useEffect(() => {
			// The code may have arrived since this was drawn: what counts is what is on the screen.
			if (!Loaded) fetchIt().then(() => setState("here"), () => setState("failed"));
		}, []);
		if (Loaded) return <Loaded {...props} />;
		return state === "failed" ? <Unreachable /> : <Skeleton height={height} />;
	}
	return Object.assign(Shown, { fetch: fetchIt });
}
