// A list of people has one stop of the Tab key for each row; arrow keys go to what else can be done.
"use strict";
(() => {
  const LIST = "ul[data-rows]";
  const all = (query, root = document) => [...root.querySelectorAll(query)];
  // What stands in an opened part is typed into: there Tab goes on as ever.
  const stops = (row) => all("a[href], button, summary", row).filter(
    (each) => each.getClientRects().length && !each.closest("details[open] > :not(summary)"));
  const aim = (row, chosen) => stops(row).forEach((each) => (each.tabIndex = each === chosen ? 0 : -1));
  const arrange = () => all(LIST).forEach((list) => {
    all(`#${list.dataset.rows}`).forEach((hint) => (hint.hidden = false));
    [...list.children].forEach((row) => {
      const mine = stops(row);
      aim(row, mine.find((each) => each === document.activeElement) || mine[0]);
    });
  });

  document.addEventListener("keydown", (event) => {
    const along = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const down = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const row = (along || down) && event.target.closest && event.target.closest(`${LIST} > *`);
    const mine = row && stops(row);
    const at = row ? mine.indexOf(event.target) : -1;
    if (at < 0) return;
    event.preventDefault();
    let next = along && mine[at + along];
    for (let other = row; down && !next && other;) {
      other = down > 0 ? other.nextElementSibling : other.previousElementSibling;
      const there = other ? stops(other) : [];
      next = there[Math.min(at, there.length - 1)];
    }
    if (!next) return;
    aim(next.closest(`${LIST} > *`), next);
    next.focus();
  });
  document.addEventListener("htmx:afterSettle", arrange);
  arrange();
})();
