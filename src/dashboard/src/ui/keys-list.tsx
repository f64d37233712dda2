// The list of keys, and the switch that turns single keys off.
import { t } from "../words";
import { Dialog } from "./dialog";
import { overlay, paletteKey, singleKeys } from "./keys";

const keys = [
	[[paletteKey], "keyPalette"],
	[["/"], "keyFilter"],
	[["j", "k"], "keyRows"],
	[["Enter"], "keyOpen"],
	[["Esc"], "keyBack"],
	[["?"], "keyList"],
] as const;

export function SingleKeys() {
	return (
		<label class="check">
			<input
				type="checkbox"
				checked={singleKeys.value === "on"}
				onChange={(e) => (singleKeys.value = e.currentTarget.checked ? "on" : "off")}
			/>
			{t("singleKeys")}
		</label>
	);
}

export function KeysList() {
	return (
		<Dialog label={t("keys")} kind="keys" close={() => (overlay.value = undefined)}>
			<h2>{t("keys")}</h2>
			<dl class="key-list">
				{keys.map(([names, word]) => (
					<div key={word}>
						<dt>
							{names.map((name) => (
								<kbd key={name}>{name}</kbd>
							))}
						</dt>
						<dd>{t(word)}</dd>
					</div>
				))}
			</dl>
			<SingleKeys />
			<button type="button" onClick={() => (overlay.value = undefined)}>
				{t("close")}
			</button>
		</Dialog>
	);
}
