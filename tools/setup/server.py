"""Start and stop the product's server, and know whether it answers."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import paths
from .databases import odoo_env, served_files_hash
from .shell import SetupError, log_path, step


def pid_file() -> Path:
    return paths.STATE / "server.pid"


def _started() -> dict:
    """What we started last: process, port, database and a hash of the served files."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        return dict(json.loads(pid_file().read_text()))
    return {}


def born(pid: int) -> str:
    """When the process started: with the pid it names a process for good."""
    # Fields are counted from behind the name, which may hold blanks.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]


def running_pid() -> int | None:
    """The process that we started, if it still is that process.

    After a restart of the machine its number may belong to anything, also to
    another Odoo.
    """
    started = _started()
    with contextlib.suppress(OSError, KeyError, IndexError):
        if born(started["pid"]) == started["born"]:
            return started["pid"]
    return None


def running_port() -> int | None:
    """Port of the server that runs; None without one."""
    return _started().get("port") if running_pid() else None


def serves(wanted: dict) -> bool:
    """Whether our running server serves just this, and answers."""
    started = _started()
    same = all(started.get(name) == value for name, value in wanted.items())
    return bool(running_pid()) and same and answers(wanted["port"])


def start(database: str, port: int) -> None:
    """Start the server in the background and wait until it answers."""
    with step("Server") as note:
        # Another clone, or files that changed since, ask for a new process.
        wanted = {"port": port, "database": database, "files": served_files_hash()}
        if serves(wanted):
            note("running")
            return
        refuse_taken_port(port)
        stop()
        log = log_path("server")
        command = [
            str(paths.VENV_PYTHON),
            "-m",
            "odoo",
            "-d",
            database,
            f"--http-port={port}",
            f"--db-filter=^{database}$",
        ]
        with open(log, "a") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=paths.REPO,
                env={**os.environ, **odoo_env()},
                start_new_session=True,
            )
        paths.STATE.mkdir(parents=True, exist_ok=True)
        pid_file().write_text(json.dumps({"pid": process.pid, "born": born(process.pid), **wanted}))
        _wait(process, port, log)
        note(f"log: {log}")


def _wait(process, port: int, log: Path) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        if process.poll() is not None:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            raise SetupError(f"The server ended at once; its log {log} says:\n{tail}")
        if answers(port):
            return
        time.sleep(0.3)
    raise SetupError(f"The server did not answer within 3 minutes; see {log}")


def answers(port: int) -> bool:
    url = f"http://127.0.0.1:{port}/web/health"
    with contextlib.suppress(OSError, urllib.error.URLError):
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status == 200
    return False


def refuse_taken_port(port: int) -> None:
    """A clear error when another program than our server listens on the port."""
    if running_pid() and _started().get("port") == port:
        return
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError as error:
            raise SetupError(
                f"Port {port} is taken by another program. Choose one: "
                f"make run HTTP_PORT={port + 10 if port < 65000 else 8070}"
            ) from error


def stop() -> bool:
    """Stop what we started, and nothing else; True when there was something."""
    pid = running_pid()
    if pid:
        os.kill(pid, signal.SIGTERM)
        for _ in range(300):
            if not Path(f"/proc/{pid}").exists() or _is_zombie(pid):
                break
            time.sleep(0.1)
        else:
            os.kill(pid, signal.SIGKILL)
    pid_file().unlink(missing_ok=True)
    return bool(pid)


def _is_zombie(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return ") Z " in Path(f"/proc/{pid}/stat").read_text()
    return True
