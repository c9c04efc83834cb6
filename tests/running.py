"""The product running: databases, server processes and clients of its interfaces."""

import contextlib
import dataclasses
import itertools
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
import xmlrpc.client
from pathlib import Path

from tools.setup import databases, paths, server

CURE_CHROMIUM = (
    "Browser tests need Chromium. Type:  sudo apt-get install chromium  "
    "(or 'make test' as root, which installs it)."
)
_numbers = itertools.count()


def scratch_name(what: str) -> str:
    return f"{databases.PREFIX}_{what}_{os.getpid()}_{next(_numbers)}"


@contextlib.contextmanager
def database(what="story", demo=False):
    """Name of a new database with the product, dropped afterwards."""
    name = scratch_name(what)
    template = None if demo else os.environ.get("CRM_BPM_TEMPLATE")
    databases.clone(template or databases.build_template(demo), name)
    try:
        yield name
    finally:
        close(name)
        databases.drop(name)


@contextlib.contextmanager
def environment(name: str, commit=False):
    """Environment of the system user in a database; rolled back unless ``commit``."""
    from odoo.api import SUPERUSER_ID, Environment
    from odoo.modules.registry import Registry

    with Registry(name).cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {})
        yield env
        if commit:
            env.flush_all()
            cr.commit()
        else:
            cr.rollback()


def close(name: str) -> None:
    """Let go of a database that is to be renamed or dropped."""
    from odoo.modules.registry import Registry

    Registry.delete(name)
    disconnect(name)


def disconnect(name: str) -> None:
    """Nobody may be connected to a database that is copied; its registry may stay loaded."""
    from odoo.sql_db import close_db

    close_db(name)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One server process on a database, with its log; stop or kill it as you like.

    :param options: more options of ``odoo server``
    :param variables: more variables of its environment
    """

    def __init__(self, database: str, log: Path, *options: str, port=None, variables=None):
        self.database = database
        self.log = log
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [
            str(paths.VENV_PYTHON), "-m", "odoo", "-d", database,
            f"--http-port={self.port}", "--http-interface=127.0.0.1",
            f"--db-filter=^{database}$", "--max-cron-threads=0", *options,
        ]  # fmt: skip
        with open(log, "a") as output:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=paths.REPO,
                env={**os.environ, **databases.odoo_env(), **(variables or {})},
            )

    def wait(self, timeout=120) -> "Server":
        """Until it answers; if it ends instead, the end of its log is the error."""
        deadline = time.monotonic() + timeout
        while not server.answers(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])
                raise AssertionError(f"The server does not answer; its log says:\n{tail}")
            time.sleep(0.2)
        return self

    def stop(self) -> None:
        """Ask it to end; ask again, which does not wait for idle connections; kill it."""
        for how, patience in ((signal.SIGTERM, 3), (signal.SIGTERM, 10), (signal.SIGKILL, None)):
            if self.process.poll() is not None:
                return
            self.process.send_signal(how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)

    def errors(self) -> list[str]:
        """Lines of the log that tell of an error or a warning worth one."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line for line in lines if " ERROR " in line or " CRITICAL " in line]

    def __enter__(self):
        return self.wait()

    def __exit__(self, *exc_info):
        self.stop()


@dataclasses.dataclass
class XmlRpc:
    """A client of XML-RPC, as integrations of the last twenty years are."""

    server: Server
    login: str
    password: str

    def __post_init__(self):
        self.uid = self._proxy("common").authenticate(
            self.server.database, self.login, self.password, {}
        )
        if not self.uid:
            raise AssertionError(f"{self.login} could not log in over XML-RPC")

    def _proxy(self, service):
        return xmlrpc.client.ServerProxy(f"{self.server.url}/xmlrpc/2/{service}", allow_none=True)

    def __call__(self, model: str, method: str, *args, **kwargs):
        return self._proxy("object").execute_kw(
            self.server.database, self.uid, self.password, model, method, args, kwargs
        )


@dataclasses.dataclass
class Json2:
    """A client of JSON-2, which takes a bearer key and named arguments."""

    server: Server
    key: str

    def __call__(self, model: str, method: str, **kwargs):
        request = urllib.request.Request(
            f"{self.server.url}/json/2/{model}/{method}",
            data=json.dumps(kwargs).encode(),
            headers={
                "Authorization": f"bearer {self.key}",
                "Content-Type": "application/json",
                "X-Odoo-Database": self.server.database,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            said = error.read().decode(errors="replace")[:2000]
            raise AssertionError(f"JSON-2 {model}.{method}: {error.code} {said}") from error


def shell(database: str, code: str) -> str:
    """Run code with ``env`` in a process of its own, as an administrator's shell does.

    Returns the last line that the code prints.
    """
    done = subprocess.run(
        [str(paths.VENV_PYTHON), "-m", "odoo", "shell", "-d", database, "--no-http",
         "--log-level=warn", "--max-cron-threads=0"],
        input=f"{code}\nenv.cr.commit()\n",
        capture_output=True,
        text=True,
        cwd=paths.REPO,
        env={**os.environ, **databases.odoo_env()},
        check=False,
    )  # fmt: skip
    if done.returncode or "Traceback" in done.stdout + done.stderr:
        raise AssertionError(f"In the shell of {database}:\n{done.stdout}\n{done.stderr}")
    return (done.stdout.strip().splitlines() or [""])[-1]


def api_key(database: str, login: str) -> str:
    """A key for JSON-2, as the user would make one in his preferences."""
    code = f"""
user = env["res.users"].search([("login", "=", {login!r})])
print(env["res.users.apikeys"].with_user(user).sudo()._generate("rpc", "tests", None))
"""
    return shell(database, code)


def chromium_path() -> str:
    """The system's Chromium; without it the tests must fail, not be skipped."""
    found = (shutil.which(name) for name in ("chromium", "google-chrome", "chromium-browser"))
    path = next(filter(None, found), None)
    if not path:
        raise AssertionError(CURE_CHROMIUM)
    return path


@contextlib.contextmanager
def chromium():
    """A headless browser driven by playwright."""
    from playwright.sync_api import sync_playwright

    path = chromium_path()
    with _unlimited_memory(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextlib.contextmanager
def _unlimited_memory():
    """Odoo limits the address space of its process, in which Chromium cannot live."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def log_in(browser, url: str, login: str, password: str, **options):
    """A page of the web client in which that person has just logged in."""
    context = browser.new_context(base_url=url, locale="en-US", **options)
    page = context.new_page()
    page.goto("/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    # Who comes first waits until the server has put the client together.
    page.wait_for_selector(".o_web_client .o_main_navbar", timeout=120_000)
    return page
