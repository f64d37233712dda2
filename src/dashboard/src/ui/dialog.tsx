// A panel over the page: the browser's own <dialog>, which keeps the focus inside, closes on Esc and gives the focus back.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

interface Props {
	label: string;
	kind: string;
	close: () => void;
	children: ComponentChildren;
}

export function Dialog({ label, kind, close, children }: Props) {
	const dialog = useRef<HTMLDialogElement>(null);
	useLayoutEffect(() => {
		const open = dialog.current;
		open?.addEventListener("close", close);
		open?.showModal();
		return () => {
			open?.removeEventListener("close", close);
			open?.close();
		};
	}, []);
	return (
		<dialog
			ref={dialog}
			class={`dialog ${kind}`}
			aria-label={label}
			onClick={(e) => e.target === dialog.current && close()}
		>
			<div class="dialog-body">{children}</div>
		</dialog>
	);
}
