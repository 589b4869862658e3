// Points of a chart, as /api/summary gives them, in coarser steps.

/** How long a step is that can be seen: about a hundred of them fill a chart. */
export function visibleStep(points, stepSeconds) {
  const wanted = (points.time.length * stepSeconds) / 100;
  return [1, 2, 3, 6, 12].map((factor) => factor * stepSeconds).find((step) => step >= wanted) ?? 12 * stepSeconds;
}

/** Requests by tier, summed up over steps that begin at whole multiples of `step`. */
export function requestsInSteps(points, step) {
  const time = [];
  const requests = Object.fromEntries(Object.keys(points.requests).map((tier) => [tier, []]));
  points.time.forEach((moment, index) => {
    const begin = moment - (moment % step);
    if (time.at(-1) !== begin) {
      time.push(begin);
      Object.values(requests).forEach((values) => values.push(0));
    }
    for (const [tier, values] of Object.entries(points.requests)) {
      requests[tier][time.length - 1] += values[index];
    }
  });
  return { time, requests };
}
