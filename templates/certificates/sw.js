// Opens the page that reads codes without a network, and nothing else. One release, one cache.
"use strict";
const CACHE = "verify-{{ release }}";
const ASSETS = {{ assets | tojson }};
const PAGE = {{ page | tojson }};
const KEYS = {{ keys | tojson }};
const CODES = {{ codes | tojson }};
const PATIENCE = 4000;
const ANY = { ignoreVary: true };

const keep = async (kept, answer) => (await caches.open(CACHE)).put(kept, answer);
// Fresh when the network answers, else what was kept.
const fresh = async (asked, kept) => {
  const answer = fetch(asked);
  const late = new Promise((tell) => setTimeout(tell, PATIENCE));
  const first = await Promise.race([answer, late]).catch(() => null);
  if (first && first.status < 500) {
    if (first.status === 200 && !first.redirected && new URL(asked.url).pathname === kept)
      await keep(kept, first.clone()).catch(() => null); // a full device still shows the answer
    return first;
  }
  return (await caches.match(kept, ANY)) || answer;
};

addEventListener("install", (event) => {
  const stored = caches.open(CACHE).then((cache) => cache.addAll([...ASSETS, PAGE, KEYS]));
  event.waitUntil(stored.then(() => skipWaiting()));
});
addEventListener("activate", (event) => {
  const ours = (name) => name.startsWith("verify-") && name !== CACHE;
  const cleared = caches.keys().then((names) => Promise.all(names.filter(ours).map((name) => caches.delete(name))));
  event.waitUntil(cleared.then(() => clients.claim()));
});
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (pathname === KEYS) event.respondWith(fresh(request, KEYS));
  else if (request.mode === "navigate" && (pathname === PAGE || pathname.startsWith(CODES)))
    event.respondWith(fresh(request, PAGE));
  else if (ASSETS.includes(pathname))
    event.respondWith(caches.match(request, ANY).then((found) => found || fetch(request)));
});
