"""PostgreSQL: the server that PGHOST or odoo.conf names, or a private one.

The private cluster listens on a unix socket only. The superuser who owns it
is the system user that runs the server; Odoo connects as role ``odoo``,
because it refuses to run as ``postgres``.
"""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from . import paths
from .shell import (
    SetupError,
    as_user,
    digest,
    is_root,
    log_path,
    need_debian_packages,
    run,
    step,
)

ROLE = "odoo"
#: Modest settings that suit a laptop; a production server has its own.
SETTINGS = {
    "listen_addresses": "''",
    "shared_buffers": "'256MB'",
    "work_mem": "'16MB'",
    "maintenance_work_mem": "'256MB'",
    "effective_cache_size": "'2GB'",
    "max_wal_size": "'4GB'",
    "max_connections": "100",
    "random_page_cost": "1.1",
    "jit": "off",
}


def uses_own_server() -> bool:
    """Whether the caller names a server by libpq's variables."""
    return bool(os.environ.get("PGHOST"))


def server_user() -> str | None:
    """initdb refuses root: the account that runs the cluster instead."""
    if not is_root():
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise SetupError("Neither user 'postgres' nor 'nobody' exists to run PostgreSQL as.")


def _uid(user: str | None) -> int:
    return pwd.getpwnam(user).pw_uid if user else os.geteuid()


def cluster_home() -> Path:
    """The cluster's folder; for root one that the server's account can enter."""
    if not is_root():
        return paths.CACHE / "postgres"
    reachable = all(p.stat().st_mode & 0o001 for p in paths.CACHE.parents if p.exists())
    if reachable:
        return paths.CACHE / "postgres"
    return Path("/var/lib/crm-bpm") / digest(str(paths.CACHE))


def socket_dir() -> Path:
    """Unix socket paths end at 107 bytes, so a deep cache gets a short one."""
    folder = cluster_home() / "run"
    if len(str(folder)) > 80:
        return Path("/tmp") / f"crm-bpm-{os.getuid()}-{digest(str(folder))}"
    return folder


def connection_env() -> dict[str, str]:
    """libpq variables of the server in use, for every program we start."""
    if uses_own_server():
        return {k: v for k, v in os.environ.items() if k.startswith("PG")}
    return {"PGHOST": str(socket_dir()), "PGPORT": "5432", "PGUSER": ROLE}


def start_postgres() -> None:
    with step("PostgreSQL") as note:
        if uses_own_server():
            _check_own_server()
            note(f"server of PGHOST={os.environ['PGHOST']}")
            return
        need_debian_packages({"postgresql": "/usr/lib/postgresql/*/bin/initdb"}, "The database")
        home = cluster_home()
        if not (home / "data" / "PG_VERSION").exists():
            _init_cluster(home)
        if running():
            note("running")
            return
        _start(home)
        _ensure_role()
        note(f"started, {_version(home)}")


def _check_own_server() -> None:
    """A server that PGHOST names must answer, and let us make databases."""
    cure = (
        "Check PGHOST, PGPORT, PGUSER and PGPASSWORD (or ~/.pgpass), or unset PGHOST to "
        "use a private server."
    )
    try:
        may = psql(
            "select rolname <> 'postgres', rolcreatedb or rolsuper from pg_roles "
            "where rolname = current_user"
        ).strip()
    except SetupError as error:
        raise SetupError(f"{error}\n{cure}") from error
    if may != "t|t":
        raise SetupError(
            "Odoo needs a role that may create databases and is not 'postgres'. Type there:\n"
            f"  create role {ROLE} login createdb password '...'\nand set PGUSER={ROLE}."
        )


def stop_postgres() -> bool:
    """Stop the private cluster, if it runs; True when it did."""
    if uses_own_server() or not running():
        return False
    _pg_ctl("stop", "-m", "fast")
    return True


def running() -> bool:
    if not (cluster_home() / "data" / "PG_VERSION").exists():
        return False
    command = [_binary("pg_ctl"), "-D", str(cluster_home() / "data"), "status"]
    user = server_user()
    return not subprocess.run(
        as_user(user, command) if user else command, capture_output=True, check=False
    ).returncode


def _init_cluster(home: Path) -> None:
    user = server_user()
    home.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(home / "data", ignore_errors=True)
    if user:
        shutil.chown(home, user)
    auth = ["--auth-local=trust", "--auth-host=reject"]
    text = ["--encoding=UTF8", "--locale=C.UTF-8", "--username=postgres"]
    run([_binary("initdb"), "-D", home / "data", *auth, *text], user=user, cwd="/")


def _start(home: Path) -> None:
    folder = socket_dir()
    folder.mkdir(parents=True, exist_ok=True)
    user = server_user()
    if folder.stat().st_uid not in (os.geteuid(), _uid(user)):
        # A short folder lies in /tmp, where anybody may have made it.
        raise SetupError(f"{folder} belongs to somebody else: remove it, then try again.")
    if user:
        shutil.chown(folder, user)
    # The socket lets anybody in ('trust'), so only its owner and root may
    # reach it; Odoo runs as the same account or as root.
    folder.chmod(0o700)
    settings = {**SETTINGS, "unix_socket_directories": f"'{folder}'"}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    log = home / "postgres.log"
    _pg_ctl("start", "-w", "-t", "60", "-l", str(log), "-o", options)


def _pg_ctl(*arguments: str) -> None:
    command = [_binary("pg_ctl"), "-D", str(cluster_home() / "data"), *arguments]
    user = server_user()
    # The server would inherit a pipe and keep it open, so output goes to a file.
    with open(log_path("pg_ctl"), "w") as log:
        code = subprocess.run(
            as_user(user, command) if user else command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            check=False,
        ).returncode
    if code:
        said = log_path("pg_ctl").read_text().strip()
        raise SetupError(f"PostgreSQL: {' '.join(arguments[:1])} failed.\n{said}")


def _ensure_role() -> None:
    query = f"select 1 from pg_roles where rolname = '{ROLE}'"
    if not psql(query, user="postgres").strip():
        psql(f"create role {ROLE} login createdb", user="postgres")


def psql(query: str, database="postgres", user=None) -> str:
    """Run one statement and return its rows as text without decoration."""
    env = connection_env()
    if user:
        env["PGUSER"] = user
    return run(["psql", "-wXAtq", "-d", database, "-c", query], env=env)


def _version(home: Path) -> str:
    return (home / "data" / "PG_VERSION").read_text().strip()


def _binary(name: str) -> str:
    found = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
        key=lambda path: float(path.parents[1].name),
    )
    version_file = cluster_home() / "data" / "PG_VERSION"
    if version_file.exists():
        version = version_file.read_text().strip()
        same = [path for path in found if path.parents[1].name == version]
        if not same:
            raise SetupError(
                f"The cluster in {cluster_home()} was made by PostgreSQL {version}, whose "
                f"programs are gone. Install postgresql-{version}, or type 'make clean'."
            )
        return str(same[0])
    if not found:
        raise SetupError("PostgreSQL's server programs are missing.")
    return str(found[-1])
