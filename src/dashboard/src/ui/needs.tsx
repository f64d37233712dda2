// What a forbidden control needs, in words: a role for people, a scope for API tokens.
import { type Scope, allows, role } from "../session";
import { t } from "../words";

export function needsText(scope: Scope): string {
	if (!role.value) return t("needs", { scope });
	return t(scope === "admin" ? "needsAdmin" : "needsEditor");
}

/** The words beside a control that is disabled because this scope is missing. */
export function Needs({ scope = "write" }: { scope?: Scope }) {
	return allows(scope) ? null : <span class="meta">{needsText(scope)}</span>;
}
