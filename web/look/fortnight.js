// What the script does, pages do without it, by a button: it presses Update, says what is not saved, and sorts tables.
(() => {
  "use strict";
  const all = (root, what) => [...root.querySelectorAll(what)];

  // <form data-live>: a change presses the form's buttons marked data-press (each may have a formtarget of its own, a frame); a form
  // of method get without such a button asks for its page anew.
  for (const form of all(document, "form[data-live]")) {
    const press = () => {
      const buttons = all(document, "[data-press]").filter(b => b.form === form);
      for (const b of buttons) form.requestSubmit(b);
      if (!buttons.length && form.method === "get") location.replace(form.action.split("?")[0] + "?" + new URLSearchParams(new FormData(form)));
    };
    let wait;
    form.addEventListener("input", e => {
      if (e.target.closest("[data-still]")) return;
      clearTimeout(wait);
      wait = setTimeout(press, e.target.matches("input[type=text], input[type=search], input[type=number], input:not([type]), textarea") ? 600 : 50);
    });
    form.addEventListener("submit", () => clearTimeout(wait));
  }

  // <form data-dock>: [data-said] in the form says what is not saved, and leaving asks.
  for (const form of all(document, "form[data-dock]")) {
    const said = form.querySelector("[data-said]"), clean = said && said.textContent;
    const value = f => f.type === "checkbox" || f.type === "radio" ? f.checked : f.type === "select-multiple" ? [...f.selectedOptions].map(o => o.value).join() : f.value;
    const fields = () => [...form.elements].filter(f => f.name && f.type !== "hidden" && f.type !== "submit" && !f.closest("[data-aside]"));
    const begin = new Map(fields().map(f => [f, value(f)]));
    const name = f => (f.closest("fieldset[data-name]") || {dataset: {}}).dataset.name || f.dataset.name || f.getAttribute("aria-label") || (f.labels && f.labels[0] ? f.labels[0].firstChild.textContent.trim() || f.labels[0].textContent.trim() : f.name);
    let dirty = form.hasAttribute("data-dirty"), sent = false;
    const look = () => {
      const names = [...new Set(fields().filter(f => begin.get(f) !== value(f)).map(name))];
      dirty = form.hasAttribute("data-dirty") || names.length > 0;
      if (said) said.textContent = names.length ? "Not saved: " + names.slice(0, 3).join(", ") + (names.length > 3 ? " and " + (names.length - 3) + " more" : "") : clean;
      form.classList.toggle("dirty", dirty);
    };
    form.addEventListener("input", look);
    form.addEventListener("reset", () => setTimeout(look));
    form.addEventListener("submit", e => { if (!e.submitter || !e.submitter.formTarget) sent = true; });
    addEventListener("beforeunload", e => { if (dirty && !sent) e.preventDefault(); });
    addEventListener("pageshow", () => { sent = false; look(); });
  }

  // <form data-swap>: a change asks the form's page anew, as Update does, and takes over what that page has in place of the elements
  // named. When the frame has loaded, it asks once more: the page then knows what the frame shows.
  for (const form of all(document, "form[data-swap]")) {
    const parts = form.dataset.swap.split(" "), heard = new WeakSet();
    let wait, asking;
    const ask = async () => {
      if (asking) asking.abort();
      asking = new AbortController();
      const fields = new URLSearchParams(new FormData(form));
      fields.set("do", "look");
      try {
        const answer = await fetch(form.action, {method: "POST", body: fields, signal: asking.signal});
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const id of parts) {
          const old = document.getElementById(id), now = page.getElementById(id);
          if (old && now && old.outerHTML !== now.outerHTML) old.replaceWith(document.importNode(now, true));
        }
        framed();
      } catch { /* given up for the next change, or no answer: Update is there */ }
    };
    const framed = () => { for (const f of all(form, "iframe")) if (!heard.has(f)) { heard.add(f); f.addEventListener("load", ask, {once: true}); } };
    form.addEventListener("input", e => {
      if (e.target.closest("[data-still]")) return;
      clearTimeout(wait);
      wait = setTimeout(ask, e.target.matches("input:not([type=checkbox], [type=radio], [type=date])") ? 500 : 0);
    });
    framed();
  }

  // <table data-sort>: a column's name sorts by it; a cell's data-v stands for its text.
  for (const table of all(document, "table[data-sort]")) {
    const heads = all(table, "thead th"), body = table.tBodies[0];
    heads.forEach((th, i) => {
      if (th.hasAttribute("data-unsorted") || !th.textContent.trim()) return;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...th.childNodes);
      th.append(button);
      button.addEventListener("click", () => {
        const up = th.getAttribute("aria-sort") === "descending";
        heads.forEach(h => h.removeAttribute("aria-sort"));
        th.setAttribute("aria-sort", up ? "ascending" : "descending");
        const key = row => { const c = row.cells[i]; return c ? c.dataset.v ?? c.textContent.trim() : ""; };
        const order = (a, b) => { const x = parseFloat(a), y = parseFloat(b); return isNaN(x) && isNaN(y) ? a.localeCompare(b, document.documentElement.lang) : isNaN(x) ? 1 : isNaN(y) ? -1 : x - y; };
        const rows = [...body.rows].sort((a, b) => (up ? 1 : -1) * order(key(a), key(b)));
        body.append(...rows);
      });
    });
  }

  // The menus close when something else is chosen.
  addEventListener("click", e => { for (const d of all(document, "details.proj[open], .bar details[open]")) if (!d.contains(e.target)) d.open = false; });
  addEventListener("keydown", e => { if (e.key === "Escape") for (const d of all(document, "details.proj[open], .bar details[open]")) { d.open = false; d.firstElementChild.focus(); } });
})();
