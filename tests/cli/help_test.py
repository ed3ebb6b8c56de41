"""--help, --version, the man page and the completions: fast, complete, and consistent."""
import re
import shutil
import subprocess

import pytest

from commands import COMMANDS, options_in, options_of
from program import PROGRAM, ROOT, imnet

def test_the_list_of_commands_is_that_of_the_completions():
    script = imnet("--generate", "complete-bash").stdout.decode()
    completed = [tuple(words.split()) for words in re.findall(r"^ +'([a-z ]+)'(?:\\ \*)?\) options=", script, re.M)]
    assert len(completed) >= 13 and COMMANDS == [(), *completed]


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_has_help(words):
    done = imnet(*words, "--help")
    assert done.returncode == 0 and done.stderr == b""
    assert f"imnet {' '.join(words)}".strip() in done.stdout.decode()
    assert "--help" in options_in(done.stdout.decode())
    assert imnet(*words, "-h").stdout == done.stdout


def test_no_line_of_help_is_wider_than_a_terminal():
    for words in COMMANDS:
        for line in imnet(*words, "--help").stdout.decode().splitlines():
            assert len(line) <= 90, line


@pytest.mark.parametrize("word", ["--help", "--version"])
def test_help_and_version_load_no_engine(word):
    done = subprocess.run([PROGRAM, word], capture_output=True, env={"LD_DEBUG": "libs"}, check=True)
    loaded = done.stderr.decode()
    assert "libc.so" in loaded  # the trace works
    assert "torch" not in loaded and "c10" not in loaded and "gomp" not in loaded


def test_version_lists_what_is_built_in():
    text = imnet("--version").stdout.decode()
    assert re.match(r"imnet \d+\.\d+\.\d+\n", text)
    for part in ("oneDNN", "libtorch", "libjpeg-turbo", "libwebp", "libheif", "libtiff", "openjpeg", "libjxl", "libarchive", "stb_image"):
        assert part in text


def test_the_man_page_in_the_tree_is_up_to_date():
    assert (ROOT / "man" / "imnet.1").read_bytes() == imnet("--generate", "man").stdout, \
        "run: imnet --generate man > man/imnet.1"


def test_help_man_page_and_completions_know_the_same_options():
    in_help = set().union(*map(options_of, COMMANDS))
    roff = imnet("--generate", "man").stdout.decode()
    in_man = {name.replace("\\-", "-") for name in re.findall(r"^(?:\\fB\\-\w\\fR, )?\\fB(\\-\\-[a-z\\-]+)\\fR", roff, re.M)}
    assert in_man == in_help
    for shell in ("bash", "zsh", "fish"):
        script = imnet("--generate", f"complete-{shell}").stdout.decode()
        for option in in_help:
            wanted = f"-l {option[2:]} " if shell == "fish" else option
            assert wanted in script, (shell, option)


def test_groff_has_no_warning_about_the_man_page():
    if not shutil.which("groff"):
        pytest.skip("groff is not installed")
    done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", ROOT / "man" / "imnet.1"], capture_output=True)
    assert done.returncode == 0 and done.stderr == b""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions_parse(shell):
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    subprocess.run([shell, "-n"], input=imnet("--generate", f"complete-{shell}").stdout, check=True)


def bash_completes(*words):
    script = imnet("--generate", "complete-bash").stdout.decode()
    line = " ".join(f"'{word}'" for word in words)
    done = subprocess.run(
        ["bash", "-c", f"compopt() {{ :; }}\n{script}\nCOMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _imnet; "
         "printf '%s\\n' \"${COMPREPLY[@]}\""], capture_output=True, check=True)
    return done.stdout.decode().split()


def test_bash_completes_commands_options_and_values():
    assert bash_completes("imnet", "su") == ["summary"]
    assert bash_completes("imnet", "weights", "") == ["path", "fetch", "verify", "inspect", "convert"]
    assert bash_completes("imnet", "--no-w") == ["--no-weights"]
    assert bash_completes("imnet", "--format", "js") == ["json", "jsonl"]
    assert bash_completes("imnet", "summary", "--model", "test_") == ["test_resnet"]
    assert bash_completes("imnet", "models", "--") == ["--format", "--help"]
    assert "--top" in bash_completes("imnet", "photo.jpg", "--")
    assert "--top" not in bash_completes("imnet", "summary", "--")
