import type { ComponentChildren } from "preact";
import { filter, route } from "../route";
import { t } from "../words";

interface Props {
	label: string;
	name: string;
	every?: boolean;
	/** The value while the address has none. */
	chosen?: string | undefined;
	children: ComponentChildren;
}

/** A filter of a list, kept in the address bar. With `every`, the empty value means "any". */
export function FilterSelect({ label, name, every = true, chosen, children }: Props) {
	return (
		<div class="filter">
			<label for={`filter-${name}`}>{label}</label>
			<select
				id={`filter-${name}`}
				value={route.value.query.get(name) ?? chosen ?? (every ? "" : undefined)}
				onChange={(e) => filter({ [name]: e.currentTarget.value, cursor: undefined })}
			>
				{every && <option value="">{t("any")}</option>}
				{children}
			</select>
		</div>
	);
}
