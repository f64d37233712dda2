// Step 2: what the two forms ask for. People who come by the campaign's link and invited friends have a form each.
import { t } from "../words";
import { type FormField, type UserType, type Work, BUILT_IN, USER_TYPES, edit, faultOf, newField } from "./draft";
import { idFrom } from "./days";
import { FieldRow } from "./field-row";
import { useDrag } from "../ui/drag";
import { useLayoutEffect, useRef } from "preact/hooks";

const FIELDS_MAX = 32;

/** The list with one field at another place. */
function moved(fields: FormField[], key: number, to: number): FormField[] {
	const from = fields.findIndex((f) => f.key === key);
	const field = fields[from];
	if (!field || to < 0 || to >= fields.length) return fields;
	return fields.toSpliced(from, 1).toSpliced(to, 0, field);
}

function FieldList({ work, type }: { work: Work; type: UserType }) {
	const list = useRef<HTMLOListElement>(null);
	const fields = work.draft.value.fields[type];
	const set = (now: FormField[]) => edit(work, { fields: { ...work.draft.value.fields, [type]: now } });
	const entered = useRef<number>(); // the field that gets the focus when it is drawn
	useLayoutEffect(() => {
		if (entered.current === undefined) return;
		list.current?.querySelector<HTMLElement>(`[data-key="${entered.current}"] input`)?.focus();
		entered.current = undefined;
	});
	const move = (key: number, to: number) => {
		entered.current = key;
		set(moved(fields, key, to));
	};
	const { dragged, begin } = useDrag((key, target) => {
		const to = fields.findIndex((f) => String(f.key) === target);
		if (fields.some((f) => String(f.key) === key) && to >= 0) set(moved(fields, Number(key), to));
	});
	const change = (field: FormField, part: Partial<FormField>) => {
		const next = { ...field, ...part };
		const others = fields.filter((f) => f.key !== field.key).map((f) => f.id);
		if (field.fresh && part.label !== undefined) next.id = idFrom(part.label, [...others, ...BUILT_IN]);
		set(fields.map((f) => (f.key === field.key ? next : f)));
	};
	const add = () => {
		const field = newField({ id: idFrom("", fields.map((f) => f.id)) });
		entered.current = field.key;
		set([...fields, field]);
	};
	return (
		<fieldset class="stack">
			<legend>{t(type === "person_referring" ? "formReferring" : "formInvited")}</legend>
			<p class="meta">{t("alwaysAsked")}</p>
			<ol class="form-fields" ref={list}>
				{fields.map((field, at) => (
					<FieldRow
						key={field.key}
						field={field}
						fault={faultOf(work.problem.value, "fields", field.id)}
						dragged={dragged === String(field.key)}
						last={at === fields.length - 1}
						first={at === 0}
						change={(part) => change(field, part)}
						move={(by) => move(field.key, at + by)}
						remove={() => set(fields.filter((f) => f.key !== field.key))}
						grab={begin(String(field.key))}
					/>
				))}
			</ol>
			<div class="row">
				<button type="button" onClick={add} disabled={fields.length >= FIELDS_MAX}>
					{t("addField")}
				</button>
			</div>
		</fieldset>
	);
}

export function FormStep({ work }: { work: Work }) {
	const fault = faultOf(work.problem.value, "fields");
	return (
		<>
			{fault && (
				<p class="field-problem" lang="en">
					{fault}
				</p>
			)}
			{USER_TYPES.map((type) => (
				<FieldList key={type} work={work} type={type} />
			))}
		</>
	);
}
