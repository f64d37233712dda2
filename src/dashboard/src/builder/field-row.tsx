// One field of a form: renamed in place, moved by drag, by buttons or with Alt and an arrow key.
import { ArrowDown, ArrowUp, GripVertical, X } from "lucide-preact";
import type { Schemas } from "../api";
import { t } from "../words";
import type { FormField } from "./draft";
import { TextField } from "./field";

type Type = Schemas["FormFieldType"];

const TYPES = {
	text: "typeText", email: "typeEmail", phone: "typePhone", number: "typeNumber", date: "typeDate", select: "typeSelect",
	checkbox: "typeCheckbox",
} as const satisfies Record<Type, string>;

interface Row {
	field: FormField;
	fault: string | undefined;
	first: boolean;
	last: boolean;
	dragged: boolean;
	change: (part: Partial<FormField>) => void;
	move: (by: number) => void;
	remove: () => void;
	grab: (e: PointerEvent) => void;
}

function Moves({ field, first, last, move, remove, grab }: Row) {
	const name = field.label || field.id;
	return (
		<>
			<button type="button" class="plain icon" aria-label={t("moveUp", { field: name })} disabled={first} onClick={() => move(-1)}>
				<ArrowUp size={16} aria-hidden />
			</button>
			<button type="button" class="plain icon" aria-label={t("moveDown", { field: name })} disabled={last} onClick={() => move(1)}>
				<ArrowDown size={16} aria-hidden />
			</button>
			<button type="button" class="plain icon" aria-label={t("removeField", { name })} onClick={remove}>
				<X size={16} aria-hidden />
			</button>
			<span class="grip" aria-hidden title={t("drag")} onPointerDown={grab}>
				<GripVertical size={16} />
			</span>
		</>
	);
}

export function FieldRow(row: Row) {
	const { field, fault, dragged, change, move } = row;
	const onKey = (e: KeyboardEvent) => {
		if (!e.altKey || (e.key !== "ArrowUp" && e.key !== "ArrowDown")) return;
		e.preventDefault();
		move(e.key === "ArrowUp" ? -1 : 1);
	};
	return (
		<li class={dragged ? "form-field dragged" : "form-field"} data-key={field.key} data-drag={field.key} onKeyDown={onKey}>
			<div class="form-field-head">
				<input aria-label={t("fieldLabel")} placeholder={t("fieldLabel")} value={field.label} maxLength={200}
					aria-invalid={fault !== undefined} onInput={(e) => change({ label: e.currentTarget.value })} />
				<Moves {...row} />
			</div>
			<div class="row">
				<select aria-label={t("fieldType")} value={field.type}
					onChange={(e) => change({ type: e.currentTarget.value as Type })}>
					{(Object.keys(TYPES) as Type[]).map((type) => (
						<option key={type} value={type}>
							{t(TYPES[type])}
						</option>
					))}
				</select>
				<label class="check">
					<input type="checkbox" checked={field.required} onChange={(e) => change({ required: e.currentTarget.checked })} />
					{t("required")}
				</label>
				<span class="meta">
					{t("inWebhooks")} <code>{field.id}</code>
				</span>
			</div>
			{field.type === "select" && (
				<TextField label={t("choices")} hint={t("choicesHint")} lines={3} max={8000} value={field.options}
					set={(options) => change({ options })} />
			)}
			{fault && (
				<p class="field-problem" lang="en">
					{fault}
				</p>
			)}
		</li>
	);
}
