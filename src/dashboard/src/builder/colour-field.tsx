// A colour of the pages: a picker, six digits, and how readable the text on the colour is.
import { t } from "../words";
import { onColour } from "./colour";
import { FieldFrame } from "./field";

const ON = { "#ffffff": "whiteOnIt", "#1a1a1a": "inkOnIt", "#000000": "blackOnIt" } as const;

interface Props {
	label: string;
	value: string;
	set: (value: string) => void;
	standard: string; // the colour of the pages without a choice
	hint: string; // shown while there is no colour
	unsaved: boolean;
	fault: string | undefined;
}

export function ColourField({ label, value, set, standard, hint, unsaved, fault }: Props) {
	const on = onColour(value);
	return (
		<FieldFrame label={label} hint={on ? t(ON[on.text], { ratio: `${on.ratio}:1` }) : hint} unsaved={unsaved} fault={fault}>
			{(ids) => (
				<div class="row">
					<input class="swatch" type="color" aria-label={`${t("pickColour")}: ${label}`} value={on ? value : standard}
						onInput={(e) => set(e.currentTarget.value)} />
					<input {...ids} class="short" value={value} maxLength={7} placeholder={standard}
						onInput={(e) => set(e.currentTarget.value)} />
				</div>
			)}
		</FieldFrame>
	);
}
