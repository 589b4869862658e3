// The admin plane's own pages. The token, when one is asked for, lives as long as the tab and travels in a header of each request.

const TOKEN_KEY = "tierway-admin-token";

export class Unauthorized extends Error {}

/** The server answered that something is wrong with what was asked. */
export class Refused extends Error {}

export function hasToken() {
  return sessionStorage.getItem(TOKEN_KEY) !== null;
}

export function keepToken(token) {
  sessionStorage.setItem(TOKEN_KEY, token);
}

export function forgetToken() {
  sessionStorage.removeItem(TOKEN_KEY);
}

// Relative to /ui/, so that the page also works below another path.
async function call(path, options = {}) {
  const headers = { ...options.headers };
  if (hasToken()) {
    headers.Authorization = `Bearer ${sessionStorage.getItem(TOKEN_KEY)}`;
  }
  const response = await fetch(`../api/${path}`, { ...options, headers, cache: "no-store" });
  if (response.status === 401) {
    throw new Unauthorized("The token is not accepted.");
  }
  const body = await response.json();
  if (!response.ok) {
    throw new Refused(body.error?.message ?? `The server answered ${response.status}.`);
  }
  return body;
}

export const summary = (window) => call(`summary?window=${window}`);
export const models = () => call("models");
export const policy = () => call("policy");

/** Newest first. `range`: last, before, after; `filter`: members of the record and their values. */
export function decisions(range, filter = {}) {
  return call(`decisions?${new URLSearchParams({ ...range, ...filter })}`);
}

export function explain(question) {
  return call("explain", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(question),
  });
}
