// The decisions that the page knows of, newest first, for one filter. Further ones are fetched page by page.

import * as api from "./api.js";

const PAGE = 200;
/** Of what is kept here: filters find what is older. */
const KEPT_MAX = 20_000;

export class DecisionStore {
  constructor() {
    this.reset({});
  }

  reset(filter) {
    this.filter = filter;
    this.records = [];
    this.newest = 0;
    this.complete = false;
    this.loading = null;
    this.generation = (this.generation ?? 0) + 1;
  }

  /** Fetches what came since. Resolves to how many were put before the others, or null when those were replaced. */
  async refresh() {
    const generation = this.generation;
    const range = this.newest > 0 ? { last: PAGE, after: this.newest } : { last: PAGE };
    const came = await api.decisions(range, this.filter);
    if (generation !== this.generation || came.length === 0) {
      this.complete ||= generation === this.generation && this.newest === 0;
      return 0;
    }
    const isFirst = this.newest === 0;
    // More came than a page holds: what is between is not known.
    const gap = !isFirst && came.length === PAGE;
    this.newest = came[0].sequence;
    if (isFirst || gap) {
      this.records = came;
      this.complete = isFirst && came.length < PAGE;
      return null;
    }
    this.records.unshift(...came);
    this.trim();
    return came.length;
  }

  /** Fetches the page after the oldest that is known. Resolves to whether there was one. */
  async older() {
    if (this.complete || this.records.length === 0 || this.records.length >= KEPT_MAX) {
      return false;
    }
    this.loading ??= this.fetchOlder().finally(() => {
      this.loading = null;
    });
    return this.loading;
  }

  async fetchOlder() {
    const generation = this.generation;
    const oldest = this.records.at(-1).sequence;
    const page = await api.decisions({ last: PAGE, before: oldest }, this.filter);
    // Others may have been shown, or the oldest let go, meanwhile.
    if (generation !== this.generation || this.records.at(-1)?.sequence !== oldest) {
      return false;
    }
    this.complete = page.length < PAGE;
    this.records.push(...page);
    return page.length > 0;
  }

  trim() {
    if (this.records.length > KEPT_MAX) {
      this.records.length = KEPT_MAX;
      this.complete = false;
    }
  }
}
