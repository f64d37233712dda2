// A line without axes or points, beside the number that it explains. The label says the same in words.
const WIDTH = 96;
const HEIGHT = 24;
const EDGE = 2; // the stroke is 2 px wide

/** "1,20 3,4": the values from left to right, 0 at the bottom. */
function pointsOf(values: number[]): string {
	const most = Math.max(...values, 1);
	const step = (WIDTH - 2 * EDGE) / Math.max(values.length - 1, 1);
	const at = (value: number) => HEIGHT - EDGE - (value / most) * (HEIGHT - 2 * EDGE);
	return values.map((value, i) => `${(EDGE + i * step).toFixed(1)},${at(value).toFixed(1)}`).join(" ");
}

export function Sparkline({ values, label }: { values: number[]; label: string }) {
	return (
		<svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} role="img" aria-label={label}>
			<polyline points={pointsOf(values)} />
		</svg>
	);
}
