// The filter of deliveries by webhook-id, which a receiver's log shows.
import { useState } from "preact/hooks";
import { filter, route } from "../route";
import { t } from "../words";
import { isMessageId } from "./message-id";

/** The list changes when the text is empty or a complete webhook-id. */
export function MessageFilter() {
	const [text, setText] = useState(route.value.query.get("message_id") ?? "");
	const set = (typed: string) => {
		setText(typed);
		const wanted = typed.trim();
		if (wanted === "" || isMessageId(wanted)) filter({ message_id: wanted || undefined, cursor: undefined });
	};
	const wrong = text.trim() !== "" && !isMessageId(text.trim());
	return (
		<div class="filter">
			<label for="message-id">webhook-id</label>
			<input
				id="message-id"
				type="search"
				class="mono"
				placeholder="msg_…"
				autocomplete="off"
				spellcheck={false}
				aria-describedby={wrong ? "message-id-help" : undefined}
				value={text}
				onInput={(e) => set(e.currentTarget.value)}
			/>
			{wrong && (
				<p class="meta" id="message-id-help">
					{t("messageIdHelp")}
				</p>
			)}
		</div>
	);
}
