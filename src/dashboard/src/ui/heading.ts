// The heading of a page names the tab, and gets the focus when the reader arrives, so that a screen reader reads it.
import { type RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { cameBack, route } from "../route";
import { noteShown } from "./recent";

/** Somebody who already works in the page, or in a dialog over it, keeps the focus there. */
function isBusy(main: HTMLElement): boolean {
	const focused = document.activeElement;
	return document.querySelector("dialog[open]") !== null || (focused !== null && main.contains(focused));
}

export function useHeading(main: RefObject<HTMLElement>): void {
	useEffect(() => {
		const place = main.current;
		if (!place) return;
		const here = () => route.peek().path.join("/");
		let arrivedAt = here();
		let seen: Element | null = null;
		const look = () => {
			const heading = place.querySelector("h1");
			const name = heading?.textContent?.trim();
			document.title = name ? `${name} · referd` : "referd";
			if (name) noteShown(location.hash, name);
			if (!heading || heading === seen) return;
			seen = heading;
			if (arrivedAt === here()) return;
			arrivedAt = here();
			if (isBusy(place)) return;
			heading.tabIndex = -1;
			heading.focus({ preventScroll: cameBack });
		};
		const observer = new MutationObserver(look);
		observer.observe(place, { childList: true, subtree: true, characterData: true });
		look();
		return () => observer.disconnect();
	}, []);
}
