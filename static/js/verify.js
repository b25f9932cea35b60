// Reads the code on a certificate without a network. The bytes are those of payload/layout.py.
const { keys: list, library, worker, scope } = document.body.dataset;
const one = (query, root = document) => root.querySelector(query);
const words = one("#result").dataset;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BODY = 43;
const SIZE = BODY + 64;

const hex = (bytes) => [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
const bytesOf = (base64) => Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
const digest = async (text) => hex(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));

// ---- the code ------------------------------------------------------------------------------
const codeIn = (typed) => {
  const text = typed.trim().split("/").pop().toUpperCase();
  const code = new Uint8Array(SIZE);
  let [bits, held, place] = [0, 0, 0];
  for (const letter of text) {
    const value = LETTERS.indexOf(letter);
    if (value < 0) return null;
    bits = (bits << 5) | value;
    held += 5;
    if (held < 8) continue;
    held -= 8;
    if (place === SIZE) return null;
    code[place++] = bits >> held;
    bits &= (1 << held) - 1;
  }
  return place === SIZE && held < 5 && bits === 0 ? code : null;
};
const checkLetter = (body) => {
  const total = [...body].reverse().reduce((sum, letter, place) => {
    const value = DIGITS.indexOf(letter) * (place % 2 ? 1 : 2);
    return sum + Math.floor(value / 32) + (value % 32);
  }, 0);
  return DIGITS[(32 - (total % 32)) % 32];
};
const numberOf = (year, bits) => {
  let letters = "";
  for (let place = 11n; place >= 0n; place--) letters += DIGITS[Number((bits >> (5n * place)) & 31n)];
  const body = String(year).padStart(4, "0") + letters;
  return `ZM${body.slice(0, 4)}-${body.slice(4, 8)}-${body.slice(8, 12)}-${body.slice(12)}${checkLetter(body)}`;
};
const saidIn = (code) => {
  const view = new DataView(code.buffer, 0, BODY);
  const bits = view.getBigUint64(7);
  if (![1, 2].includes(view.getUint8(0)) || bits >> 60n) return null;
  const [issued, first, last] = [15, 17, 19].map((place) => new Date(view.getUint16(place) * 864e5));
  return {
    kind: view.getUint8(0) === 2 ? "training" : "service",
    key: hex(code.slice(1, 5)),
    number: numberOf(view.getUint16(5), bits),
    issued, first, last,
    minutes: view.getUint32(21),
    verified: view.getUint32(25),
    name: hex(code.slice(29, 35)),
  };
};

// ---- the signature -------------------------------------------------------------------------
const signed = async (spki, signature, body) => {
  try {
    const key = await crypto.subtle.importKey("spki", spki, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, key, signature, body);
  } catch (problem) {
    // An older browser: the last 32 bytes are the key itself.
    const { verifyAsync } = await import(library);
    return verifyAsync(signature, body, spki.slice(-32), { zip215: false });
  }
};
let known = null;
const keys = async () => {
  if (!known) {
    const answer = await fetch(list);
    if (!answer.ok) throw answer;
    known = await answer.json();
  }
  return known;
};
const signer = async (said, code) => {
  for (const key of (await keys()).keys) {
    if (!key.fingerprint.startsWith(said.key)) continue;
    if (await signed(bytesOf(key.public), code.slice(BODY), code.slice(0, BODY))) return key;
  }
  return null;
};

// ---- what is shown -------------------------------------------------------------------------
const language = document.documentElement.lang;
const written = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" });
const moment = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
const hours = (minutes) => {
  const [whole, rest] = [Math.floor(minutes / 60), minutes % 60];
  const text = !whole ? words.minutes : rest ? words.both : words.hours;
  return text.replace("{h}", whole).replace("{m}", rest);
};
const put = (name, text) => (one(`[data-put="${name}"]`).textContent = text);
const show = (state) => {
  const result = one("#result");
  result.hidden = false;
  for (const each of result.querySelectorAll("[data-when]")) each.hidden = !each.dataset.when.split(" ").includes(state);
  result.scrollIntoView({ block: "start" });
  one("h2:not([hidden])", result)?.focus();
};
let shown = null;
const check = async (typed) => {
  shown = null;
  one("#named").textContent = "";
  const code = codeIn(typed);
  const said = code && saidIn(code);
  if (!said) return show("no-code");
  if (!window.isSecureContext) return show("insecure");
  let key;
  try {
    key = await signer(said, code);
  } catch (problem) {
    return show("no-keys");
  }
  if (!key) return show("false");
  shown = said;
  put("kind", words[said.kind]);
  put("number", said.number);
  put("issued", written.format(said.issued));
  put("period", `${written.format(said.first)} – ${written.format(said.last)}`);
  put("total", hours(said.minutes));
  put("verified", hours(said.verified));
  put("hand", hours(said.minutes - said.verified));
  put("office", (language.startsWith("zh") ? key.office_zh : key.office_en || key.office_zh) || words.several);
  // The code says the day alone: the whole day of the withdrawal counts as after it.
  const doubtful = key.withdrawn && said.issued.getTime() + 864e5 >= Date.parse(key.withdrawn);
  show(doubtful ? "withdrawn" : "true");
};
const compare = async (typed) => {
  const found = await digest(`${shown.number}\0${typed.trim().normalize("NFC")}`);
  one("#named").textContent = found.startsWith(shown.name) ? words.same : words.other;
};
const tellAge = async () => {
  try {
    const { as_of: asOf } = await keys();
    put("as-of", words.asOf.replace("{moment}", moment.format(new Date(asOf))));
  } catch (problem) {
    put("as-of", words.noList);
  }
};

// ---- where codes come from: typed, a picture, the camera ------------------------------------
const readable = "BarcodeDetector" in window;
const detector = () => new BarcodeDetector({ formats: ["qr_code"] });
const watch = async () => {
  const video = one("video");
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const stop = () => {
    stream.getTracks().forEach((track) => track.stop());
    video.hidden = true;
  };
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  const eye = detector();
  const look = async () => {
    if (video.hidden) return;
    const [found] = await eye.detect(video).catch(() => []);
    if (!found) return void setTimeout(look, 200);
    stop();
    check(found.rawValue);
  };
  look();
};
one("#code").addEventListener("submit", (event) => {
  event.preventDefault();
  check(one("#address").value);
});
one("#compare").addEventListener("submit", (event) => {
  event.preventDefault();
  if (shown) compare(one("#name").value);
});
if (readable) {
  one("#picture").closest(".field").hidden = false;
  one("#picture").addEventListener("change", async ({ target }) => {
    const [file] = target.files;
    const [found] = file ? await detector().detect(await createImageBitmap(file)).catch(() => []) : [];
    if (file) check(found ? found.rawValue : "");
  });
  if (navigator.mediaDevices) {
    one("#camera").hidden = false;
    one("#camera").addEventListener("click", () => watch().catch(() => show("no-camera")));
  }
}

tellAge();
const here = location.pathname.startsWith(`${scope}c/`) ? location.pathname : "";
if (here) check(here);
if (navigator.serviceWorker)
  navigator.serviceWorker
    .register(worker, { scope })
    .then(() => navigator.serviceWorker.ready)
    .then(() => (document.body.dataset.ready = "1"), () => {});
