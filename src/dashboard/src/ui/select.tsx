import type { ComponentChildren } from "preact";
import { filter, route } from "../route";
import { t } from "../words";

/** A filter of a list, kept in the address bar. The empty value means "any". */
export function FilterSelect({ label, name, children }: { label: string; name: string; children: ComponentChildren }) {
	return (
		<div class="filter">
			<label for={`filter-${name}`}>{label}</label>
			<select
				id={`filter-${name}`}
				value={route.value.query.get(name) ?? ""}
				onChange={(e) => filter({ [name]: e.currentTarget.value, cursor: undefined })}
			>
				<option value="">{t("any")}</option>
				{children}
			</select>
		</div>
	);
}
