// An input for a new password, which can be shown while it is typed.
import { useState } from "preact/hooks";
import { t } from "../words";

interface Props {
	id: string;
	label: string;
	value: string;
	change: (value: string) => void;
	problem?: string | undefined;
	help?: string;
	/** The present password, which the browser knows, instead of a new one. */
	present?: boolean;
}

export function PasswordField({ id, label, value, change, problem, help, present = false }: Props) {
	const [shown, setShown] = useState(false);
	const text = problem ?? help;
	return (
		<div class="field">
			<label for={id}>{label}</label>
			<input
				id={id}
				type={shown ? "text" : "password"}
				autocomplete={present ? "current-password" : "new-password"}
				required
				spellcheck={false}
				value={value}
				aria-invalid={problem ? true : undefined}
				aria-describedby={text ? `${id}-help` : undefined}
				onInput={(e) => change(e.currentTarget.value)}
			/>
			{text && (
				<div id={`${id}-help`} class={problem ? "field-problem" : "meta"}>
					{text}
				</div>
			)}
			{!present && (
				<label class="check">
					<input type="checkbox" checked={shown} onChange={(e) => setShown(e.currentTarget.checked)} />
					<span>{t("showPassword")}</span>
				</label>
			)}
		</div>
	);
}
