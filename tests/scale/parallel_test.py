"""scale/parallel.sh with GNU parallel, on this machine and over ssh to two "hosts" that are this machine."""
import os
import pathlib
import shutil
import socket
import subprocess
import time

import pytest

import dying_program
import pictures
from program import PROGRAM, ROOT, quick

pytestmark = pytest.mark.skipif(not shutil.which("parallel"), reason="GNU parallel is not installed")
NET = ["--no-weights", "--model", "resnet18", "--threads", "1"]


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return pictures.write(tmp_path_factory.mktemp("scale") / "photos")


@pytest.fixture(scope="module")
def single_run(photos):
    done = quick("--threads", "1", "--format", "jsonl", "photos", cwd=photos.parent)
    assert done.returncode == 1 and done.stdout.count(b"\n") == pictures.COUNT + 1
    return done.stdout


def spread(out, photos, *options, program=PROGRAM, shards=5):
    return subprocess.run([ROOT / "scale" / "parallel.sh", out, *options, "--", *NET, "photos"], cwd=photos.parent,
                          env={**os.environ, "IMNET": str(program), "SHARDS": str(shards)}, capture_output=True)


def test_on_this_machine(photos, single_run, tmp_path):
    out = tmp_path / "rows of all.jsonl"
    done = spread(out, photos, "--jobs", "2")
    assert done.returncode == 0, done.stderr.decode()
    assert out.read_bytes() == single_run
    parts = sorted(path.name for path in (tmp_path / "rows of all.jsonl.parts").glob("*.jsonl"))
    assert parts == [f"{number}-of-5.jsonl" for number in range(1, 6)]

    done = spread(out, photos, "--jobs", "2", shards=6)
    assert done.returncode == 2 and b"holds the parts of another command" in done.stderr


def test_a_killed_worker_is_replaced(photos, single_run, tmp_path):
    program, was_killed = dying_program.write(tmp_path)
    done = spread(tmp_path / "all.jsonl", photos, "--jobs", "2", program=program)
    assert done.returncode == 0, done.stderr.decode()
    assert was_killed() and (tmp_path / "all.jsonl").read_bytes() == single_run


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def ssh(tmp_path):
    """An ssh command that reaches this machine under any host name, with its own ssh server."""
    server = shutil.which("sshd") or "/usr/sbin/sshd"
    if not (os.path.exists(server) and shutil.which("ssh-keygen")):
        pytest.skip("no sshd is installed")
    if os.getuid() == 0:
        pathlib.Path("/run/sshd").mkdir(exist_ok=True)
    port = free_port()
    for key in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / key], check=True)
    shutil.copy(tmp_path / "user.pub", tmp_path / "authorized")
    (tmp_path / "sshd.conf").write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {tmp_path}/host\nAuthorizedKeysFile {tmp_path}/authorized\n"
        f"PidFile {tmp_path}/sshd.pid\nPasswordAuthentication no\nStrictModes no\nUsePAM no\nPermitRootLogin yes\n")
    process = subprocess.Popen([server, "-D", "-e", "-f", tmp_path / "sshd.conf"], stderr=subprocess.PIPE)
    (tmp_path / "ssh.conf").write_text(
        f"Host *\nHostname 127.0.0.1\nPort {port}\nIdentityFile {tmp_path}/user\nIdentitiesOnly yes\n"
        f"UserKnownHostsFile {tmp_path}/known\nStrictHostKeyChecking accept-new\nLogLevel ERROR\n")
    command = f"ssh -F {tmp_path}/ssh.conf"
    for _ in range(100):
        if subprocess.run([*command.split(), "node1", "true"], capture_output=True).returncode == 0:
            break
        if process.poll() is not None:
            pytest.skip("sshd does not start here: " + process.stderr.read().decode().strip())
        time.sleep(0.05)
    else:
        process.terminate()
        pytest.skip("sshd lets nobody in here")
    yield command
    process.terminate()
    process.wait()


def test_over_ssh_with_a_killed_worker(photos, single_run, tmp_path, ssh):
    program, was_killed = dying_program.write(tmp_path)
    log = tmp_path / "log"
    done = spread(tmp_path / "all.jsonl", photos, "--ssh", ssh, "--sshlogin", "node1,node2", "--joblog", log,
                  program=program)
    assert done.returncode == 0, done.stderr.decode()
    assert was_killed() and (tmp_path / "all.jsonl").read_bytes() == single_run
    assert {line.split("\t")[1] for line in log.read_text().splitlines()[1:]} == {"node1", "node2"}
