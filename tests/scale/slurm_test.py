"""scale/slurm.sh: a job array on a real Slurm cluster of two nodes on this machine."""
import re
import subprocess

import pytest

import dying_program
import pictures
import slurm_cluster
from program import PROGRAM, ROOT, quick

pytestmark = pytest.mark.skipif(bool(slurm_cluster.missing()),
                                reason=f"not installed: {', '.join(slurm_cluster.missing())}")
NET = ["--no-weights", "--model", "resnet18", "--threads", "1"]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with slurm_cluster.Cluster(tmp_path_factory.mktemp("slurm")) as running:
        yield running


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return pictures.write(tmp_path_factory.mktemp("scale") / "photos")


@pytest.fixture(scope="module")
def single_run(photos):
    done = quick("--threads", "1", "--format", "jsonl", "photos", cwd=photos.parent)
    assert done.returncode == 1 and done.stdout.count(b"\n") == pictures.COUNT + 1
    return done.stdout


def submit(cluster, photos, out, program=PROGRAM, options=("--array=1-5",)):
    done = subprocess.run(["sbatch", "--parsable", *options, f"--output={out}.log", ROOT / "scale" / "slurm.sh",
                           out, *NET, "photos"], cwd=photos.parent, env={**cluster.environment, "IMNET": str(program)},
                          capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


def merged(cluster, photos, job, out):
    """The merged output: runs the second command of scale/slurm.sh as a job that follows the first."""
    done = subprocess.run(["sbatch", "--parsable", f"--dependency=afterok:{job}", f"--output={out}.merge.log", "--wrap",
                           f"'{PROGRAM}' merge '{out}'.parts/*.jsonl -o '{out}'"], cwd=photos.parent,
                          env=cluster.environment, capture_output=True, check=True)
    cluster.wait_for_job(done.stdout.decode().strip())
    logs = "".join(path.read_text() for path in out.parent.glob("*.log"))
    assert out.exists(), logs + cluster.ask("scontrol", "show", "job", job)
    return out.read_bytes()


def test_a_job_array(cluster, photos, single_run, tmp_path):
    job = submit(cluster, photos, tmp_path / "all.jsonl")
    assert merged(cluster, photos, job, tmp_path / "all.jsonl") == single_run
    assert set(re.findall(r"NodeList=(node\d)", cluster.ask("scontrol", "show", "job", job))) == {"node1", "node2"}


def test_a_killed_process_is_started_again(cluster, photos, single_run, tmp_path):
    program, was_killed = dying_program.write(tmp_path)
    job = submit(cluster, photos, tmp_path / "all.jsonl", program)
    assert merged(cluster, photos, job, tmp_path / "all.jsonl") == single_run
    assert was_killed() and "killed by signal 9; continuing" in (tmp_path / "all.jsonl.log").read_text()


def test_a_requeued_task_continues(cluster, photos, single_run, tmp_path):
    """As after the loss of a node, Slurm ends the task and queues it again."""
    job = submit(cluster, photos, tmp_path / "all.jsonl")
    first = tmp_path / "all.jsonl.parts" / "1-of-5.jsonl"
    cluster.wait_for(lambda: first.exists() and first.read_bytes().count(b"\n") >= 1, "the first row")
    subprocess.run(["scontrol", "requeue", f"{job}_1"], env=cluster.environment, check=True)
    assert merged(cluster, photos, job, tmp_path / "all.jsonl") == single_run
    assert re.search(r"Restarts=1\b", cluster.ask("scontrol", "show", "job", f"{job}_1"))


def test_a_job_without_an_array_is_refused(cluster, photos, tmp_path):
    job = submit(cluster, photos, tmp_path / "all.jsonl", options=())
    cluster.wait_for_job(job)
    assert "it is a job array" in (tmp_path / "all.jsonl.log").read_text()
