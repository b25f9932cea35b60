// Passkeys: the browser is asked for one when the form is sent, and its answer goes along.
"use strict";
(() => {
  const FORMS = "form[data-passkey]";
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const described = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));
  const read = (asked) => ({
    ...asked,
    challenge: bytes(asked.challenge),
    ...(asked.user && { user: { ...asked.user, id: bytes(asked.user.id) } }),
    ...(asked.excludeCredentials && { excludeCredentials: described(asked.excludeCredentials) }),
    ...(asked.allowCredentials && { allowCredentials: described(asked.allowCredentials) }),
  });
  const written = (found) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
      if (found.response[name]) response[name] = text(found.response[name]);
    return JSON.stringify({
      id: found.id,
      rawId: text(found.rawId),
      type: found.type,
      response,
      clientExtensionResults: {},
    });
  };
  const wake = () => {
    if (window.PublicKeyCredential) document.querySelectorAll(FORMS).forEach((form) => (form.hidden = false));
  };

  window.addEventListener(
    "submit",
    async (event) => {
      const form = event.target.closest(FORMS);
      if (!form || form.elements.credential.value) return;
      event.preventDefault();
      event.stopPropagation();
      const lost = form.querySelector("[data-passkey-lost]");
      lost.hidden = true;
      try {
        const asked = { publicKey: read(JSON.parse(form.dataset.asked)) };
        form.elements.credential.value = written(await navigator.credentials[form.dataset.passkey](asked));
        form.requestSubmit();
      } catch {
        lost.hidden = false;
      }
    },
    true,
  );
  document.addEventListener("htmx:load", wake);
  wake();
})();
