"""A Slurm cluster of two nodes on this machine, with its own munged, slurmctld and two slurmd."""
import getpass
import os
import secrets
import shutil
import socket
import subprocess
import time

SBIN = "/usr/sbin:/sbin"
NEEDED = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "sinfo")


def missing():
    """The needed programs that are not installed."""
    path = f"{os.environ['PATH']}:{SBIN}"
    return [name for name in NEEDED if not shutil.which(name, path=path)]


def free_ports(count):
    listeners = [socket.socket() for _ in range(count)]
    for listener in listeners:
        listener.bind(("127.0.0.1", 0))
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


class Cluster:
    """Runs during the `with` block. With `environment`, sbatch and the other programs find it."""

    def __init__(self, folder):
        self.folder = folder
        self.daemons = []
        self.environment = {**os.environ, "PATH": f"{os.environ['PATH']}:{SBIN}",
                            "SLURM_CONF": str(folder / "slurm.conf")}

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self):
        self.folder.chmod(0o755)
        key = self.folder / "munge.key"
        key.write_bytes(secrets.token_bytes(64))
        key.chmod(0o600)
        (self.folder / "slurm.conf").write_text(self.configuration())
        # cgroup v2 needs a scope of systemd; v1 needs nothing here, because nothing is confined.
        (self.folder / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\n")
        self.daemon("munged", "--foreground", "--force", "--key-file", key, "--socket", self.folder / "munge.socket",
                    "--pid-file", self.folder / "munge.pid", "--seed-file", self.folder / "munge.seed",
                    "--log-file", self.folder / "munge.log")
        self.wait_for(lambda: (self.folder / "munge.socket").exists(), "munged")
        self.daemon("slurmctld", "-D")
        for node in ("node1", "node2"):
            self.daemon("slurmd", "-D", "-N", node)
        self.wait_for(lambda: self.ask("sinfo", "-h", "-o", "%T %D").split() == ["idle", "2"], "the nodes")

    def configuration(self):
        control, first, second = free_ports(3)
        host = socket.gethostname().split(".")[0]
        return f"""
ClusterName=imnet-test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={control}
SlurmUser={getpass.getuser()}
SlurmdUser={getpass.getuser()}
AuthType=auth/munge
AuthInfo=socket={self.folder}/munge.socket,cred_expire=5
StateSaveLocation={self.folder}/state
SlurmdSpoolDir={self.folder}/spool-%n
SlurmctldPidFile={self.folder}/slurmctld.pid
SlurmdPidFile={self.folder}/slurmd-%n.pid
SlurmctldLogFile={self.folder}/slurmctld.log
SlurmdLogFile={self.folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_interval=1,batch_sched_delay=0,bf_interval=1
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MinJobAge=300
NodeName=node1 NodeHostname={host} NodeAddr=127.0.0.1 Port={first} CPUs=1 RealMemory=100
NodeName=node2 NodeHostname={host} NodeAddr=127.0.0.1 Port={second} CPUs=1 RealMemory=100
PartitionName=all Nodes=node1,node2 Default=YES State=UP
"""

    def daemon(self, *words):
        name = "-".join(str(word) for word in words if str(word) in ("munged", "slurmctld", "slurmd", "node1", "node2"))
        with open(self.folder / f"{name}.out", "wb") as out:
            self.daemons.append(subprocess.Popen(words, env=self.environment, stdout=out, stderr=subprocess.STDOUT))

    def wait_for(self, condition, what, seconds=60):
        for _ in range(seconds * 10):
            if condition():
                return
            time.sleep(0.1)
        logs = "\n".join(f"{path.name}: {path.read_text(errors='replace')[-1500:]}"
                         for pattern in ("*.out", "*.log") for path in self.folder.glob(pattern))
        raise RuntimeError(f"{what}: not ready after {seconds} s\n{logs}")

    def ask(self, *words):
        done = subprocess.run(words, env=self.environment, capture_output=True)
        return done.stdout.decode()

    def wait_for_job(self, job, seconds=120):
        self.wait_for(lambda: self.ask("squeue", "-h", "-j", job).strip() == "", f"job {job}", seconds)

    def __exit__(self, *_):
        for process in reversed(self.daemons):
            process.terminate()
        for process in self.daemons:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
