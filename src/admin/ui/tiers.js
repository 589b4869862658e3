// A tier has the same colour everywhere: by its place in the policy, cheapest first.

const COLORS = ["--tier-1", "--tier-2", "--tier-3", "--tier-4", "--tier-5", "--tier-6"];
const NONE = "--tier-none";

let order = [];

export function setTiers(names) {
  order = names;
}

/** Cheapest first; then what the policy does not know (any more); last what no tier answered. */
export function inOrder(names) {
  const rank = (name) => (name === "none" ? 1e6 : order.includes(name) ? order.indexOf(name) : 1e3);
  return [...names].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

export function variable(name) {
  const place = order.indexOf(name);
  return place < 0 ? NONE : COLORS[place % COLORS.length];
}

export const color = (name) => `var(${variable(name)})`;

export const label = (name) => (name === "none" || !name ? "no answer" : name);
