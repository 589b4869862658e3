// What was spent against what the frontier alone would have cost, summed up over the time shown. What lies between is saved.

import { Chart, axis, resolved, timeAxis, translucent } from "./chart.js";
import { usd } from "./format.js";

function runningTotal(values) {
  let total = 0;
  return values.map((value) => (total += value));
}

// Ticks of one axis have as many decimals as tell them apart.
function ticks(plot, values) {
  const step = values.length > 1 ? Math.abs(values[1] - values[0]) : 1;
  const isExact = (decimals) => Math.abs(step * 10 ** decimals - Math.round(step * 10 ** decimals)) < 1e-3;
  const decimals = [0, 2, 3, 4, 5, 6, 7, 8].find(isExact) ?? 9;
  return values.map((value) => usd(value, decimals));
}

function describe() {
  const spent = resolved("--spent");
  const baseline = resolved("--baseline");
  return {
    cursor: { drag: { x: false, y: false }, points: { size: 6 } },
    series: [
      { label: "Time", value: "{HH}:{mm}:{ss}" },
      { label: "Baseline", stroke: baseline, width: 2, dash: [6, 4], points: { show: false }, value: (plot, value) => usd(value) },
      { label: "Spent", stroke: spent, width: 2, fill: translucent(spent, 0.14), points: { show: false }, value: (plot, value) => usd(value) },
      { label: "Saved", stroke: resolved("--saved"), scale: "hidden", show: true, width: 0, points: { show: false }, value: (plot, value) => usd(value) },
    ],
    bands: [{ series: [1, 2], fill: translucent(resolved("--saved"), 0.16) }],
    scales: { y: { range: (plot, low, high) => [Math.min(0, low), high > 0 ? high * 1.08 : 0.01] }, hidden: {} },
    axes: [timeAxis(), axis({ values: ticks, size: 78 })],
  };
}

export class SpendChart {
  constructor(place) {
    this.chart = new Chart(place, describe, () => "");
  }

  show(points) {
    const baseline = runningTotal(points.baseline_usd);
    const spent = runningTotal(points.cost_usd);
    const saved = baseline.map((value, index) => value - spent[index]);
    const idle = (baseline.at(-1) ?? 0) === 0 && (spent.at(-1) ?? 0) === 0;
    this.chart.show({ columns: [points.time, baseline, spent, saved] }, idle ? "Nothing was spent in this time." : "");
  }
}
