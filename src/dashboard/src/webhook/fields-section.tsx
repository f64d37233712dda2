// Which fields are sent, under which names and in which order: by dragging, by buttons, or with Alt and an arrow key.
import { ArrowDown, ArrowUp, GripVertical } from "lucide-preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../words";
import { useDrag } from "../ui/drag";
import type { Draft } from "./draft";
import { type FieldRow, changeRow, move, twice } from "./fields";
import { Check, FieldProblem } from "./section";

interface Props {
	draft: Draft;
	change: (to: Partial<Draft>) => void;
	problem: string | undefined;
}

interface RowProps {
	row: FieldRow;
	at: number;
	last: number;
	clash: boolean;
	onMove: (to: number) => void;
	onChange: (to: Partial<FieldRow>) => void;
	dragged: boolean;
	onGrab: (e: PointerEvent) => void;
}

function Row({ row, at, last, clash, onMove, onChange, dragged, onGrab }: RowProps) {
	const onKeyDown = (e: KeyboardEvent) => {
		if (!e.altKey || (e.key !== "ArrowUp" && e.key !== "ArrowDown")) return;
		e.preventDefault();
		const to = at + (e.key === "ArrowUp" ? -1 : 1);
		if (to >= 0 && to <= last) onMove(to);
	};
	return (
		<li
			class={dragged ? "field-row dragged" : "field-row"}
			data-field={row.field}
			data-drag={row.field}
			onKeyDown={onKeyDown}
		>
			<span class="grip" title={t("drag")} onPointerDown={onGrab}>
				<GripVertical size={16} aria-hidden />
			</span>
			<Check checked onChange={(on) => onChange({ on })} label={row.field} mono />
			<label class="as">
				<span class="meta">{t("sentAs")}</span>
				<input
					class="mono"
					aria-label={t("sendFieldAs", { field: row.field })}
					value={row.as}
					spellcheck={false}
					aria-invalid={clash || row.as === ""}
					onInput={(e) => onChange({ as: e.currentTarget.value })}
				/>
			</label>
			<span class="order">
				<button
					type="button"
					class="plain icon"
					aria-label={t("moveUp", { field: row.field })}
					disabled={at === 0}
					onClick={() => onMove(at - 1)}
				>
					<ArrowUp size={16} aria-hidden />
				</button>
				<button
					type="button"
					class="plain icon"
					aria-label={t("moveDown", { field: row.field })}
					disabled={at === last}
					onClick={() => onMove(at + 1)}
				>
					<ArrowDown size={16} aria-hidden />
				</button>
			</span>
		</li>
	);
}

/** Moving a row keeps the focus where it was in that row, although its place in the document changes. */
function useKeptFocus() {
	const list = useRef<HTMLUListElement>(null);
	const wanted = useRef<Element | null>(null);
	useLayoutEffect(() => {
		const element = wanted.current;
		wanted.current = null;
		if (!(element instanceof HTMLElement) || !list.current?.contains(element)) return;
		if (element.matches(":disabled")) element.closest("li")?.querySelector("input")?.focus();
		else element.focus();
	});
	return { list, keep: () => (wanted.current = document.activeElement) };
}

export function FieldsSection({ draft, change, problem }: Props) {
	const [said, setSaid] = useState("");
	const { list, keep } = useKeptFocus();
	const on = draft.fields.filter((f) => f.on);
	const off = draft.fields.filter((f) => !f.on);
	const clashes = twice(draft.fields, draft.hidden);

	const set = (fields: FieldRow[]) => change({ fields, fieldsChosen: true });
	const put = (field: string, to: Partial<FieldRow>) => set(changeRow(draft.fields, field, to));
	const moveTo = (from: number, to: number) => {
		keep();
		set(move(draft.fields, from, to));
		setSaid(t("movedTo", { field: on[from]?.field ?? "", place: String(to + 1), all: String(on.length) }));
	};
	const placeOf = (field: string) => on.findIndex((f) => f.field === field);
	const { dragged, begin } = useDrag((field, target) => {
		if (placeOf(field) >= 0 && placeOf(target) >= 0) moveTo(placeOf(field), placeOf(target));
	});
	return (
		<>
			<p class="meta">
				{t("fieldsHelp")} <span class="only-keys">{t("fieldKeys")}</span>
			</p>
			<ul class="field-rows" ref={list}>
				{on.map((row, at) => (
					<Row
						key={row.field}
						row={row}
						at={at}
						last={on.length - 1}
						clash={clashes.has(row.as)}
						onMove={(to) => moveTo(at, to)}
						onChange={(to) => put(row.field, to)}
						dragged={dragged === row.field}
						onGrab={begin(row.field)}
					/>
				))}
			</ul>
			<p class="hidden-text" role="status">
				{said}
			</p>
			{[...clashes].map((name) => (
				<FieldProblem key={name}>{t("fieldTwice", { name })}</FieldProblem>
			))}
			{clashes.size === 0 && problem && <FieldProblem>{problem}</FieldProblem>}
			{off.length > 0 && (
				<fieldset class="choices many">
					<legend>{t("moreFields")}</legend>
					{off.map((row) => (
						<Check key={row.field} checked={false} onChange={() => put(row.field, { on: true })} label={row.field} mono />
					))}
				</fieldset>
			)}
		</>
	);
}
