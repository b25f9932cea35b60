"""The style of the house, asserted: imports, templates, messages, translations, rulebook."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from talent.messages.models import MessageKind
from talent.rulebook import printed

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
PAGES = sorted(TEMPLATES.rglob("*.html"))
SOURCES = sorted((ROOT / "talent").rglob("*.py"))
CATALOGUE = ROOT / "talent/translations/zh/LC_MESSAGES/messages.po"


def names(paths):
    return [str(p.relative_to(ROOT)) for p in paths]


def test_imports_look_down_and_never_up():
    told = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout[-3000:]


def test_the_rulebook_is_fresh():
    assert (ROOT / "docs/rulebook.md").read_text(encoding="utf-8") == printed()


def test_only_the_three_doors_commit():
    doors = {"talent/db.py", "talent/web.py"}
    found = {
        n for n, p in zip(names(SOURCES), SOURCES, strict=True) if ".commit()" in p.read_text()
    }
    assert found == doors


def test_no_name_that_says_nothing():
    banned = r"(^|_)(manager|handler|helper|helpers|utils|util|process|misc|common)(_|$)"
    assert [n for n in names(SOURCES) if re.search(banned, Path(n).stem)] == []


def test_templates_hold_no_script_style_or_unescaped_text():
    wrong = [
        (name, mark)
        for name, page in zip(names(PAGES), PAGES, strict=True)
        for mark in (
            r"\|\s*safe\b",
            r"\sstyle=",
            r"\son[a-z]+=",
            r"<style",
            r"javascript:",
            r"hx-on",
        )
        if re.search(mark, page.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_every_form_that_writes_carries_a_token():
    wrong = []
    for name, page in zip(names(PAGES), PAGES, strict=True):
        for form in re.findall(r"<form\b.*?</form>", page.read_text(encoding="utf-8"), re.DOTALL):
            posts = re.search(r'method="post"', form[: form.find(">") + 400])
            if posts and not re.search(r"csrf|hidden_tag|form_proof\(", form):
                wrong.append(name)
    assert wrong == []


def test_no_page_asks_another_host():
    wrong = [
        (name, url)
        for name, page in zip(names(PAGES), PAGES, strict=True)
        for url in re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*', page.read_text("utf-8"))
    ]
    assert wrong == []


def test_fragments_have_one_root_with_an_id():
    wrong = []
    for page in PAGES:
        if page.name.startswith("_") and "ui" not in page.parts:
            text = re.sub(r"{#.*?#}|{%.*?%}", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
            first = re.match(r"\s*<([a-z]+)\b([^>]*)", text)
            if not first or "id=" not in first[2]:
                wrong.append(str(page.relative_to(ROOT)))
    assert wrong == []


@pytest.mark.parametrize("kind", MessageKind)
def test_each_kind_of_message_has_its_three_texts(kind):
    folder = TEMPLATES / "messages" / kind.value
    assert {p.name for p in folder.iterdir()} == {"subject.txt", "body.txt", "body.html"}


def catalogue():
    with CATALOGUE.open("rb") as file:
        return [m for m in read_po(file, locale="zh") if m.id]


def test_every_sentence_is_translated():
    missing = [
        m.id
        for m in catalogue()
        if m.fuzzy or not (all(m.string) if isinstance(m.string, tuple) else m.string)
    ]
    assert missing == []


def test_translations_keep_the_facts_of_their_sentence():
    wrong = []
    for message in catalogue():
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        facts = set(re.findall(r"%\((\w+)\)", ids[-1]))
        wrong += [ids[0] for s in strings if set(re.findall(r"%\((\w+)\)", s)) != facts]
    assert wrong == []


def test_the_catalogue_holds_exactly_the_sentences_of_the_code(tmp_path):
    fresh = tmp_path / "fresh.pot"
    subprocess.run(
        [Path(sys.executable).parent / "pybabel", "-q", "extract", "-F", "babel.cfg",
         "-k", "N_", "-k", "_l", "-o", fresh, "."],
        cwd=ROOT, check=True,
    )  # fmt: skip
    with fresh.open("rb") as file:
        said = {m.id for m in read_po(file) if m.id}
    assert {m.id for m in catalogue()} == said


def test_nothing_is_left_to_do_later():
    words = "TO" + "DO|FIX" + "ME|raise NotImplemented" + "Error"
    paths = [*SOURCES, *PAGES, *(ROOT / "tests").rglob("*.py")]
    assert [
        n for n, p in zip(names(paths), paths, strict=True) if re.search(words, p.read_text())
    ] == []
