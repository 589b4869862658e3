// Elements are made by code and texts are set as text: whatever a record holds, the browser never reads it as markup.

/** element("td", { class: "number", title: "…", onclick: f }, child, "text", …); children that are null or false are left out. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) {
      continue;
    }
    if (name.startsWith("on")) {
      made.addEventListener(name.slice(2), value);
    } else if (name in made && name !== "list") {
      made[name] = value;
    } else {
      made.setAttribute(name === "class" ? "class" : name, value === true ? "" : value);
    }
  }
  append(made, children);
  return made;
}

export function append(parent, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) {
      parent.append(child);
    }
  }
}

export const byId = (id) => document.getElementById(id);

/** A table of plain cells. `columns`: {title, number?, class?, cell(row)}; a cell is a text or an element. */
export function table(caption, columns, rows) {
  const cell = (tag, column, content) =>
    element(tag, { class: [column.number && "number", column.class].filter(Boolean).join(" "), scope: tag === "th" ? "col" : null }, content);
  return element("div", { class: "scroll-x", tabIndex: 0, role: "region", ariaLabel: caption },
    element("table", {},
      element("caption", { class: "hidden-text" }, caption),
      element("thead", {}, element("tr", {}, columns.map((column) => cell("th", column, column.title)))),
      element("tbody", {}, rows.map((row) => element("tr", {}, columns.map((column) => cell("td", column, column.cell(row))))))));
}

/** Shows `made` in a place in which it was shown before: only what changed of a table is replaced, so that who scrolled, selected or
    focused something there is not disturbed. */
export function refresh(place, made) {
  const shown = place.firstElementChild;
  const same = (selector) => shown?.querySelector(selector)?.outerHTML === made.querySelector(selector)?.outerHTML;
  if (shown?.matches(".scroll-x") && made.matches(".scroll-x") && same("thead")) {
    if (!same("tbody")) {
      shown.querySelector("tbody").replaceWith(made.querySelector("tbody"));
    }
    return;
  }
  place.replaceChildren(made);
}

export const empty = (...texts) => element("p", { class: "empty" }, ...texts);

/** A coloured dot before a text, for what must not be told by colour alone. */
export function chip(text, color, kind = "") {
  const dot = element("i", { class: "dot", ariaHidden: "true" });
  dot.style.background = color;
  return element("span", { class: `chip ${kind}` }, dot, text);
}
