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

/** The other scripts that a script needs, by the name of its source. The browser learns of them only when it has the script;
 * with this list, which build.mjs writes, it fetches all of them at once. */
const needs = JSON.parse(document.getElementById("needs")?.textContent ?? "{}") as Record<string, string[]>;

function fetchNeeds(name: string): void {
	for (const script of needs[name] ?? []) {
		const link = document.createElement("link");
		link.rel = "modulepreload";
		link.href = `assets/${script}`;
		document.head.append(link);
	}
	needs[name] = [];
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
		if (!loaded) fetchNeeds(name);
		loaded ??= await load();
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
