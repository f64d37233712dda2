// Names with values: the hidden fields, and the headers.
import { Trash2 } from "lucide-preact";
import { t } from "../words";
import { MASK, type Pair, pair } from "./draft";
import { FieldProblem } from "./section";

interface Props {
	pairs: Pair[];
	onChange: (pairs: Pair[]) => void;
	help: string;
	add: string;
	problem: string | undefined;
}

export function PairsSection({ pairs, onChange, help, add, problem }: Props) {
	const put = (key: number, to: Partial<Pair>) => onChange(pairs.map((p) => (p.key === key ? { ...p, ...to } : p)));
	return (
		<>
			<p class="meta">{help}</p>
			{pairs.map((p) => (
				<div class="pair" key={p.key}>
					<label>
						{t("name")}
						<input
							class="mono"
							value={p.name}
							spellcheck={false}
							onInput={(e) => put(p.key, { name: e.currentTarget.value })}
						/>
					</label>
					<label>
						{t("value")}
						<input
							class="mono"
							value={p.value === MASK ? "" : p.value}
							placeholder={p.value === MASK ? t("valueKept") : undefined}
							spellcheck={false}
							autocomplete="off"
							onInput={(e) => put(p.key, { value: e.currentTarget.value })}
						/>
					</label>
					<button
						type="button"
						class="plain icon"
						aria-label={t("removeNamed", { name: p.name })}
						onClick={() => onChange(pairs.filter((other) => other !== p))}
					>
						<Trash2 size={16} aria-hidden />
					</button>
				</div>
			))}
			{problem && <FieldProblem>{problem}</FieldProblem>}
			<div>
				<button type="button" onClick={() => onChange([...pairs, pair()])}>
					{add}
				</button>
			</div>
		</>
	);
}
