// The bar with the actions of a long form. It stays at the bottom of the screen, above the navigation of a phone.
import type { ComponentChildren } from "preact";

export function ActionBar({ unsaved, children }: { unsaved: boolean; children: ComponentChildren }) {
	return (
		<div class="action-bar" data-unsaved={unsaved || undefined}>
			{children}
		</div>
	);
}
