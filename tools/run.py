"""``make run``: from wherever this machine stands to the product in a browser."""

import os
import sys

from tools.setup import (
    databases,
    node,
    odoo,
    paths,
    postgres,
    printing,
    python_env,
    secrets,
    server,
)
from tools.setup.shell import SetupError, fail, only_one, say, step

DATABASE = os.environ.get("PGDATABASE") or "crmbpm"
LOGIN = "admin"

SET_PASSWORD = """
env["res.users"].browse(2).write({"password": %r})
env.cr.commit()
"""


def main() -> None:
    port = _port()
    _check_name()
    # Before minutes of downloads, not after them.
    server.refuse_taken_port(port)
    say("Setting up and starting the product")
    with only_one("setup"):
        python_env.check_python()
        odoo.obtain_odoo()
        python_env.python_env(dev=False)
        node.designer_bundle()
        printing.pdf_printer()
        postgres.start_postgres()
        _demo_database()
        server.start(DATABASE, port)
    say(f"\nURL:      http://localhost:{port}")
    say(f"Database: {DATABASE}")
    say(f"Login:    {LOGIN}")
    say(f"Password: {secrets.get('admin_password')}")


def _port() -> int:
    text = os.environ.get("HTTP_PORT") or "8069"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise SetupError(f"HTTP_PORT={text} is not a port number (1 to 65535).")
    return int(text)


def _check_name() -> None:
    if not DATABASE.replace("_", "").replace("-", "").isalnum():
        raise SetupError(
            f"PGDATABASE={DATABASE} is no name for the database: letters, digits, - and _ only."
        )


def _demo_database() -> None:
    """Make the database once; afterwards it is the user's and is kept."""
    if databases.exists(DATABASE):
        with step("Database") as note:
            note(f"{DATABASE} there already")
            _upgrade_if_changed(note)
        return
    template = databases.build_template(demo=True)
    with step("Database") as note:
        # It gets its name last: interrupted, it is made anew, never without password.
        building = f"{DATABASE}_building"
        databases.clone(template, building)
        databases.shell(building, SET_PASSWORD % secrets.get("admin_password"))
        databases.rename(building, DATABASE)
        _remember_version()
        note(f"{DATABASE}, {databases.size(DATABASE)}")


def _upgrade_if_changed(note) -> None:
    """Addons that changed since the database was made are upgraded in it."""
    if _version_stamp().exists() and _version_stamp().read_text() == databases.addons_hash():
        return
    server.stop()
    addons = ",".join(paths.product_addons())
    databases.odoo(
        "-d", DATABASE, "-i", addons, "-u", addons,
        "--stop-after-init", "--no-http", log="upgrade",
    )  # fmt: skip
    _remember_version()
    note("upgraded to these addons")


def _version_stamp():
    return paths.STATE / f"installed-{DATABASE}"


def _remember_version() -> None:
    paths.STATE.mkdir(parents=True, exist_ok=True)
    _version_stamp().write_text(databases.addons_hash())


if __name__ == "__main__":
    try:
        main()
    except SetupError as error:
        fail(error)
    except KeyboardInterrupt:
        say("\nInterrupted; the same command goes on from here.")
        sys.exit(130)
