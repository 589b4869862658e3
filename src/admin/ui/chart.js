// What all charts share: a uPlot that fits its place, in the theme's colours, made anew when the theme or its series change.

import { element } from "./dom.js";
import { clock } from "./format.js";

const HEIGHT = 220;

/** The colour behind a custom property, as canvases want it: resolved for the present theme. */
export function resolved(variable) {
  const probe = element("span", { hidden: true });
  probe.style.color = `var(${variable})`;
  document.body.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}

export function translucent(color, alpha) {
  const parts = color.match(/[\d.]+/g) ?? ["128", "128", "128"];
  return `rgb(${parts.slice(0, 3).join(" ")} / ${alpha})`;
}

export function axis(options) {
  const line = { stroke: resolved("--line"), width: 1 };
  return { stroke: resolved("--muted"), grid: line, ticks: line, font: "12px system-ui, sans-serif", ...options };
}

/** Moments of a time axis, to the second only where they are so close. */
function moments(plot, values, index, space, step) {
  return values.map((value) => (step < 60 ? clock(value * 1000) : clock(value * 1000).slice(0, 5)));
}

export const timeAxis = () => axis({ values: moments, space: 64 });

export class Chart {
  /** `describe(data)` gives uPlot's options without its size; `key(data)` names what they depend on beside the theme. */
  constructor(place, describe, key) {
    this.place = place;
    this.describe = describe;
    this.key = key;
    this.message = element("p", { class: "empty chart-empty", hidden: true });
    place.append(this.message);
    new ResizeObserver(() => this.plot?.setSize(this.size())).observe(place);
    document.addEventListener("theme-changed", () => this.data && this.show(this.data, this.message.textContent, true));
  }

  size() {
    return { width: Math.max(this.place.clientWidth, 120), height: HEIGHT };
  }

  /** `data.columns` are uPlot's; `message` is shown over it when not empty. */
  show(data, message = "", anew = false) {
    this.data = data;
    this.message.textContent = message;
    this.message.hidden = message === "";
    const key = this.key(data);
    if (this.plot && key === this.shownKey && !anew) {
      this.plot.setData(data.columns);
    } else {
      this.plot?.destroy();
      this.shownKey = key;
      this.plot = new window.uPlot({ ...this.size(), ...this.describe(data) }, data.columns, this.place);
    }
    // uPlot empties its legend when it paints, which it does after this.
    requestAnimationFrame(() => this.tellNewest());
  }

  /** The legend tells the newest values while nobody points at others. */
  tellNewest() {
    if ((this.plot.cursor.idx ?? null) === null && this.data.columns[0].length > 0) {
      this.plot.setLegend({ idx: this.data.columns[0].length - 1 });
    }
  }
}
