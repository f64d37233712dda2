// A labelled input of a form, with what is wrong with its value below it.
import type { ComponentChildren } from "preact";
import type { Problem } from "../api";
import { aboutField } from "../said";

interface Props {
	label: string;
	id: string;
	value: string;
	change: (value: string) => void;
	problem?: string | undefined;
	help?: ComponentChildren;
	type?: string;
	required?: boolean;
	maxLength?: number;
	autofocus?: boolean;
	inputMode?: "decimal" | "numeric" | "email" | "text";
	placeholder?: string;
}

/** For the first input of a panel that opens: browsers follow `autofocus` only once in the life of a page. */
export const takeFocus = (element: HTMLElement | null) => element?.focus();

export function Field({ label, id, value, change, problem, help, type = "text", autofocus = false, ...more }: Props) {
	return (
		<div class="field">
			<label for={id}>{label}</label>
			<input
				id={id}
				type={type}
				value={value}
				autocomplete="off"
				ref={autofocus ? takeFocus : null}
				aria-invalid={problem ? true : undefined}
				aria-describedby={problem || help ? `${id}-help` : undefined}
				onInput={(e) => change(e.currentTarget.value)}
				{...more}
			/>
			{(problem || help) && (
				<div id={`${id}-help`} class={problem ? "field-problem" : "meta"}>
					{problem ?? help}
				</div>
			)}
		</div>
	);
}

/** What the server says about one member of the request. */
export function problemOf(problem: Problem | undefined, member: string): string | undefined {
	const found = problem?.fields[member];
	return found && aboutField(member, found.map((e) => e.message).join(", "));
}

/** The problem, unless every part of it is about one of these members, which show it themselves. */
export function otherProblem(problem: Problem | undefined, members: string[]): Problem | undefined {
	if (!problem) return undefined;
	const names = Object.keys(problem.fields);
	return names.length > 0 && names.every((name) => members.includes(name)) ? undefined : problem;
}
