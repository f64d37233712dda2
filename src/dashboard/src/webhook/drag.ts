// Sorting a list by dragging: works with a mouse, a pen and a finger. The keyboard has ways of its own.
import { useEffect, useRef, useState } from "preact/hooks";

/** `over` is called when the dragged field is over another one. Both are named by `data-field` of their rows. */
export function useDrag(over: (dragged: string, target: string) => void) {
	const [dragged, setDragged] = useState<string>();
	const latest = useRef(over);
	latest.current = over;
	useEffect(() => {
		if (dragged === undefined) return;
		const onMove = (e: PointerEvent) => {
			const row = document.elementFromPoint(e.clientX, e.clientY)?.closest<HTMLElement>("[data-field]");
			const target = row?.dataset["field"];
			if (target !== undefined && target !== dragged) latest.current(dragged, target);
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
	const begin = (field: string) => (e: PointerEvent) => {
		e.preventDefault(); // no selection of text
		setDragged(field);
	};
	return { dragged, begin };
}
