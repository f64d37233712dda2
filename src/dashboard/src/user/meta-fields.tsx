// The further fields of a campaign's form, as inputs of their type.
import type { Schemas } from "../api";
import { Field } from "../ui/field";
import { t } from "../words";

type FormField = Schemas["FormField"];
export type Values = Record<string, string>;

const inputTypes = { text: "text", email: "email", phone: "tel", number: "text", date: "date" } as const;

/** The fields that the form shows to people of this type. */
export function fieldsFor(campaign: Schemas["Campaign"] | undefined, invited: boolean): FormField[] {
	const fields = campaign?.fields[invited ? "person_invited" : "person_referring"] ?? [];
	return fields.filter((f) => f.id !== "first_name" && f.id !== "email");
}

function Choice({ field, value, change }: { field: FormField; value: string; change: (v: string) => void }) {
	const id = `meta-${field.id}`;
	const options = field.options.includes(value) || value === "" ? field.options : [value, ...field.options];
	return (
		<div class="field">
			<label for={id}>{field.label}</label>
			<select id={id} value={value} onChange={(e) => change(e.currentTarget.value)}>
				<option value="">–</option>
				{options.map((option) => (
					<option key={option}>{option}</option>
				))}
			</select>
		</div>
	);
}

function YesNo({ field, value, change }: { field: FormField; value: string; change: (v: string) => void }) {
	const id = `meta-${field.id}`;
	return (
		<div class="field">
			<label for={id}>{field.label}</label>
			<select id={id} value={value} onChange={(e) => change(e.currentTarget.value)}>
				<option value="">–</option>
				<option value="true">{t("yes")}</option>
				<option value="false">{t("no")}</option>
			</select>
		</div>
	);
}

export function MetaFields({ fields, values, set }: { fields: FormField[]; values: Values; set: (values: Values) => void }) {
	return (
		<>
			{fields.map((field) => {
				const value = values[field.id] ?? "";
				const change = (text: string) => set({ ...values, [field.id]: text });
				if (field.type === "select") return <Choice key={field.id} field={field} value={value} change={change} />;
				if (field.type === "checkbox") return <YesNo key={field.id} field={field} value={value} change={change} />;
				return (
					<Field
						key={field.id}
						id={`meta-${field.id}`}
						label={field.label}
						type={inputTypes[field.type]}
						value={value}
						change={change}
					/>
				);
			})}
		</>
	);
}

/** The members of `meta` whose values differ from the earlier ones. */
export function changedMeta(fields: FormField[], before: Values, after: Values) {
	return fields
		.filter((f) => (after[f.id] ?? "") !== (before[f.id] ?? ""))
		.map((f) => ({ field: f.id, value: after[f.id] ?? "" }));
}
