// An input of the builder: its label, whether it is unsaved, and beside it what is wrong with it.
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { t } from "../words";

interface Frame {
	label: string;
	hint?: string | undefined;
	fault?: string | undefined;
	unsaved?: boolean;
	reset?: (() => void) | undefined; // back to the standard text
	children: (ids: { id: string; "aria-describedby": string | undefined; "aria-invalid": boolean }) => ComponentChildren;
}

/** The parts around an input. The server writes its reasons in English. */
export function FieldFrame({ label, hint, fault, unsaved = false, reset, children }: Frame) {
	const id = useId();
	const onReset = () => {
		reset?.();
		document.getElementById(id)?.focus(); // the button vanishes
	};
	const described = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(" ") || undefined;
	return (
		<div class="field">
			<div class="field-head">
				<label for={id}>{label}</label>
				{unsaved && <span class="meta">{t("unsaved")}</span>}
				{reset && (
					<button type="button" class="small" aria-label={`${t("useStandard")}: ${label}`} onClick={onReset}>
						{t("useStandard")}
					</button>
				)}
			</div>
			{children({ id, "aria-describedby": described, "aria-invalid": fault !== undefined })}
			{fault && (
				<p class="field-problem" id={`${id}-fault`} lang="en">
					{fault}
				</p>
			)}
			{hint && (
				<p class="meta" id={`${id}-hint`}>
					{hint}
				</p>
			)}
		</div>
	);
}

interface Typed extends Omit<Frame, "children"> {
	value: string;
	set: (value: string) => void;
	type?: "text" | "url" | "date";
	lines?: number;
	placeholder?: string;
	max?: number;
}

export function TextField({ value, set, type = "text", lines, placeholder, max, ...frame }: Typed) {
	return (
		<FieldFrame {...frame}>
			{(ids) =>
				lines ? (
					<textarea {...ids} rows={lines} value={value} placeholder={placeholder ?? ""} maxLength={max ?? 2000}
						onInput={(e) => set(e.currentTarget.value)} />
				) : (
					<input {...ids} type={type === "url" ? "text" : type} inputMode={type === "url" ? "url" : undefined}
						value={value} placeholder={placeholder ?? ""} maxLength={max ?? 2048}
						onInput={(e) => set(e.currentTarget.value)} />
				)
			}
		</FieldFrame>
	);
}

interface Chosen<T extends string> extends Omit<Frame, "children"> {
	value: T;
	set: (value: T) => void;
	children: ComponentChildren;
}

export function SelectField<T extends string>({ value, set, children, ...frame }: Chosen<T>) {
	return (
		<FieldFrame {...frame}>
			{(ids) => (
				<select {...ids} value={value} onChange={(e) => set(e.currentTarget.value as T)}>
					{children}
				</select>
			)}
		</FieldFrame>
	);
}

interface Checked {
	label: string;
	hint?: string;
	value: boolean;
	set: (value: boolean) => void;
}

export function CheckField({ label, hint, value, set }: Checked) {
	const id = useId();
	return (
		<div class="field">
			<label class="check">
				<input type="checkbox" checked={value} onChange={(e) => set(e.currentTarget.checked)}
					aria-describedby={hint && `${id}-hint`} />
				{label}
			</label>
			{hint && (
				<p class="meta" id={`${id}-hint`}>
					{hint}
				</p>
			)}
		</div>
	);
}
