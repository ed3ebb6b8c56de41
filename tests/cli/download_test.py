"""lib/base/download with real servers. Whatever fails during a download, the file is complete or does not exist."""
import fcntl
import hashlib
import os
import random
import re
import shutil
import signal
import subprocess

import pytest

from http_servers import ENVIRONMENT, LIBCURL, NGINX, Answer, Nginx, ScriptedServer, wait_for
from program import BUILD

PROBE = BUILD / "bin" / "download_probe"
CONTENT = random.Random(7).randbytes(1_000_000)
HASH = hashlib.sha256(CONTENT).hexdigest()
WRONG = "0" * 64
CUT = 300_000

pytestmark = pytest.mark.skipif(not LIBCURL, reason="this build has no libcurl")
needs_nginx = pytest.mark.skipif(not NGINX, reason="nginx is not installed")


def start(url, target, sha256=HASH, patience=30, pause=1000, **environment):
    return subprocess.Popen([PROBE, url, target, sha256, str(patience), str(pause)], stderr=subprocess.PIPE, text=True,
                            env={**ENVIRONMENT, **environment})


def download(*words, **more):
    """Returns the exit status and standard error."""
    process = start(*words, **more)
    error = process.communicate(timeout=300)[1]
    return process.returncode, error


def part_of(target):
    return target.with_name(target.name + ".part")


def size(path):
    return path.stat().st_size if path.exists() else 0


def is_whole(target):
    """The file exists, and nothing else does."""
    return target.read_bytes() == CONTENT and os.listdir(target.parent) == [target.name]


@pytest.fixture
def target(tmp_path):
    return tmp_path / "a" / "cache" / "net.pth"


@pytest.fixture
def nginx(tmp_path):
    """Returns a function that makes an nginx which serves CONTENT as net.pth."""
    servers = []

    def make(extra="", **more):
        servers.append(Nginx(tmp_path / "nginx", extra, **more))
        (servers[-1].www / "net.pth").write_bytes(CONTENT)
        return servers[-1].start()

    yield make
    for server in servers:
        server.stop(signal.SIGKILL)


@needs_nginx
@pytest.mark.parametrize("sha256", [HASH, HASH[:8], "-"])
def test_a_file_is_downloaded(nginx, target, sha256):
    server = nginx()
    assert download(server.url + "/net.pth", target, sha256) == (0, "")
    assert is_whole(target)
    assert server.requests() == ["GET /net.pth 200 -"]


@needs_nginx
def test_a_wrong_file_is_deleted(nginx, target):
    status, error = download(nginx().url + "/net.pth", target, WRONG)
    assert status == 3 and WRONG in error and HASH in error and "deleted" in error
    assert os.listdir(target.parent) == []


@needs_nginx
def test_a_missing_or_forbidden_file_is_not_requested_again(nginx, target):
    server = nginx("location /secret { return 403; }")
    status, error = download(server.url + "/gone.pth", target)
    assert status == 4 and "404 (not found)" in error and error.count("\n") == 1
    status, error = download(server.url + "/secret", target)
    assert status == 4 and "403" in error
    assert not target.exists()
    assert server.requests() == ["GET /gone.pth 404 -", "GET /secret 403 -"]


@needs_nginx
def test_redirects_are_followed_to_http_only(nginx, target):
    server = nginx("""location /old { return 302 /older; } location /older { return 301 /net.pth; }
                      location /round { return 302 /round; } location /out { return 302 file:///etc/passwd; }""")
    assert download(server.url + "/round", target)[0] == 4
    status, error = download(server.url + "/out", target)
    assert status == 4 and "file" in error and not target.exists()
    assert download(server.url + "/old", target)[0] == 0 and is_whole(target)
    assert download("file:///etc/passwd", target.with_name("other"))[0] == 4


@needs_nginx
def test_the_hash_that_hugging_face_states_in_its_redirect_is_checked(nginx, target):
    server = nginx(f"""location /right {{ add_header X-Linked-ETag '"{HASH}"'; return 302 /net.pth; }}
                       location /wrong {{ add_header X-Linked-ETag '"{WRONG}"'; return 302 /net.pth; }}
                       location /other {{ add_header X-Linked-ETag '"0123abc"'; return 302 /net.pth; }}""")
    for sha256 in ("-", HASH[:8], HASH):
        assert download(server.url + "/right", target, sha256) == (0, "") and is_whole(target)
        target.unlink()
        status, error = download(server.url + "/wrong", target, sha256)
        assert status == 3 and f"the server states SHA-256 {WRONG}, found {HASH}" in error and "deleted" in error
        assert os.listdir(target.parent) == []
    assert download(server.url + "/other", target, "-") == (0, "") and is_whole(target)  # a tag that is no hash


def test_a_stated_hash_is_checked_after_a_continued_download(target):
    answers = [Answer(CONTENT, stop_after=CUT, tag='"1"', linked_tag=f'"{WRONG}"'),
               Answer(CONTENT, tag='"1"', linked_tag=f'"{WRONG}"')]
    with ScriptedServer(*answers) as server:
        status, error = download(server.url, target, "-")
    assert status == 3 and WRONG in error and server.ranges == [None, f"bytes={CUT}-"]


@needs_nginx
def test_a_slow_server_is_waited_for(nginx, target):
    assert download(nginx("limit_rate 500k;").url + "/net.pth", target, patience=5) == (0, "")
    assert is_whole(target)


@pytest.mark.parametrize("sha256, tag", [(HASH, None), ("-", '"1"')])
def test_a_cut_download_continues(target, sha256, tag):
    with ScriptedServer(Answer(CONTENT, stop_after=CUT, tag=tag), Answer(CONTENT, tag=tag)) as server:
        status, error = download(server.url, target, sha256)
    assert status == 0 and "the connection was cut" in error and "going on at 0.3 MiB" in error
    assert server.ranges == [None, f"bytes={CUT}-"] and is_whole(target)


def test_a_download_starts_again_if_the_server_ignores_ranges(target):
    with ScriptedServer(Answer(CONTENT, stop_after=CUT), Answer(CONTENT, ranges=False)) as server:
        assert download(server.url, target)[0] == 0
    assert server.ranges == [None, f"bytes={CUT}-"] and is_whole(target)


def test_parts_of_different_files_are_not_joined(target):
    old = Answer(b"\0" * len(CONTENT), stop_after=CUT, tag='"old"')
    with ScriptedServer(old, Answer(CONTENT, tag='"new"')) as server:
        assert download(server.url, target, "-")[0] == 0
    assert is_whole(target)
    target.unlink()
    with ScriptedServer(Answer(b"\0" * len(CONTENT), stop_after=CUT), Answer(CONTENT)) as server:
        assert download(server.url, target, "-")[0] == 0
    assert server.ranges == [None, None] and is_whole(target)


def test_a_silent_connection_is_closed(target):
    with ScriptedServer(Answer(CONTENT, stop_after=CUT, silent=True), Answer(CONTENT)) as server:
        status, error = download(server.url, target, patience=2)
    assert status == 0 and "nothing came for 2 s" in error
    assert server.ranges == [None, f"bytes={CUT}-"] and is_whole(target)


def test_requests_to_a_busy_server_are_repeated_a_few_times(target):
    with ScriptedServer(Answer(status=503), Answer(CONTENT)) as server:
        assert download(server.url, target)[0] == 0
    assert is_whole(target)
    target.unlink()
    with ScriptedServer(Answer(status=503)) as server:
        status, error = download(server.url, target, pause=10)
    assert status == 4 and error.endswith("the server answered 503\n")
    assert len(server.ranges) == 5 and not target.exists()


def test_a_server_that_always_cuts_is_an_error(target):
    with ScriptedServer(Answer(CONTENT, ranges=False, stop_after=CUT)) as server:
        assert download(server.url, target, pause=10)[0] == 4
    assert not target.exists()


def test_no_server_is_an_error_at_once(target):
    with ScriptedServer(Answer()) as server:
        url = server.url
    status, error = download(url, target)
    assert status == 4 and error.startswith(url) and error.count("\n") == 1


@needs_nginx
def test_a_restarted_server_is_waited_for(nginx, target):
    server = nginx("limit_rate 200k;")
    process = start(server.url + "/net.pth", target)
    wait_for(lambda: size(part_of(target)) > 0, process)
    server.stop(signal.SIGKILL)
    server.start()
    error = process.communicate(timeout=300)[1]
    assert process.returncode == 0 and "trying again" in error and is_whole(target)
    assert re.fullmatch(r"GET /net.pth 206 bytes=\d+-", server.requests()[-1])


@needs_nginx
def test_a_killed_download_leaves_a_part_and_continues(nginx, target):
    server = nginx("limit_rate 200k;")
    for kill in (signal.SIGKILL, signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        before = size(part_of(target))
        process = start(server.url + "/net.pth", target)
        wait_for(lambda: size(part_of(target)) > before, process)
        process.send_signal(kill)
        process.communicate()
        assert process.returncode == -kill
        assert set(os.listdir(target.parent)) == {"net.pth.part", "net.pth.lock"}
    assert download(server.url + "/net.pth", target)[0] == 0 and is_whole(target)
    requests = server.requests()
    assert requests[0] == "GET /net.pth 200 -"
    assert all(re.fullmatch(r"GET /net.pth 206 bytes=[1-9]\d*-", line) for line in requests[1:])


@needs_nginx
def test_the_part_of_an_earlier_run_is_used_or_dropped(nginx, target):
    server, part = nginx(), part_of(target)
    target.parent.mkdir(parents=True)
    for left in (CONTENT, CONTENT + b"more"):  # killed before the rename; the part of another file
        part.write_bytes(left)
        assert download(server.url + "/net.pth", target)[0] == 0 and is_whole(target)
        target.unlink()
    part.write_bytes(b"\0" * CUT)
    assert download(server.url + "/net.pth", target)[0] == 3 and os.listdir(target.parent) == []
    part.write_bytes(b"\0" * CUT)
    assert download(server.url + "/net.pth", target, "-")[0] == 0 and is_whole(target)
    size_, more = len(CONTENT), len(CONTENT) + 4
    assert server.requests() == [f"GET /net.pth 416 bytes={size_}-", f"GET /net.pth 416 bytes={more}-",
                                 "GET /net.pth 200 -", f"GET /net.pth 206 bytes={CUT}-", "GET /net.pth 200 -"]


@needs_nginx
def test_several_at_once_download_once(nginx, target):
    server = nginx("limit_rate 500k;")
    processes = [start(server.url + "/net.pth", target) for _ in range(4)]
    for process in processes:
        process.communicate(timeout=300)
    assert [process.returncode for process in processes] == [0] * 4 and is_whole(target)
    assert server.requests() == ["GET /net.pth 200 -"]


def test_a_waiting_process_says_so_and_then_uses_the_file(target):
    target.parent.mkdir(parents=True)
    with open(target.with_name("net.pth.lock"), "w") as lock, ScriptedServer(Answer(CONTENT)) as server:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = start(server.url, target)
        assert "net.pth is being downloaded by another process" in process.stderr.readline()
        target.write_bytes(CONTENT)
        fcntl.flock(lock, fcntl.LOCK_UN)
        process.communicate(timeout=300)
    assert process.returncode == 0 and server.ranges == [] and is_whole(target)


@needs_nginx
def test_a_full_disk_keeps_the_part(nginx, target):
    target.parent.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", target.parent]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("only root may mount the small disk that this needs")
    try:
        server = nginx()
        status, error = download(server.url + "/net.pth", target)
        assert status == 4 and "No space left on device" in error and "net.pth.part" in error
        left = size(part_of(target))
        assert 0 < left < len(CONTENT) and not target.exists()
        subprocess.run(["mount", "-o", "remount,size=4m", target.parent], check=True)
        assert download(server.url + "/net.pth", target)[0] == 0 and is_whole(target)
        assert server.requests() == ["GET /net.pth 200 -", f"GET /net.pth 206 bytes={left}-"]
    finally:
        subprocess.run(["umount", target.parent], check=True)


def test_a_folder_that_cannot_be_created_is_named(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    status, error = download("http://127.0.0.1/net.pth", tmp_path / "file" / "cache" / "net.pth")
    assert status == 4 and "file/cache" in error and error.count("\n") == 1


def test_a_proxy_of_the_environment_is_used(target):
    with ScriptedServer(Answer(CONTENT)) as proxy:
        assert download("http://published.invalid/net.pth", target, http_proxy=proxy.url)[0] == 0
    assert proxy.targets == ["http://published.invalid/net.pth"] and is_whole(target)


@needs_nginx
@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_certificates_are_checked_against_those_of_the_environment(nginx, target, tmp_path):
    certificate = tmp_path / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-keyout", tmp_path / "key", "-out", tmp_path / "crt"],
                   check=True, capture_output=True)
    certificate.write_bytes((tmp_path / "key").read_bytes() + (tmp_path / "crt").read_bytes())
    with ScriptedServer(Answer(CONTENT)) as plain:
        server = nginx(f"location /plain {{ return 302 {plain.url}/; }}", certificate=certificate)
        status, error = download(server.url + "/net.pth", target)
        assert status == 4 and "certificate" in error and not target.exists()
        assert download(server.url + "/plain", target, SSL_CERT_FILE=str(certificate))[0] == 4
        assert plain.targets == [] and not target.exists()
    for variable in ("SSL_CERT_FILE", "CURL_CA_BUNDLE"):
        assert download(server.url + "/net.pth", target, **{variable: str(certificate)})[0] == 0
        assert is_whole(target)
        target.unlink()
