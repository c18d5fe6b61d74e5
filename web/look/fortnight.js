// What the script does, pages do without it, by a button: it says what is not saved, asks for a form's page anew as Update does, and
// closes menus.
(() => {
  "use strict";
  const all = (root, what) => [...root.querySelectorAll(what)];

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
    for (const f of all(form, "iframe")) heard.add(f); // it may have loaded already: the window has once all have
    if (document.readyState === "complete") ask(); else addEventListener("load", ask, {once: true});
  }

  // The menus close when something else is chosen.
  addEventListener("click", e => { for (const d of all(document, "details.proj[open], .bar details[open]")) if (!d.contains(e.target)) d.open = false; });
  addEventListener("keydown", e => { if (e.key === "Escape") for (const d of all(document, "details.proj[open], .bar details[open]")) { d.open = false; d.firstElementChild.focus(); } });
})();
