"""What a form is sent that cannot be right, and what the page that comes back has to have."""

from __future__ import annotations

import re

import html5lib

HEADS = {"Error:", "错误："}
SUMMARIES = {"There is a problem", "提交有问题"}
COLON = re.compile(r": |：")
TYPED = {"text", "search", "email", "tel", "url", "number", "date", "time", "datetime-local"}
NONSENSE = {  # what nobody can mean, by the kind of field
    "date": "2026-13-45", "time": "25:61", "datetime-local": "2026-13-45T25:61",
    "number": "x1", "email": "x1", "tel": "x1", "url": "x1",
}  # fmt: skip


def tree(html):
    return html5lib.parse(html, namespaceHTMLElements=False)


def forms(page):
    """The forms of the main part that are filled in and sent."""
    main = page.find(".//main")
    return [] if main is None else [
        each for each in main.iter("form")
        if "form" in classes(each) and each.get("method") == "post"
    ]  # fmt: skip


def classes(element):
    return (element.get("class") or "").split()


def words(element):
    return " ".join("".join(element.itertext()).split())


def fields(element):
    return [each for each in element.iter() if each.tag in {"input", "select", "textarea"}]


def nonsense(form):
    """What is sent with the form, and of it what was typed, by the name of the field."""
    sent, typed, blank = {}, {}, False
    for each in fields(form):
        name, kind = each.get("name"), each.get("type", "text")
        if not name or each.get("disabled") is not None:
            continue
        if each.tag == "select":
            options = list(each.iter("option"))
            chosen = [o for o in options if o.get("selected") is not None] or options[:1]
            sent.setdefault(name, []).extend(o.get("value", "") for o in chosen)
        elif kind in {"checkbox", "radio"}:
            if each.get("checked") is not None:
                sent.setdefault(name, []).append(each.get("value", "on"))
        elif kind == "hidden":
            sent.setdefault(name, []).append(each.get("value", ""))
        elif each.tag == "textarea" or kind in TYPED:
            value = NONSENSE.get(kind, "x1" if each.get("inputmode") else f"?{name}")
            if not blank and value.startswith("?") and each.get("required") is not None:
                value, blank = "", True
            sent.setdefault(name, []).append(value)
            typed[name] = value
    return sent, typed


def faults(html, typed):
    """What is missing on the page that refuses (A2 to A5, A7)."""
    page = tree(html)
    ids = {e.get("id"): e for e in page.iter() if e.get("id")}
    title, found = words(page.find(".//title")), []
    if not any(title.startswith(head) for head in HEADS):
        found.append(f"the title does not say so: {title}")
    summaries = [e for e in page.iter() if e.get("data-problem") is not None]
    if len(summaries) != 1:
        return [*found, f"{len(summaries)} summaries"]
    (summary,) = summaries
    if summary.get("role") or summary.get("aria-labelledby"):
        found.append("the summary itself has a role or is labelled")
    if [child.get("role") for child in summary] != ["alert"]:
        found.append("no alert in the summary")
    if words(summary.find(".//h2")) not in SUMMARIES:
        found.append("the summary has no head")
    links = [(a.get("href", "")[1:], words(a)) for a in summary.iter("a")]
    if not links and not [li for li in summary.iter("li") if words(li)]:
        found.append("the summary names nothing")
    found += [f"a link to nothing: #{there}" for there, _ in links if there not in ids]
    found += _of_fields(page, ids, links)
    found += [
        f"{name} is {_value(page, name)!r}, not what was typed: {value!r}"
        for name, value in typed.items() if value not in _value(page, name)
    ]  # fmt: skip
    asking = [f for f in page.iter("form") if "form" in classes(f)]
    return found + ["the browser checks first" for f in asking if f.get("novalidate") is None]


def unaided(page):
    """Fields for what a device knows of its owner that do not say what they are for (A8)."""
    for each in page.iter("input"):
        name, kind = each.get("name") or "", each.get("type", "text")
        told = each.get("autocomplete") or ""
        if kind not in TYPED | {"password"}:
            continue
        if name.endswith("phone") and kind != "tel":
            yield f"{name} is no field for a phone: {kind}"
        if name.endswith("email") and kind != "email":
            yield f"{name} is no field for an address of mail: {kind}"
        if kind == "password" and not told.endswith("-password"):
            yield f"{name} is unknown to what keeps passwords"
        if told == "one-time-code" and each.get("inputmode") != "numeric":
            yield f"{name} brings no keys of figures"


def _of_fields(page, ids, links):
    """Each message is the field's own, and said on top as well."""
    parents = {child: parent for parent in page.iter() for child in parent}
    for message in page.iter("p"):
        if "error" not in classes(message) or not message.get("id"):
            continue  # without a name it is a script's, and waits
        own = message.get("id", "").removesuffix("-error")
        head, _, text = words(message).partition(" ")
        if head not in HEADS:
            yield f"{own}: the message does not begin with a word for those who hear it"
        said = [told for there, told in links if there in {own, f"{own}-0"}]
        if text not in " ".join(COLON.split(told, maxsplit=1)[-1] for told in said):
            yield f"{own}: not said on top: {text}"
        field = ids.get(own)
        if field is None:
            yield f"{own}: no such field"
            continue
        described = (field.get("aria-describedby") or "").split()
        wanted = [f"{own}-error", *([f"{own}-hint"] if f"{own}-hint" in ids else [])]
        yield from (f"{own} is not described by {w}" for w in wanted if w not in described)
        marked = [field, *field.iter("input")]
        if not any(e.get("aria-invalid") == "true" for e in marked):
            yield f"{own}: not marked as wrong"
    for field in fields(page):
        around = [field]
        while around[-1] in parents:
            around.append(parents[around[-1]])
        told = " ".join(e.get("aria-describedby") or "" for e in around)
        if field.get("aria-invalid") == "true" and "-error" not in told:
            yield f"{field.get('name')}: marked as wrong without a message"


def _value(page, name):
    return [
        e.get("value", "") if e.tag == "input" else "".join(e.itertext()).removeprefix("\n")
        for e in fields(page) if e.get("name") == name and e.tag != "select"
    ]  # fmt: skip
