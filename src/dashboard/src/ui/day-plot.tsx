// Draws a line by day. chart.tsx fetches this file, with the library that it needs, when a chart is shown.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { day, number } from "../words";
import { theme } from "./theme";

export function DayPlot({ dates, values, label }: { dates: string[]; values: number[]; label: string }) {
	const box = useRef<HTMLDivElement>(null);
	useEffect(() => {
		if (!box.current) return;
		const look = getComputedStyle(document.documentElement);
		const colour = (name: string) => look.getPropertyValue(name).trim();
		const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
		const days = (_: uPlot, seconds: number[]) => seconds.map((s) => day(new Date(s * 1000)));
		const plot = new uPlot(
			{
				width: box.current.clientWidth,
				height: 200,
				cursor: { show: false },
				legend: { show: false },
				axes: [{ ...axis, values: days }, { ...axis, values: (_, ticks) => ticks.map((n) => (Number.isInteger(n) ? number(n) : "")) }],
				scales: { y: { range: (_, __, max) => [0, Math.max(max, 4)] } },
				series: [{}, { stroke: colour("--accent"), width: 2, points: { show: dates.length < 2 } }],
			},
			[dates.map((d) => Date.parse(`${d}T00:00:00`) / 1000), values],
			box.current,
		);
		const resize = new ResizeObserver(() => box.current && plot.setSize({ width: box.current.clientWidth, height: 200 }));
		resize.observe(box.current);
		return () => {
			resize.disconnect();
			plot.destroy();
		};
	}, [dates.join(), values.join(), theme.value]);
	return (
		<>
			<span class="meta" aria-hidden="true">{label}</span>
			<div ref={box} role="img" aria-label={label} />
		</>
	);
}
