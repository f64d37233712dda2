// A button that opens a list of actions. Esc, a click elsewhere and an action close it; the focus returns to the button.
import { ChevronDown } from "lucide-preact";
import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";

const Close = createContext<() => void>(() => undefined);

export function Menu({ label, name, children }: { label: string; name?: string; children: ComponentChildren }) {
	const [open, setOpen] = useState(false);
	const box = useRef<HTMLDivElement>(null);
	const button = useRef<HTMLButtonElement>(null);
	const close = () => {
		setOpen(false);
		button.current?.focus();
	};
	useEffect(() => {
		if (!open) return;
		box.current?.querySelector<HTMLElement>(".menu-list a, .menu-list button:not(:disabled)")?.focus();
		const outside = (e: Event) => e.target instanceof Node && !box.current?.contains(e.target) && setOpen(false);
		document.addEventListener("pointerdown", outside);
		return () => document.removeEventListener("pointerdown", outside);
	}, [open]);
	const onKey = (e: KeyboardEvent) => {
		if (!open) return;
		if (e.key === "Escape") close();
		if (e.key !== "ArrowDown" && e.key !== "ArrowUp") return;
		e.preventDefault();
		const items = [...(box.current?.querySelectorAll<HTMLElement>(".menu-list a, .menu-list button:not(:disabled)") ?? [])];
		const at = items.findIndex((item) => item === document.activeElement);
		items[(at + (e.key === "ArrowDown" ? 1 : items.length - 1)) % items.length]?.focus();
	};
	return (
		<div class="menu" ref={box} onKeyDown={onKey}>
			<button type="button" ref={button} aria-expanded={open} aria-label={name && `${label}: ${name}`}
				onClick={() => setOpen(!open)}>
				{label} <ChevronDown size={16} aria-hidden />
			</button>
			{open && (
				<Close.Provider value={close}>
					<ul class="menu-list">{children}</ul>
				</Close.Provider>
			)}
		</div>
	);
}

interface Item {
	children: ComponentChildren;
	to?: string;
	act?: () => void;
	disabled?: boolean;
}

export function MenuItem({ children, to, act, disabled = false }: Item) {
	const close = useContext(Close);
	const run = () => {
		close();
		act?.();
	};
	return (
		<li>
			{to ? (
				<a href={to} onClick={close}>
					{children}
				</a>
			) : (
				<button type="button" class="plain" disabled={disabled} onClick={run}>
					{children}
				</button>
			)}
		</li>
	);
}
