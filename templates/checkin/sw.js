// Opens the leader's list and the kiosk without a network, and nothing else. One release, one cache.
"use strict";
const CACHE = "checkin-{{ release }}";
const ASSETS = {{ assets | tojson }};
const ROOT = {{ request.script_root | tojson }};
const PAGES = /^\/checkin\/(kiosk|shifts\/\d+\/list)$/;
const KIOSK = `${ROOT}/checkin/kiosk`;
const PATIENCE = 4000;
const ANY = { ignoreVary: true };

const pageOf = (address) => {
  const { origin, pathname } = new URL(address);
  const ours = origin === location.origin && pathname.startsWith(ROOT);
  return ours && PAGES.test(pathname.slice(ROOT.length)) ? pathname : null;
};
// A tablet that is the kiosk has no account any more: nothing of a leader's list stays on it.
const alone = async (cache, kiosk) => {
  for (const { url } of await cache.keys()) if (![null, kiosk].includes(pageOf(url))) await cache.delete(url, ANY);
};
const put = async (page, answer, body) => {
  if (answer.status === 200 && !answer.redirected) {
    const cache = await caches.open(CACHE);
    if (page === KIOSK) await alone(cache, page);
    await cache.put(page, new Response(body, { headers: answer.headers }));
  } else if (answer.status < 500) for (const name of await caches.keys()) await (await caches.open(name)).delete(page, ANY);
};
// What was asked for last counts: a slow answer never brings back a page that is gone since.
let asked = 0;
let line = Promise.resolve();
const told = new Map();
const ask = async (page, request = page) => {
  const mine = ++asked;
  const answer = await fetch(request);
  const body = await answer.clone().blob();
  const settle = async () => {
    if ([page, KIOSK].some((each) => told.get(each) > mine)) return;
    told.set(page, mine);
    await put(page, answer, body);
  };
  const settled = line.then(settle);
  line = settled.catch(() => null);
  return { answer, settled };
};
const keep = async (page) => (await ask(page)).settled;
const open = async (request, page) => {
  const answered = ask(page, request).then(async ({ answer, settled }) => {
    await settled.catch(() => null);
    return answer;
  });
  const late = new Promise((tell) => setTimeout(tell, PATIENCE));
  const answer = await Promise.race([answered, late]).catch(() => null);
  if (answer && answer.status < 500) return answer;
  return (await caches.match(page, ANY)) || answered;
};
const move = async (name) => {
  const old = await caches.open(name);
  for (const { url } of await old.keys()) if (pageOf(url)) await keep(pageOf(url));
  await caches.delete(name);
};

addEventListener("install", (event) => {
  const stored = caches.open(CACHE).then((cache) => cache.addAll(ASSETS));
  event.waitUntil(stored.then(() => skipWaiting()));
});
addEventListener("activate", (event) => {
  const others = caches.keys().then((names) => names.filter((name) => name.startsWith("checkin-") && name !== CACHE));
  // A page that cannot be fetched anew stays with the files of its own release.
  const moved = others.then((names) => Promise.allSettled(names.map(move)));
  event.waitUntil(moved.then(() => clients.claim()));
});
addEventListener("message", (event) => {
  const page = event.data === "keep" && pageOf(event.source.url);
  if (page) event.waitUntil(keep(page).catch(() => null));
});
addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const page = request.mode === "navigate" && pageOf(request.url);
  if (page) event.respondWith(open(request, page));
  else if (new URL(request.url).pathname.startsWith(`${ROOT}/static/`))
    event.respondWith(caches.match(request, ANY).then((found) => found || fetch(request)));
});
