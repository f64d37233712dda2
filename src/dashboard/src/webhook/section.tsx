// One step of the form: a numbered heading with its state, and the parts that it shows once it is open.
import { CircleCheck, OctagonX } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { route } from "../route";
import { t } from "../words";

export type SectionName = "event" | "who" | "endpoint" | "fields" | "hidden" | "headers" | "name" | "sending";

interface Props {
	name: SectionName;
	number: number;
	title: string;
	open: boolean;
	valid: boolean;
	wrong: boolean; // not only incomplete
	children: ComponentChildren;
}

/** `?at=endpoint` in the address leads to that section: the remedies of a webhook link there. */
export function Section({ name, number, title, open, valid, wrong, children }: Props) {
	const box = useRef<HTMLElement>(null);
	const wanted = route.value.query.get("at") === name;
	useEffect(() => {
		if (!wanted || !open) return;
		box.current?.scrollIntoView({ block: "start" });
		box.current?.querySelector<HTMLElement>("input, select, button")?.focus();
	}, [wanted, open]);
	return (
		<section class={open ? "panel step" : "panel step closed"} ref={box} aria-labelledby={`step-${name}`}>
			<h2 id={`step-${name}`} class="row">
				<span class="step-number">{number}</span>
				{title}
				{open && valid && <CircleCheck class="step-ok" size={18} aria-label={t("stepDone")} />}
				{open && wrong && <OctagonX class="step-bad" size={18} aria-label={t("stepWrong")} />}
			</h2>
			{open && <div class="stack">{children}</div>}
		</section>
	);
}

/** The problem of a part of the form, shown below it, and what to do about it. */
export function FieldProblem({ id, children }: { id?: string; children: ComponentChildren }) {
	return (
		<div class="field-problem row" id={id} role="alert">
			{children}
		</div>
	);
}

interface CheckProps {
	checked: boolean;
	onChange: (on: boolean) => void;
	label: string;
	hint?: string | undefined;
	mono?: boolean;
	disabled?: boolean;
}

export function Check({ checked, onChange, label, hint, mono, disabled }: CheckProps) {
	return (
		<label class="check">
			<input
				type="checkbox"
				checked={checked}
				disabled={disabled}
				onChange={(e) => onChange(e.currentTarget.checked)}
			/>
			<span>
				<span class={mono ? "mono" : undefined}>{label}</span>
				{hint && <span class="meta block">{hint}</span>}
			</span>
		</label>
	);
}
