"""Makes a program that runs imnet but dies once, as by `kill -9`, in the middle of the run."""
import sys

from program import PROGRAM

CODE = """#!{python}
import os, signal, subprocess, sys, time
try:
    os.mkdir({flag!r})  # the process that makes it will die
except FileExistsError:
    os.execv({program!r}, [{program!r}, *sys.argv[1:]])
if "merge" in sys.argv:
    sys.exit("this process should have died while it classified")
into_file = "-o" in sys.argv
process = subprocess.Popen([{program!r}, *sys.argv[1:]], stdout=None if into_file else subprocess.PIPE)
if into_file:
    path = sys.argv[sys.argv.index("-o") + 1]
    while process.poll() is None and (not os.path.exists(path) or open(path, "rb").read().count(b"\\n") < {rows}):
        time.sleep(0.002)
else:
    for _ in range({rows}):
        os.write(1, process.stdout.readline())
process.kill()
open(os.path.join({flag!r}, "killed" if process.wait() == -signal.SIGKILL else "too late"), "w").close()
os.kill(os.getpid(), signal.SIGKILL)
"""


def write(folder, rows=2):
    """Writes the program to a file. The first process that runs it dies after so many rows."""
    flag = folder / "first"
    path = folder / "dying imnet"
    path.write_text(CODE.format(python=sys.executable, flag=str(flag), program=str(PROGRAM), rows=rows))
    path.chmod(0o755)
    return path, lambda: (flag / "killed").exists()
