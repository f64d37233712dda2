// Somebody else saved the same setting first: what they wrote, and whose text is kept.
import { valueOf } from "../merge";
import { t } from "../words";

export interface Conflict<T> {
	both: string[]; // members, as merge names them
	theirs: T;
}

interface Props<T extends object> {
	conflict: Conflict<T>;
	label: (member: string) => string;
	busy: boolean;
	keepMine: () => void;
	takeTheirs: () => void;
}

function shown(value: unknown): string {
	if (typeof value === "boolean") return t(value ? "yes" : "no");
	return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

export function ConflictPanel<T extends object>({ conflict, label, busy, keepMine, takeTheirs }: Props<T>) {
	return (
		<div class="notice wait conflict" role="alert">
			<p class="grow">{t("changedMeanwhile")}</p>
			<ul>
				{conflict.both.map((member) => {
					const value = shown(valueOf(conflict.theirs, member));
					return (
						<li key={member} class="wrap">
							{value === "" ? label(member) : t("theirValue", { name: label(member), value })}
						</li>
					);
				})}
			</ul>
			<div class="row">
				<button type="button" aria-busy={busy} onClick={keepMine}>
					{t("saveMine")}
				</button>
				<button type="button" onClick={takeTheirs}>
					{t("takeTheirs")}
				</button>
			</div>
		</div>
	);
}
