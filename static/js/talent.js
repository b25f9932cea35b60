// Comfort on top of pages that work without it: where focus goes, what is spoken, no second submit.
"use strict";
(() => {
  const one = (query, root = document) => root.querySelector(query);
  const all = (query, root = document) => [...root.querySelectorAll(query)];
  const on = (name, act, early) => document.addEventListener(name, act, early);
  const word = (name) => one("#said").dataset[name];
  const OURS = "data-talent"; // stands in every answer of the app, in no answer of a proxy
  const own = document.currentScript; // its tag says where the scripts of single pages are
  const OF = { place: "form[data-here]", board: "#mover", passkeys: "form[data-passkey]", rows: "ul[data-rows]" };
  let soon;

  const say = (text) => {
    clearTimeout(soon);
    soon = setTimeout(() => (one("#say").textContent = text), 150);
  };
  const focus = (element) => {
    if (!element.matches("a, button, input, select, textarea, summary")) element.tabIndex = -1;
    element.focus();
  };
  const seen = (element) => element.getClientRects().length; // what is not shown takes no focus
  const place = (element) => one("[data-said]", element.closest("form") || document) || one("#said");
  const notice = (text) => {
    const box = document.createElement("div");
    box.className = "notice bad";
    box.setAttribute("role", "alert");
    box.textContent = text;
    return box.outerHTML;
  };
  const tell = (element, text) => {
    const slot = place(element);
    slot.innerHTML = notice(text);
    slot.scrollIntoView({ block: "nearest" });
  };
  const bring = (name) => {
    const script = document.createElement("script");
    script.nonce = own.nonce;
    script.src = own.dataset[name];
    delete own.dataset[name];
    document.head.append(script);
  };
  const wake = () => {
    all("[data-copy], [data-print]").forEach((button) => (button.hidden = false));
    // Tabs that do not fit are one row: it begins with the current one in view.
    all(".tabs [aria-current]").forEach((tab) => {
      const row = tab.closest("ul");
      if (!row.scrollLeft) row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
    });
    Object.keys(OF).filter((name) => own.dataset[name] && one(OF[name])).forEach(bring);
  };
  const free = (form) => form && delete form.dataset.busy;

  // An act is sent once. The name of the pressed button must go along, so nothing is disabled.
  on("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.busy) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    form.dataset.busy = "1";
    setTimeout(free, 8000, form);
  }, true);
  // Nobody signs out with taps that were not sent; then nothing of a list stays on the device.
  on("submit", (event) => {
    if (!event.target.action.endsWith("/account/sign-out")) return;
    if (localStorage.unsent) {
      event.preventDefault();
      location.assign(localStorage.unsent);
    } else if (window.caches) caches.keys().then((names) => names.forEach((name) => caches.delete(name)));
  });
  on("htmx:afterRequest", (event) => {
    free(event.detail.elt.closest("form"));
    // What was answered is done: whatever is pressed next is another act.
    if (event.detail.successful) all("[name=form_key]").forEach((key) => (key.value = Date.now() + "." + Math.random()));
  });
  addEventListener("pageshow", () => all("[data-busy]").forEach(free));

  // Half-typed pinyin is not a search yet.
  on("input", (event) => event.isComposing && event.stopPropagation(), true);
  on("compositionend", (event) => event.target.dispatchEvent(new Event("input", { bubbles: true })));

  // A filter's address holds only what was filled in.
  on("htmx:configRequest", ({ detail }) => {
    if (detail.verb !== "get") return;
    for (const [name, value] of Object.entries(detail.parameters)) {
      if (value === "") delete detail.parameters[name];
    }
  });

  on("htmx:beforeRequest", () => all("[data-said]").forEach((slot) => (slot.textContent = "")));

  // A refusal is shown beside the act; a file is fetched by the browser itself.
  on("htmx:beforeSwap", ({ detail }) => {
    const { xhr, boosted, requestConfig } = detail;
    const html = (xhr.getResponseHeader("Content-Type") || "").startsWith("text/html");
    const ours = html && xhr.response.includes(OURS);
    if (xhr.status < 400) {
      if (boosted && !html && requestConfig.verb === "get") {
        detail.shouldSwap = false;
        location.assign(requestConfig.path);
      }
      return;
    }
    if (ours && (boosted || xhr.status === 422)) return;
    detail.shouldSwap = true;
    detail.target = place(requestConfig.elt);
    detail.swapOverride = "innerHTML";
    detail.selectOverride = "unset";
    if (!ours) detail.serverResponse = notice(word("broken"));
  });
  on("htmx:sendError", ({ detail }) => tell(detail.elt, word("offline")));
  on("htmx:timeout", ({ detail }) => tell(detail.elt, word("slow")));

  // After a swap: to the first problem, else the heading, unless focus is still somewhere.
  on("htmx:afterSettle", ({ detail, target }) => {
    if (!detail.xhr || target.hasAttribute("data-quiet")) return; // what renews itself takes no focus
    wake();
    const root = detail.boosted ? one("#main") : target;
    const news = all(detail.boosted ? ".flashes [data-say]" : "[data-say]", root);
    if (news.length) say(news.map((part) => part.textContent.trim()).join(" "));
    const problem = one("[data-problem]", root);
    const lost = !document.activeElement || document.activeElement === document.body;
    if (problem && (detail.boosted || lost)) focus(problem);
    else if (lost) focus(all("[aria-invalid=true], h1, h2, h3", root).find(seen) || root);
  });

  // Of a tab that shows in part, the keyboard would show no more.
  on("focusin", ({ target }) => {
    if (target.matches(".tabs :focus-visible")) target.scrollIntoView({ block: "nearest", inline: "nearest" });
  });

  on("click", ({ target }) => {
    const button = target.closest("[data-copy], [data-print]");
    if (!button) return;
    if (button.hasAttribute("data-print")) return print();
    const source = one(button.dataset.copy);
    const board = navigator.clipboard; // absent where the site is not served over TLS
    (board ? board.writeText(source.value || source.textContent.trim()) : Promise.reject())
      .then(() => say((button.textContent = button.dataset.done)), () => focus(source));
  });

  wake();
  const problem = one("[data-problem]");
  if (problem) focus(problem);
})();
