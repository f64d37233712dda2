// A list of deliveries that is kept live. Rows never move under a reader: while the page is scrolled, a bar says how
// many are new.
import { ArrowUp } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Schemas } from "../api";
import { t } from "../words";
import { DeliveryTable } from "./delivery-table";

type Delivery = Schemas["Delivery"];

const TOP = 80; // pixels: above it, the reader sees the head of the list

function useScrolled(): boolean {
	const [scrolled, setScrolled] = useState(window.scrollY > TOP);
	useEffect(() => {
		const look = () => setScrolled(window.scrollY > TOP);
		window.addEventListener("scroll", look, { passive: true });
		return () => window.removeEventListener("scroll", look);
	}, []);
	return scrolled;
}

/** The rows that the reader has before them, in their places and with their newest state, and the number of rows that
 * wait above them. `list` names the list: another one is shown at once. */
function useSteadyRows(rows: Delivery[], list: string): { shown: Delivery[]; waiting: number } {
	const scrolled = useScrolled();
	const held = useRef<{ list: string; rows: Delivery[] }>({ list, rows });
	const first = held.current.rows[0];
	if (!scrolled || held.current.list !== list || !first) {
		held.current = { list, rows };
		return { shown: rows, waiting: 0 };
	}
	const newest = new Map(rows.map((row) => [row.id, row]));
	held.current = { list, rows: held.current.rows.map((row) => newest.get(row.id) ?? row) };
	return { shown: held.current.rows, waiting: rows.filter((row) => row.id > first.id).length };
}

export function LiveDeliveries(props: { deliveries: Delivery[]; list: string; names?: Map<number, string> }) {
	const { deliveries, list, names } = props;
	const { shown, waiting } = useSteadyRows(deliveries, list);
	return (
		<section class="panel scroll">
			<div role="status">
				{waiting > 0 && (
					<button type="button" class="new-rows" onClick={() => window.scrollTo({ top: 0 })}>
						<ArrowUp size={16} aria-hidden />
						{t("newRows", { n: waiting })}
					</button>
				)}
			</div>
			<DeliveryTable deliveries={shown} {...(names ? { names } : {})} />
		</section>
	);
}
