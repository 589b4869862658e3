// How many requests each tier answered, one area upon the other, cheapest at the bottom.

import { Chart, axis, resolved, timeAxis } from "./chart.js";
import { count } from "./format.js";
import { inOrder, label, variable } from "./tiers.js";

/** Half a request is none. */
const WHOLE_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7];

/** Each tier's area reaches from zero to the sum of those below it and its own; the lower ones are painted over it. */
function stacked(points, tiers) {
  const sums = points.time.map(() => 0);
  return tiers.map((tier) => points.requests[tier].map((value, index) => (sums[index] += value)));
}

function describe(data) {
  const stepped = window.uPlot.paths.stepped({ align: 1 });
  // Painted from the top of the stack down.
  const series = [...data.tiers].reverse().map((tier) => {
    const color = resolved(variable(tier));
    return {
      label: label(tier),
      stroke: color,
      width: 1,
      fill: color,
      paths: stepped,
      points: { show: false },
      value: (plot, value, index, at) => (at === null || at === undefined ? "–" : count(data.own(tier, at))),
    };
  });
  return {
    cursor: { drag: { x: false, y: false }, points: { show: false } },
    series: [{ label: "Time", value: "{HH}:{mm}:{ss}" }, ...series],
    scales: { y: { range: (plot, low, high) => [0, Math.max(1, Math.ceil((high || 1) * 1.08))] } },
    axes: [timeAxis(), axis({ size: 48, incrs: WHOLE_STEPS })],
  };
}

export class RequestsChart {
  constructor(place) {
    this.points = { requests: {} };
    this.chart = new Chart(place, describe, (data) => data.tiers.join("\n"));
  }

  show(points) {
    this.points = points;
    const tiers = inOrder(Object.keys(points.requests));
    const own = (tier, at) => this.points.requests[tier]?.[at] ?? 0;
    const columns = [points.time, ...stacked(points, tiers).reverse()];
    this.chart.show({ columns, tiers, own }, tiers.length === 0 ? "No requests in this time." : "");
  }
}
