// Signing in by location: asked of the device when the button is pressed, sent once, kept nowhere.
"use strict";
(() => {
  const forms = () => document.querySelectorAll("form[data-here]");
  const wake = () => {
    if (navigator.geolocation) forms().forEach((form) => (form.hidden = false));
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("form[data-here] button");
    if (!button) return;
    const form = button.form;
    const lost = form.querySelector("[data-here-lost]");
    lost.hidden = true;
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        button.disabled = false;
        for (const name of ["latitude", "longitude", "accuracy"]) form.elements[name].value = coords[name];
        form.requestSubmit();
      },
      () => {
        button.disabled = false;
        lost.hidden = false;
      },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 0 },
    );
  });
  document.addEventListener("htmx:load", wake);
  wake();
})();
