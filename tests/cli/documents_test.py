"""The documents: no broken link, no page that nothing leads to, no example that escapes examples_test.py."""
import re

import pytest

import documents
from documents import DOCUMENTS, MANUAL, ROOT

NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]


@pytest.mark.parametrize("name", NAMES)
def test_all_links_lead_somewhere(name):
    assert documents.broken_links(ROOT, name) == []


def test_a_broken_link_is_found(tmp_path):
    (tmp_path / "page.md").write_text("# One heading\n[a](other.md) [b](#one-heading) [c](#two) [d](https://x.org)\n")
    assert documents.broken_links(tmp_path, "page.md") == ["other.md", "#two"]


def test_the_readme_links_every_page():
    linked = {target.partition("#")[0] for target in documents.links_in(MANUAL[0].read_text())}
    assert {f"docs/{page.name}" for page in MANUAL[1:]} <= linked


def test_the_readme_is_short():
    assert len(MANUAL[0].read_text().splitlines()) <= 200


@pytest.mark.parametrize("page", MANUAL, ids=lambda page: page.name)
def test_every_command_with_a_prompt_is_an_example(page):
    text = page.read_text()
    assert len(re.findall(r"^\s*\$ ", text, re.M)) == len(list(documents.examples_in(text)))
    assert set(re.findall(r"^\s*```(\w+)$", text, re.M)) <= {"console", "text", "python"}


def test_the_example_program_is_the_one_that_is_compiled():
    [shown] = re.findall(r"^```cpp\n(.*?)^```", (ROOT / "CONTRIBUTING.md").read_text(), re.M | re.S)
    assert shown == (ROOT / "tests" / "example" / "classify_one.cpp").read_text()
