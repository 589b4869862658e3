// Numbers and times as people read them.

const minus = (text) => text.replace("-", "\u2212");

/** Money with so many decimals that small amounts stay visible. */
export function usd(amount, decimals) {
  if (amount === undefined || amount === null || Number.isNaN(Number(amount))) {
    return "–";
  }
  const value = Number(amount);
  const size = Math.abs(value);
  const shown = decimals ?? (size === 0 || size >= 100 ? 2 : size >= 0.1 ? 4 : 6);
  const text = size.toLocaleString("en-US", { minimumFractionDigits: shown, maximumFractionDigits: shown });
  return minus(value < 0 && Number(text.replaceAll(",", "")) !== 0 ? `-$${text}` : `$${text}`);
}

export const count = (value) => Number(value ?? 0).toLocaleString("en-US");

export function percent(part, whole, decimals = 0) {
  return whole > 0 ? minus(`${((100 * part) / whole).toFixed(decimals)} %`) : "–";
}

export const decimal = (value, decimals = 2) => (typeof value === "number" ? minus(value.toFixed(decimals)) : "–");

export function milliseconds(value) {
  if (typeof value !== "number") {
    return "–";
  }
  if (value >= 10_000) {
    return `${(value / 1000).toFixed(1)} s`;
  }
  return value >= 100 ? `${Math.round(value).toLocaleString("en-US")} ms` : `${value.toFixed(value >= 1 ? 1 : 3)} ms`;
}

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY_AND_CLOCK = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" });

export const clock = (time) => CLOCK.format(new Date(time));
export const dayAndClock = (time) => DAY_AND_CLOCK.format(new Date(time));

/** How long ago or for how long, in its largest unit or two. */
export function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) {
    return `${whole} s`;
  }
  if (whole < 3600) {
    return `${Math.floor(whole / 60)} min`;
  }
  if (whole < 86_400) {
    return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  }
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
}

/** low_confidence → low confidence. */
export const words = (name) => String(name ?? "").replaceAll("_", " ");
