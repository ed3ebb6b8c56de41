"""`imnet weights fetch` and `imnet weights verify`, with random nets of the right shape instead of the published weights.
download_test.py tests what may happen during a download."""
import hashlib
import os
import pty
import shutil
import signal
import subprocess

import pytest

import checkpoints
from http_servers import ENVIRONMENT, LIBCURL, NGINX, Answer, Nginx, ScriptedServer, wait_for
from program import PROGRAM, SAMPLES, imnet

FILE = "resnetv2_50.a1h_in1k.safetensors"  # nobody has published its hash
KEPT = FILE + ".sha256"
NAMED = ("--model", "resnetv2_50", "a1h_in1k")
NO_PROXY = {"no_proxy": "127.0.0.1"}

needs_libcurl = pytest.mark.skipif(not LIBCURL, reason="this build has no libcurl")
needs_nginx = pytest.mark.skipif(not (NGINX and LIBCURL), reason="nginx is not installed, or libcurl not built in")


@pytest.fixture(scope="module")
def mirror(tmp_path_factory):
    """An nginx that serves a net for resnetv2_50."""
    folder = tmp_path_factory.mktemp("mirror")
    (folder / "www").mkdir()
    checkpoints.write(folder / "www" / FILE, checkpoints.pre_activation_resnet50())
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def server(mirror):
    (mirror / "access.log").unlink(missing_ok=True)
    with Nginx(mirror, "location /old/ { return 302 /$uri_file; }".replace("$uri_file", FILE)) as nginx:
        yield nginx


@pytest.fixture
def caches(tmp_path):
    """An environment with empty caches."""
    yield {"IMNET_CACHE": tmp_path / "own", "TORCH_HOME": tmp_path / "torch", "HF_HUB_CACHE": tmp_path / "hub",
           **NO_PROXY}
    shutil.rmtree(tmp_path)  # nets are large


def fetch(caches, *words):
    return imnet("weights", "fetch", *words, **caches)


def refused(done, status, *parts):
    lines = done.stderr.decode().splitlines()
    assert done.returncode == status and done.stdout == b"", lines
    assert lines[-1].startswith("imnet: "), lines
    for part in parts:
        assert part in lines[-1]


@needs_nginx
def test_fetched_weights_are_found_by_their_name(server, caches):
    own = caches["IMNET_CACHE"] / FILE
    done = fetch(caches, *NAMED, "--url", server.url + "/")  # a mirror: the name of the file is added
    assert done.returncode == 0 and done.stdout == os.fsencode(own) + b"\n"
    assert f"downloading {server.url}/{FILE} to {own} (98 MiB)" in done.stderr.decode()
    assert b"no hash of these weights is known" in done.stderr and b"\x1b" not in done.stderr
    assert own.read_bytes() == (server.www / FILE).read_bytes()
    assert sorted(os.listdir(own.parent)) == [FILE, KEPT]
    assert (own.parent / KEPT).read_text() == f"{hashlib.sha256(own.read_bytes()).hexdigest()}  {FILE}\n"

    again = fetch(caches, *NAMED, "--url", server.url + "/")
    assert again.returncode == 0 and again.stdout == done.stdout and b"already on this machine" in again.stderr
    assert imnet("weights", "path", "--model", "resnetv2_50", **caches).stdout == done.stdout
    assert imnet("--model", "resnetv2_50", SAMPLES / "rocket.jpg", **caches).returncode == 0
    verified = imnet("weights", "verify", *NAMED, **caches)
    assert verified.returncode == 0 and b"ok (as it was downloaded)" in verified.stdout
    assert server.requests() == [f"GET /{FILE} 200 -"]


@needs_nginx
def test_weights_are_checked_against_the_hash_of_their_first_download(server, caches):
    own = caches["IMNET_CACHE"] / FILE
    assert fetch(caches, *NAMED, "--url", server.url + "/").returncode == 0
    own.write_bytes(own.read_bytes()[:-1] + b"\1")
    refused(fetch(caches, *NAMED), 3, "it has changed since it was downloaded", KEPT, "delete it")
    verified = imnet("weights", "verify", *NAMED, **caches)
    assert verified.returncode == 3 and b"WRONG (expected " in verified.stdout
    by_path = imnet("weights", "verify", own, **caches)
    assert by_path.returncode == 3 and by_path.stdout == verified.stdout

    own.rename(server.www / "changed")  # what the server gives now is another whole checkpoint
    refused(fetch(caches, *NAMED, "--url", server.url + "/changed"), 3, "not the file that was downloaded before",
            f"delete {own}.sha256")
    assert os.listdir(own.parent) == [KEPT]
    assert fetch(caches, *NAMED, "--url", server.url + "/").returncode == 0
    assert imnet("weights", "verify", *NAMED, **caches).returncode == 0
    (own.parent / KEPT).write_text("damaged")
    refused(imnet("weights", "verify", *NAMED, **caches), 3, KEPT, "delete both")


@needs_nginx
def test_quiet_prints_the_path_alone_and_redirects_are_followed(server, caches):
    done = fetch(caches, "-q", *NAMED, "--url", server.url + "/old/net")
    assert done.returncode == 0 and done.stderr == b"" and done.stdout.endswith(os.fsencode(FILE) + b"\n")
    assert server.requests() == ["GET /old/net 302 -", f"GET /{FILE} 200 -"]


@needs_nginx
def test_wrong_weights_are_not_put_into_the_cache(server, caches):
    refused(fetch(caches, "--url", f"{server.url}/{FILE}"), 3, "not the published file", "11ad3fa62ca79e40", "deleted")
    (server.www / "page.html").write_text("<!DOCTYPE html><html>Please log in</html>")
    refused(fetch(caches, *NAMED, "--url", server.url + "/page.html"), 3, "HTML")
    (server.www / "cut").write_bytes((server.www / FILE).read_bytes()[:1_000_000])
    refused(fetch(caches, *NAMED, "--url", server.url + "/cut"), 3, FILE)
    assert os.listdir(caches["IMNET_CACHE"]) == []


@needs_nginx
def test_a_failing_server_is_an_error_with_a_hint(server, caches):
    refused(fetch(caches, "--url", server.url + "/gone/"), 4, "404 (not found)", "--url", "https_proxy",
            str(caches["IMNET_CACHE"] / "resnet50-11ad3fa6.pth"))
    assert list(caches["IMNET_CACHE"].glob("*.pth")) == []


@needs_nginx
def test_two_fetches_at_once_download_once(server, caches):
    words = [PROGRAM, "weights", "fetch", *NAMED, "--url", server.url + "/"]
    environment = {**ENVIRONMENT, **{name: str(value) for name, value in caches.items()}}
    processes = [subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
                 for _ in range(2)]
    printed = [process.communicate(timeout=300)[0] for process in processes]
    assert printed == [os.fsencode(caches["IMNET_CACHE"] / FILE) + b"\n"] * 2
    assert server.requests() == [f"GET /{FILE} 200 -"]


@needs_libcurl
def test_a_killed_fetch_leaves_no_weights_and_can_be_repeated(mirror, caches):
    content = (mirror / "www" / FILE).read_bytes()
    part = caches["IMNET_CACHE"] / (FILE + ".part")
    with ScriptedServer(Answer(content, stop_after=len(content) * 3 // 10, silent=True), Answer(content)) as server:
        words = (*NAMED, "--url", server.url)
        environment = {**ENVIRONMENT, **{name: str(value) for name, value in caches.items()}}
        with subprocess.Popen([PROGRAM, "weights", "fetch", *words], env=environment, stderr=subprocess.DEVNULL) as process:
            wait_for(lambda: part.exists() and part.stat().st_size == len(content) * 3 // 10, process)
            process.send_signal(signal.SIGKILL)
        refused(imnet("weights", "path", "--model", "resnetv2_50", **caches), 3, "imnet weights fetch")
        assert fetch(caches, *words).returncode == 0
    assert (caches["IMNET_CACHE"] / FILE).read_bytes() == content
    assert sorted(os.listdir(caches["IMNET_CACHE"])) == [FILE, KEPT]


@needs_nginx
def test_a_terminal_sees_a_bar_that_goes_away(server, caches):
    master, slave = pty.openpty()
    environment = {**ENVIRONMENT, **{name: str(value) for name, value in caches.items()}}
    process = subprocess.Popen([PROGRAM, "weights", "fetch", *NAMED, "--url", server.url + "/"], env=environment,
                               stdout=subprocess.DEVNULL, stderr=slave)
    os.close(slave)
    shown = b""
    while chunk := _read(master):
        shown += chunk
    os.close(master)
    assert process.wait() == 0
    assert b"% " in shown and b" of " in shown and shown.endswith(b"\r\x1b[K")


def _read(fd):
    try:
        return os.read(fd, 4096)
    except OSError:  # Linux says EIO when the other end is closed
        return b""


@needs_libcurl
def test_the_caches_of_other_programs_are_read_but_not_written(caches):
    hub = caches["TORCH_HOME"] / "hub" / "checkpoints" / "resnet18-f37072fd.pth"
    snapshot = caches["HF_HUB_CACHE"] / "models--timm--resnetv2_50.a1h_in1k" / "snapshots" / "0" / "model.safetensors"
    for place in (hub, snapshot):
        place.parent.mkdir(parents=True)
        place.write_bytes(b"weights")
    with ScriptedServer(Answer(b"other weights")) as server:
        for words, place in ((("--model", "resnet18"), hub), (NAMED, snapshot)):
            done = fetch(caches, *words, "--url", server.url)
            assert done.returncode == 0 and done.stdout == os.fsencode(place) + b"\n"
            assert place.read_bytes() == b"weights" and os.listdir(place.parent) == [place.name]
    assert server.targets == [] and not caches["IMNET_CACHE"].exists()


@pytest.mark.parametrize("words, status, part", [
    (("IMAGENET1K_V2", "IMAGENET1K_V1"), 2, "one name"),
    (("--url", "ftp://127.0.0.1/net.pth"), 2, "http://"),
    (("--url", "file:///etc/passwd"), 2, "http://"),
    (("IMAGENET1K_V9",), 3, "IMAGENET1K_V1, IMAGENET1K_V2"),
    (("--model", "resnet5O"), 2, "resnet50"),
])
def test_names_that_cannot_be_fetched_are_errors(caches, words, status, part):
    done = fetch(caches, *words)
    assert done.returncode == status and part in done.stderr.decode()
    assert not caches["IMNET_CACHE"].exists()


@pytest.mark.skipif(LIBCURL, reason="this build has libcurl")
def test_a_build_without_libcurl_says_so(caches):
    refused(fetch(caches), 3, "no libcurl", "https://download.pytorch.org/models/resnet50-11ad3fa6.pth",
            str(caches["IMNET_CACHE"] / "resnet50-11ad3fa6.pth"))


def test_all_weights_are_verified(caches):
    hub = caches["TORCH_HOME"] / "hub" / "checkpoints" / "resnet18-f37072fd.pth"

    def rows(*words):
        done = imnet("weights", "verify", *words, **caches)
        assert done.stderr == b""
        return done.returncode, [line.split(maxsplit=3) for line in done.stdout.decode().splitlines()]

    status, lines = rows()
    here = [line for line in lines if line[2:] != ["-", "not cached"]]
    assert status == 0 and len(lines) == 196
    assert [(line[0], line[3]) for line in here] in ([], [("tf_efficientnet_lite2", "ok (it comes with imnet)")])
    hub.parent.mkdir(parents=True)
    hub.write_bytes(b"weights")
    status, lines = rows()
    wrong = [line for line in lines if line[3] != "not cached" and line not in here]
    assert status == 3 and len(wrong) == 1 and wrong[0][:3] == ["resnet18", "IMAGENET1K_V1", str(hub)]
    assert wrong[0][3].startswith("WRONG (expected f37072fd, found 9a129038")  # sha256sum of "weights"
    assert "imnet weights fetch --model resnet18 IMAGENET1K_V1" in wrong[0][3]
    assert rows("--model", "resnet18") == (3, wrong) == rows("--model", "resnet18", "IMAGENET1K_V1")
    assert rows("--model", "resnet34")[0] == 0


def test_one_set_of_weights_or_a_file_is_verified(caches, tmp_path):
    refused(imnet("weights", "verify", "IMAGENET1K_V1", **caches), 3, "imnet weights fetch --model resnet50 IMAGENET1K_V1")
    (tmp_path / "flowers.pth").write_bytes(b"weights")
    done = imnet("weights", "verify", tmp_path / "flowers.pth", **caches)
    assert done.returncode == 3 and done.stderr == b""
    assert done.stdout.split()[:4] == [b"-", b"-", os.fsencode(tmp_path / "flowers.pth"), b"unknown"]
    (tmp_path / "resnet50-11ad3fa6.pth").write_bytes(b"weights")
    done = imnet("weights", "verify", tmp_path / "resnet50-11ad3fa6.pth", **caches)
    assert done.returncode == 3 and b"resnet50" in done.stdout and b"WRONG (expected 11ad3fa6" in done.stdout
    refused(imnet("weights", "verify", tmp_path, **caches), 3, str(tmp_path), "directory")
