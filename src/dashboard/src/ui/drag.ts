// Sorting a list by dragging: works with a mouse, a pen and a finger. The keyboard has ways of its own.
import { useLayoutEffect, useRef, useState } from "preact/hooks";

const EDGE = 64; // pixels: nearer to the edge of the window, the page scrolls
const STEP = 12;

/** The page follows the pointer to rows that are not on the screen. */
function scrollAt(y: number): void {
	if (y < EDGE) window.scrollBy(0, -STEP);
	else if (y > window.innerHeight - EDGE) window.scrollBy(0, STEP);
}

/** `over` is called when the dragged row is over another one. Both are named by `data-drag` of their rows. */
export function useDrag(over: (dragged: string, target: string) => void) {
	const [dragged, setDragged] = useState<string>();
	const latest = useRef(over);
	latest.current = over;
	useLayoutEffect(() => { // a quick hand lets go before the next frame
		if (dragged === undefined) return;
		const onMove = (e: PointerEvent) => {
			const row = document.elementFromPoint(e.clientX, e.clientY)?.closest<HTMLElement>("[data-drag]");
			const target = row?.dataset["drag"];
			if (target !== undefined && target !== dragged) latest.current(dragged, target);
			scrollAt(e.clientY);
		};
		const end = () => setDragged(undefined);
		window.addEventListener("pointermove", onMove);
		window.addEventListener("pointerup", end);
		window.addEventListener("pointercancel", end);
		return () => {
			window.removeEventListener("pointermove", onMove);
			window.removeEventListener("pointerup", end);
			window.removeEventListener("pointercancel", end);
		};
	}, [dragged]);
	const begin = (row: string) => (e: PointerEvent) => {
		if (e.button !== 0) return;
		e.preventDefault(); // no selection of text
		setDragged(row);
	};
	return { dragged, begin };
}
