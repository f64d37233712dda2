// A line by day, with the numbers as a table below: the chart adds shape, the table has the facts.
import { lazy } from "./lazy";

export const DayChart = lazy(async () => (await import("./day-plot")).DayPlot, 200);
