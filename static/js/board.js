// Dragging a person to another position of the board: it fills in the form that moves, nothing else.
"use strict";
(() => {
  let dragged;
  const spot = (event) => {
    const element = event.target.closest ? event.target : event.target.parentElement;
    const slot = dragged && element.closest(".slot");
    const near = element.closest("[data-need]") || (slot && slot.querySelector("[data-need]"));
    return near && !near.contains(dragged) ? near : null;
  };
  const mark = (element) => {
    document.querySelectorAll(".aimed").forEach((each) => each.classList.remove("aimed"));
    if (element) element.classList.add("aimed");
  };

  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest && event.target.closest("[data-signup]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.textContent.trim());
  });
  document.addEventListener("dragover", (event) => {
    const aim = dragged && spot(event);
    mark(aim);
    if (aim) event.preventDefault();
  });
  document.addEventListener("dragend", () => {
    mark();
    dragged = null;
  });
  document.addEventListener("drop", (event) => {
    const aim = dragged && spot(event);
    if (!aim) return;
    event.preventDefault();
    const form = document.querySelector("#mover");
    form.elements.signup.value = dragged.dataset.signup;
    form.elements.need.value = aim.dataset.need;
    form.requestSubmit();
  });

  // What is asked then is read first; the mouse left the focus where it was.
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (!detail.requestConfig || detail.requestConfig.elt.id !== "mover") return;
    const heading = document.querySelector("#move h2");
    heading.tabIndex = -1;
    heading.focus();
  });

  // From cell to cell by arrow keys; Tab goes through all of them as ever.
  document.addEventListener("keydown", (event) => {
    const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
    const cell = step && event.target.closest && event.target.closest("table.board td");
    if (!cell) return;
    const rows = [...cell.closest("tbody").rows];
    let [row, column] = [rows.indexOf(cell.parentElement), cell.cellIndex];
    for (;;) {
      [row, column] = [row + step[0], column + step[1]];
      const next = rows[row] && rows[row].cells[column];
      if (!next) return;
      const link = next.querySelector("a[href]");
      if (link) {
        event.preventDefault();
        return link.focus();
      }
    }
  });
})();
