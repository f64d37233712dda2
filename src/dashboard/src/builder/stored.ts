// Unsaved work of this tab in sessionStorage, so that a reload and an upgrade of the server keep it.
import type { Campaign, Draft } from "./draft";

export interface Stored {
	etag: string; // the version that the operator began with
	saved: Campaign; // its settings
	draft: Draft;
}

const nameOf = (id: number) => `referd.draft.${id}`;

/** Without sessionStorage (a browser may forbid it), the work lasts until the page is reloaded. */
export function store(id: number, work: Stored | undefined): void {
	try {
		if (work) sessionStorage.setItem(nameOf(id), JSON.stringify(work));
		else sessionStorage.removeItem(nameOf(id));
	} catch {
		return;
	}
}

/** The work that was left, if this version of the dashboard has the same members. */
export function stored(id: number, draft: Draft): Stored | undefined {
	try {
		const work = JSON.parse(sessionStorage.getItem(nameOf(id)) ?? "null") as Stored | null;
		const same = work !== null && work.saved.id === id && Object.keys(draft).join() === Object.keys(work.draft).join();
		return same ? work : undefined;
	} catch {
		return undefined;
	}
}
