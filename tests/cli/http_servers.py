"""HTTP servers on 127.0.0.1: nginx, and one that fails in the ways that a test asks for."""
import contextlib
import http.server
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time

from program import imnet

LIBCURL = re.search(rb"libcurl +off", imnet("--version").stdout) is None
NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + os.pathsep + "/usr/sbin")

# Without the proxies and certificates of this machine.
ENVIRONMENT = {name: value for name, value in os.environ.items()
               if name.lower() not in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "curl_ca_bundle",
                                       "ssl_cert_file", "ssl_cert_dir")}


def wait_for(condition, process=None):
    """Waits until the condition holds, for a minute at most."""
    deadline = time.monotonic() + 60
    while not condition():
        assert process is None or process.poll() is None, "the process has ended"
        assert time.monotonic() < deadline, "the condition never held"
        time.sleep(0.01)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Nginx:
    """nginx that serves folder/www; `extra` is added to its server block."""

    def __init__(self, folder, extra="", certificate=None):
        self.folder, self.port, self.process = folder, free_port(), None
        self.www = folder / "www"
        self.www.mkdir(parents=True, exist_ok=True)
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}"
        tls = f"ssl_certificate {certificate}; ssl_certificate_key {certificate};" if certificate else ""
        temporary = "".join(f"{kind}_temp_path {folder}/{kind};"
                            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (folder / "nginx.conf").write_text(f"""
            daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
            events {{}}
            http {{
                log_format requests '$request_method $uri $status $http_range';
                access_log {folder}/access.log requests; {temporary}
                server {{ listen 127.0.0.1:{self.port}{' ssl' if tls else ''}; root {self.www}; {tls} {extra} }}
            }}""")

    def start(self):
        self.process = subprocess.Popen([NGINX, "-p", self.folder, "-c", self.folder / "nginx.conf",
                                         "-e", self.folder / "error.log"], stderr=subprocess.DEVNULL)
        wait_for(self._answers, self.process)
        return self

    def _answers(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False

    def stop(self, how=signal.SIGQUIT):
        """SIGQUIT ends it after the current requests, SIGKILL during them."""
        if self.process:
            self.process.send_signal(how)
            self.process.wait()
            self.process = None

    def requests(self):
        """Stops it and returns the lines of its log: method, path, status and Range."""
        self.stop()
        return (self.folder / "access.log").read_text().splitlines()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop(signal.SIGKILL)


class Answer:
    """How a server answers one request for `content`. It may support Range. It may stop after some bytes, and then close
    the connection or send nothing more. `tag` is its ETag, `linked_tag` Hugging Face's X-Linked-ETag."""

    def __init__(self, content=b"", status=200, ranges=True, stop_after=None, silent=False, tag=None, linked_tag=None):
        self.content, self.status, self.ranges, self.stop_after = content, status, ranges, stop_after
        self.silent, self.tag, self.linked_tag = silent, tag, linked_tag

    def give(self, request, ended):
        start, headers = 0, request.headers
        unchanged = headers.get("If-Range") in (None, self.tag)
        if self.ranges and "Range" in headers and unchanged and self.status == 200:
            start = int(headers["Range"].removeprefix("bytes=").removesuffix("-"))
            request.send_response(206)
            request.send_header("Content-Range", f"bytes {start}-{len(self.content) - 1}/{len(self.content)}")
        else:
            request.send_response(self.status)
        if self.tag:
            request.send_header("ETag", self.tag)
        if self.linked_tag:
            request.send_header("X-Linked-ETag", self.linked_tag)
        request.send_header("Content-Length", str(len(self.content) - start))
        request.end_headers()
        request.wfile.write(self.content[start:self.stop_after])
        request.wfile.flush()
        if self.silent:
            ended.wait()


class ScriptedServer:
    """Gives the answers in order and repeats the last one. `ranges` are the Range headers and `targets` the paths of the
    requests."""

    def __init__(self, *answers):
        self.ranges, self.targets, self.ended = [], [], threading.Event()
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                answer = answers[min(len(server.ranges), len(answers) - 1)]
                server.ranges.append(self.headers.get("Range"))
                server.targets.append(self.path)
                with contextlib.suppress(ConnectionError):
                    answer.give(self, server.ended)

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.http.shutdown()
        self.http.server_close()
