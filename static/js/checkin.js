// The list and the kiosk without a network: each tap is kept here first, and sent when it can be.
"use strict";
(() => {
  const { queue, worker, scope, beat } = document.body.dataset;
  const one = (query, root = document) => root.querySelector(query);
  const all = (query, root = document) => [...root.querySelectorAll(query)];
  const words = one("#queue").dataset;
  const dialog = one("#ask");
  const store = localStorage;
  let sending = false;
  let again = 0;
  let wait = 1000;

  const clock = (at) => new Date(at).toTimeString().slice(0, 5);
  const tell = (text) => (one("[data-told]").textContent = text);
  const unique = () => {
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64;
    b[8] = (b[8] & 63) | 128;
    const hex = [...b].map((each) => each.toString(16).padStart(2, "0")).join("");
    return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  };
  const device = () => store.device || (store.device = unique());
  const kept = () =>
    Object.keys(store)
      .filter((key) => key.startsWith(`${queue} `))
      .map((key) => JSON.parse(store[key]))
      .sort((a, b) => a.n - b.n);

  // One key for each tap: two windows never overwrite what the other one keeps.
  const keep = (signup, act) => {
    const n = Number(store.taps || 0) + 1;
    const tap = { id: unique(), n, signup, act, at: Date.now() };
    store.taps = n;
    store[`${queue} ${tap.id}`] = JSON.stringify(tap);
    show();
    send();
  };

  const state = (line, act, text) => {
    line.dataset.state = act;
    one("[data-shown]", line).textContent = text;
    all("[data-do]", line).forEach((each) => (each.hidden = each.dataset.do !== (act === "in" ? "out" : act ? "" : "in")));
  };
  const show = () => {
    const taps = kept();
    for (const { signup, act, at } of taps) {
      const line = one(`[data-signup="${signup}"]`);
      if (line) state(line, act, `${words[act]} ${clock(at)} · ${words.here}`);
    }
    one("[data-count]").textContent = words.number.replace("0", taps.length);
    one("#queue").hidden = !taps.length && navigator.onLine && !one("[data-told]").textContent;
    one("[data-offline]").hidden = navigator.onLine;
    one("[data-send]").hidden = !taps.length;
    if (beat) return;
    if (taps.length) store.unsent = location.pathname;
    else delete store.unsent;
  };

  const ask = async (more) => {
    const answer = await fetch(queue, { ...more, headers: { ...more.headers, "HX-Request": "true" } });
    if (answer.ok) return answer.json();
    throw answer;
  };
  const settle = (taps, { done, refused }) => {
    const said = new Map(refused);
    for (const { id, signup, act, at } of taps) {
      if (!done.includes(id)) continue;
      delete store[`${queue} ${id}`];
      const line = one(`[data-signup="${signup}"]`);
      if (!line) continue;
      if (said.has(id)) state(line, act === "in" ? "" : "in", said.get(id));
      else state(line, act, `${words[act]} ${clock(at)}`);
    }
  };
  // A device says that it has a network before anything comes through.
  const retry = () => {
    clearTimeout(again);
    again = setTimeout(send, wait);
    wait = Math.min(2 * wait, 60000);
  };
  const send = async () => {
    if (sending || !navigator.onLine || !(beat || kept().length)) return;
    sending = true;
    let sent = 0;
    try {
      const { token } = await ask({});
      let taps;
      do {
        taps = kept().slice(0, 100);
        const body = JSON.stringify({ device: device(), now: Date.now(), taps });
        const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
        settle(taps, await ask({ method: "POST", body, headers }));
        sent += taps.length;
      } while (kept().length);
      wait = 1000;
      tell("");
    } catch (problem) {
      const { status } = problem;
      if (beat && status === 404) location.reload();
      else tell({ 401: words.signIn, 403: words.signIn }[status] || (status ? words.broken : words.later));
      if (!status && navigator.onLine) retry();
    }
    sending = false;
    show();
    if (sent) renew();
  };

  const renew = async () => {
    if (!navigator.serviceWorker) return;
    (await navigator.serviceWorker.ready).active.postMessage("keep");
  };

  document.addEventListener("submit", (event) => {
    const { target, submitter } = event;
    if (target.closest("dialog")) {
      event.preventDefault();
      if (submitter.value) keep(Number(dialog.dataset.signup), submitter.value);
      dialog.close();
    } else if (target.closest("[data-signup]")) {
      event.preventDefault();
      keep(Number(target.closest("[data-signup]").dataset.signup), submitter.value);
    }
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-ask]");
    if (event.target.closest("[data-send]")) send();
    if (!link) return;
    event.preventDefault();
    const line = link.closest("[data-signup]");
    const { opens, acts } = link.closest("[data-opens]").dataset;
    const act = line.dataset.state === "in" ? "out" : "in";
    if (line.dataset.state === "out" || !acts.split(" ").includes(act)) return;
    if (Date.now() < Number(opens)) {
      tell(words.opens.replace("0", clock(Number(opens))));
      return show();
    }
    dialog.dataset.signup = line.dataset.signup;
    one("h2", dialog).textContent = one("[data-name]", line).textContent;
    all("[value]", dialog).forEach((button) => (button.hidden = button.value && button.value !== act));
    dialog.showModal();
    clearTimeout(dialog.back);
    dialog.back = setTimeout(() => dialog.close(), 15000);
  });
  addEventListener("online", () => (show(), send()));
  addEventListener("offline", show);
  addEventListener("storage", show);
  setInterval(send, 60000);
  if (beat) setInterval(() => navigator.onLine && !dialog.open && !kept().length && location.reload(), 90000);

  show();
  send();
  if (navigator.serviceWorker) navigator.serviceWorker.register(worker, { scope }).then(renew, () => {});
})();
