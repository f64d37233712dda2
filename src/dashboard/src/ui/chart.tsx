// A line by day, with the numbers as a table below: the chart adds shape, the table has the facts.
import { lazy } from "./lazy";

export const DayChart = lazy("day-plot", async () => (await import("./day-plot")).DayPlot, 200);
