// The pages that this tab showed last, for the palette. They stay in memory: a name that was erased is not kept on disk.
import { signal } from "@preact/signals";

export interface Recent {
	address: string;
	title: string;
}

const KEPT = 6;
export const recent = signal<Recent[]>([]);

const pathOf = (address: string) => address.split("?", 1)[0];

/** Notes that the tab shows a page with this heading. A page that comes again moves to the front, with its last filters. */
export function noteShown(address: string, title: string): void {
	const others = recent.peek().filter((r) => pathOf(r.address) !== pathOf(address));
	recent.value = [{ address, title }, ...others].slice(0, KEPT);
}

/** Another person may sign in next. */
export function forgetShown(): void {
	recent.value = [];
}
