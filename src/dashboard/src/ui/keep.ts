// What this browser remembers: each choice is a signal whose value is kept in localStorage.
import { effect, signal, type Signal } from "@preact/signals";

/** Without localStorage (a browser may forbid it), the choice lasts until the page is closed. */
function stored(name: string): string | null {
	try {
		return localStorage.getItem(name);
	} catch {
		return null;
	}
}

/** What another tab has chosen. The browser opens its storage for this listener, so the listener waits for the page. */
const followed = new Map<string | null, (text: string | null) => void>();
window.addEventListener("load", () => {
	window.addEventListener("storage", ({ key, newValue }) => followed.get(key)?.(newValue));
});

/** One of `values`; the first is the default. Another tab's choice is followed. */
export function kept<T extends string>(name: string, values: readonly [T, ...T[]]): Signal<T> {
	const known = (text: string | null) => values.find((v) => v === text) ?? values[0];
	let last = known(stored(name));
	const choice = signal<T>(last);
	effect(() => {
		const value = choice.value;
		if (value === last) return;
		last = value;
		try {
			localStorage.setItem(name, value);
		} catch {
			return;
		}
	});
	followed.set(name, (text) => (choice.value = last = known(text)));
	return choice;
}
