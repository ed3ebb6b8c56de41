"""`cmake --install` makes a tree that works in any place."""
import json
import shutil
import subprocess

import pytest

import documents
from program import BUILD, ROOT, SAMPLES


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    if not shutil.which("cmake"):
        pytest.skip("cmake is not installed")
    root = tmp_path_factory.mktemp("usr")
    subprocess.run(["cmake", "--install", BUILD, "--prefix", root], check=True, capture_output=True)
    moved = root.with_name("moved")
    root.rename(moved)
    return moved


def test_the_installed_program_classifies(tree):
    done = subprocess.run([tree / "bin" / "imnet", "--no-weights", "--model", "resnet18", "--format", "jsonl",
                           SAMPLES / "rocket.jpg"], capture_output=True, env={})
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["top"]) == 5


def test_the_model_that_comes_with_imnet_is_installed_with_its_license(tree):
    data = tree / "share" / "imnet"
    if not (BUILD / "share" / "imnet" / "efficientnet-lite2-9656183e.pth").exists():
        pytest.skip("this build has no model (scripts/setup installs it)")
    done = subprocess.run([tree / "bin" / "imnet", "--model", "efficientnet_lite2", "--format", "jsonl",
                           SAMPLES / "coffee.png"], capture_output=True, env={}, cwd="/")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["top"][0]["label"] == "espresso"
    assert (data / "efficientnet-lite2-9656183e.pth").is_file()
    assert "Apache" in (data / "efficientnet-lite2.LICENSE").read_text()


def test_man_page_tables_and_completions_are_installed(tree):
    assert (tree / "share/man/man1/imnet.1").read_text().startswith(".\\\"")
    assert len((tree / "share/imnet/imagenet_classes.tsv").read_text().splitlines()) == 1001
    assert "IMAGENET1K_V2" in (tree / "share/imnet/published.tsv").read_text()
    for completions in ("bash-completion/completions/imnet", "zsh/site-functions/_imnet",
                        "fish/vendor_completions.d/imnet.fish"):
        assert "imnet" in (tree / "share" / completions).read_text()


def test_the_documents_are_installed_and_their_links_lead_somewhere(tree):
    folder = tree / "share" / "doc" / "imnet"
    for document in documents.DOCUMENTS:
        name = document.relative_to(ROOT)
        assert (folder / name).read_bytes() == document.read_bytes()
        assert documents.broken_links(folder, name) == []


def test_a_missing_engine_is_named(tree, tmp_path):
    alone = tmp_path / "bin"
    alone.mkdir()
    shutil.copy(tree / "bin" / "imnet", alone)
    done = subprocess.run([alone / "imnet", "--no-weights", "--model", "resnet18", SAMPLES / "rocket.jpg"], capture_output=True)
    assert done.returncode == 3 and b"libimnet_torch.so" in done.stderr
