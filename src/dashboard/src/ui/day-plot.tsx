// Draws a line by day, with the previous period in a muted colour. chart.tsx fetches this file, with the library that it
// needs, when a chart is shown.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { day } from "../words";
import { theme } from "./theme";

const HEIGHT = 200;
const LABEL = 72; // pixels for the name of a day

interface Props {
	dates: string[];
	values: (number | null)[];
	before: (number | null)[];
	label: string;
	write: (value: number) => string;
}

/** Only numbers that days can have: no half a join. */
function ticksOf(write: (value: number) => string, share: boolean) {
	return (_: uPlot, ticks: number[]) => ticks.map((n) => (share || Number.isInteger(n) ? write(n) : ""));
}

function plotIn(box: HTMLElement, { dates, values, before, write }: Props): uPlot {
	const look = getComputedStyle(document.documentElement);
	const colour = (name: string) => look.getPropertyValue(name).trim();
	const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
	const days = (_: uPlot, seconds: number[]) => seconds.map((s) => day(new Date(s * 1000)));
	const all = [...values, ...before].map((v) => v ?? 0);
	const share = all.every((v) => v <= 1) && all.some((v) => !Number.isInteger(v));
	const points = { show: dates.length < 2 };
	const moments = dates.map((d) => Date.parse(`${d}T00:00:00`) / 1000);
	/* Counted from the last day, which is the day that a reader looks for. */
	const labelled = (plot: uPlot) => {
		const step = Math.max(1, Math.ceil((moments.length * LABEL) / plot.width));
		return moments.filter((_, i) => (moments.length - 1 - i) % step === 0);
	};
	return new uPlot(
		{
			width: box.clientWidth,
			height: HEIGHT,
			cursor: { show: false },
			legend: { show: false },
			axes: [{ ...axis, grid: { show: false }, values: days, splits: labelled, size: 36, gap: 10 }, { ...axis, values: ticksOf(write, share) }],
			scales: { y: { range: (_, __, max) => [0, Math.max(max, share ? 0.1 : 4)] } },
			series: [
				{},
				{ stroke: colour("--muted"), width: 1, dash: [4, 4], points },
				{ stroke: colour("--accent"), width: 2, points },
			],
		},
		[moments, before, values],
		box,
	);
}

export function DayPlot(props: Props) {
	const { dates, values, before, label } = props;
	const box = useRef<HTMLDivElement>(null);
	useEffect(() => {
		if (!box.current) return;
		const plot = plotIn(box.current, props);
		const resize = new ResizeObserver(([entry]) => entry && plot.setSize({ width: entry.contentRect.width, height: HEIGHT }));
		resize.observe(box.current);
		return () => {
			resize.disconnect();
			plot.destroy();
		};
	}, [dates.join(), values.join(), before.join(), theme.value]);
	return <div class="chart" ref={box} role="img" aria-label={label} />;
}
