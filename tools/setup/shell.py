"""Run commands with one line of progress a step, and clear errors."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from . import paths


class SetupError(Exception):
    """A step that cannot go on; the message names the place and the cure."""


def say(text: str) -> None:
    print(text, flush=True)


@contextlib.contextmanager
def step(name: str):
    """Print one line when the step ends, with its duration and what it says.

    On a terminal the name stands there while the step works.
    """
    started = time.monotonic()
    if sys.stdout.isatty():
        print(f"  {name} ...", end="\r", flush=True)
    notes: list[str] = []
    yield notes.append
    took = time.monotonic() - started
    say(f"  {name:<34} {took:6.1f} s  {' · '.join(notes)}".rstrip())


def log_path(name: str) -> Path:
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    return paths.LOGS / f"{name}.log"


def run(command, log=None, env=None, cwd=None, user=None, **kwargs):
    """Run a command; on failure raise with the last lines of what it printed."""
    command = [str(part) for part in command]
    if user:
        command = as_user(user, command)
    try:
        result = subprocess.run(
            command,
            env={**os.environ, **(env or {})},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            **kwargs,
        )
    except FileNotFoundError as error:
        raise SetupError(
            f"The program {command[0]} is missing on this machine; it was to run: "
            f"{' '.join(command)}"
        ) from error
    if log:
        log_path(log).write_text(result.stdout)
    if result.returncode:
        tail = "\n".join(result.stdout.strip().splitlines()[-15:])
        where = f"\n(the whole output: {log_path(log)})" if log else ""
        raise SetupError(f"This command failed: {' '.join(command)}\n{tail}{where}")
    return result.stdout


def as_user(user: str, command: list[str]) -> list[str]:
    """The command, run as another user by root."""
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", *command]


def is_root() -> bool:
    return os.geteuid() == 0


def human_size(path: Path) -> str:
    files = [path] if path.is_file() else path.rglob("*")
    total = sum(f.lstat().st_size for f in files if f.is_file() and not f.is_symlink())
    return f"{total / 1e6:.0f} MB"


def digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]


def done(name: str, key: str) -> bool:
    """Whether the step was completed before with exactly this input."""
    stamp = paths.STATE / name
    return stamp.exists() and stamp.read_text() == key


def mark_done(name: str, key: str) -> None:
    paths.STATE.mkdir(parents=True, exist_ok=True)
    temporary = paths.STATE / f".{name}.{os.getpid()}"
    temporary.write_text(key)
    temporary.replace(paths.STATE / name)


@contextlib.contextmanager
def only_one(name: str):
    """Two set-ups on one cache folder wait for one another."""
    paths.CACHE.mkdir(parents=True, exist_ok=True)
    with open(paths.CACHE / f".{name}.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"  waiting: another '{name}' works on {paths.CACHE}")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def need_debian_packages(packages: dict[str, str], why: str) -> None:
    """Install Debian packages whose probe is missing, or say what to type.

    :param packages: package name -> program that shows it is there
        (or an absolute path)
    """
    missing = [name for name, probe in packages.items() if not _found(probe)]
    if not missing:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if not is_root() or not shutil.which("apt-get"):
        raise SetupError(
            f"{why} needs {', '.join(missing)}, and only root may install it.\n"
            f"Type:  sudo {' '.join(command)}\nand then the same make command again."
        )
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        run(command, log="apt-install", env=env)
    except SetupError:
        run(["apt-get", "update"], log="apt-update", env=env)
        run(command, log="apt-install", env=env)


def _found(probe: str) -> bool:
    if probe.startswith("/"):
        return any(Path("/").glob(probe[1:]))
    return bool(shutil.which(probe))


def fail(error: Exception) -> None:
    """End the script with one clear message."""
    say(f"\nerror: {error}")
    sys.exit(1)
