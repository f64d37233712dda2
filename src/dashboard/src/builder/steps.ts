// The four steps of the original's builder, and which settings are in each.
import { type Change, type Draft, type Work, changesOf } from "./draft";

export const STEPS = ["settings", "form", "after", "pages"] as const;
export type Step = (typeof STEPS)[number];
export const VIEWS = ["join", "friend", "thanks", "closed"] as const;
export type View = (typeof VIEWS)[number];

/** The page that a step is about. */
export const VIEW_OF: Record<Step, View> = { settings: "join", form: "join", after: "thanks", pages: "join" };

const members: Partial<Record<keyof Change, Step>> = {
	fields: "form", redirect: "after", pass_params: "after", logo_url: "pages", colour: "pages",
};

const ofText = (name: string): Step => (name.startsWith("thanks_") ? "after" : "pages");

/** The steps that have something unsaved. */
export function unsavedSteps(work: Work): Set<Step> {
	const steps = new Set<Step>();
	const changes = changesOf(work);
	for (const name of Object.keys(changes) as (keyof Change)[])
		if (name !== "pages") steps.add(members[name] ?? "settings");
	for (const name of Object.keys(changes.pages ?? {})) steps.add(ofText(name));
	return steps;
}

/** The steps in which the server found something wrong. */
export function wrongSteps(work: Work): Set<Step> {
	const steps = new Set<Step>();
	for (const [name, all] of Object.entries(work.problem.value?.fields ?? {}))
		if (name === "pages") steps.add(ofText(/invalid (\w+)/.exec(all[0]?.message ?? "")?.[1] ?? ""));
		else steps.add(members[name as keyof Draft & keyof Change] ?? "settings");
	return steps;
}
