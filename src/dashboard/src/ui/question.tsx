// A question in the place of the buttons that it is about: what the action does, the action itself, and the way back.
import type { ComponentChildren } from "preact";
import { t } from "../words";

interface Props {
	label: string;
	text: ComponentChildren;
	kind?: string; // a further class of the panel
	busy?: boolean;
	back: () => void;
	children: ComponentChildren; // the button of the action
}

export function Question({ label, text, kind = "", busy = false, back, children }: Props) {
	return (
		<div class={`notice wait ${kind}`} role="alertdialog" aria-label={label}>
			<span class="grow wrap">{text}</span>
			{children}
			<button type="button" disabled={busy} onClick={back}>{t("back")}</button>
		</div>
	);
}
