"""The documents that are installed with the program, and the examples in them."""
import re

from program import ROOT

MANUAL = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
DOCUMENTS = [*MANUAL, ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", ROOT / "bench" / "README.md",
             ROOT / "scale" / "README.md", ROOT / "weights" / "README.md", ROOT / "samples" / "LICENSES.md"]


def examples_in(text):
    """(command, lines of output that the text shows) of all console blocks."""
    for block in re.findall(r"^```console\n(.*?)^```", text, re.M | re.S):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, output = part.partition("\n")
            yield command, output.splitlines()


def man_examples():
    roff = (ROOT / "man" / "imnet.1").read_text().split(".SH EXAMPLES")[1]
    for command in re.findall(r"^\.RS\n(.*)\n\.RE", roff, re.M):
        yield command.replace("\\-", "-"), []


def links_in(text):
    """The targets of all links and images, without those to the web."""
    targets = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))
    return [target for target in targets if not re.match(r"https?:", target)]


def anchors_in(text):
    """The anchors that GitHub gives to the headings."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(folder, document):
    """The links of a document in a folder that lead nowhere."""
    broken = []
    for target in links_in((folder / document).read_text()):
        name, _, anchor = target.partition("#")
        file = (folder / document).parent / name if name else folder / document
        if not file.exists() or (anchor and anchor not in anchors_in(file.read_text())):
            broken.append(target)
    return broken
