"""Databases: a base with Odoo's own modules, templates with the product's.

base      Odoo's modules that the product depends on; rebuilt only when that
          list or Odoo itself changes (about a minute).
template  base + the product's addons, per content hash of the addons; with or
          without demo data. Tests and the demo database are cloned from it,
          which takes a second.
"""

import ast
import hashlib
import os
import shutil
import subprocess
import time
from pathlib import Path

from . import paths, postgres, secrets
from .odoo import is_debian_tree, odoo_addons_paths, odoo_python_path
from .python_env import oca_addons_paths
from .shell import SetupError, digest, run, say, step

#: Parts of an addon that are read at run time and need no new installation.
NOT_INSTALLED = {"tests", "static", "readme", "__pycache__", "i18n"}
PREFIX = "crmbpm"
#: Pages and their scripts stand ready when first asked for: browser tests and the
#: first visitor would wait for them, half a minute on a busy machine. Added are those
#: that the client asks for later; left out Odoo's own tests in JavaScript.
BUNDLE_ASSETS = """
qweb = env["ir.qweb"]
scripts, styles = qweb._get_bundles_to_pregenarate()
later = {
    "bpm_engine.assets_bpmn", "web.assets_backend_lazy", "web.chartjs_lib", "web.fullcalendar_lib",
}
for bundle in sorted(scripts | styles | later):
    if "unit_tests" in bundle or "qunit" in bundle or bundle == "web.tests_assets":
        continue
    if bundle in scripts | later:
        qweb._get_asset_bundle(bundle, css=False, js=True).js()
    if bundle in styles | later:
        qweb._get_asset_bundle(bundle, css=True, js=False).css()
env.cr.commit()
"""


def addons_path() -> str:
    """The product's addons, what EXTRA_ADDONS names, OCA's and Odoo's, by comma."""
    extra = [Path(p) for p in os.environ.get("EXTRA_ADDONS", "").split(",") if p]
    folders = [paths.ADDONS, *extra, *oca_addons_paths(), *odoo_addons_paths()]
    return ",".join(map(str, folders))


def _data_dir() -> Path:
    """Attachments and sessions: for their owner only."""
    paths.DATA_DIR.mkdir(parents=True, exist_ok=True)
    paths.DATA_DIR.chmod(0o700)
    return paths.DATA_DIR


def odoo_env() -> dict[str, str]:
    """Environment of every Odoo process we start: our paths and our server."""
    return {
        **postgres.connection_env(),
        # Our own wkhtmltopdf, where Debian has none.
        "PATH": f"{paths.CACHE / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
        "ODOO_ADDONS_PATH": addons_path(),
        "ODOO_DATA_DIR": str(_data_dir()),
        "ODOO_RC": str(secrets.server_config()),
        "PYTHONWARNINGS": "ignore::DeprecationWarning",
    }


def odoo(*arguments, log: str) -> str:
    command = [paths.VENV_PYTHON, "-m", "odoo", *arguments]
    return run(command, log=log, env=odoo_env(), cwd=paths.REPO)


def shell(database: str, code: str) -> None:
    """Run code in the database; it goes by stdin, so that no process list shows it."""
    result = subprocess.run(
        [str(paths.VENV_PYTHON), "-m", "odoo", "shell", "-d", database, "--no-http"],
        input=code,
        text=True,
        capture_output=True,
        env={**os.environ, **odoo_env()},
        cwd=paths.REPO,
        check=False,
    )
    if result.returncode or "Traceback" in result.stderr:
        raise SetupError(f"Setting up the database failed:\n{result.stderr[-2000:]}")


def manifest(addon: str) -> dict:
    return ast.literal_eval((paths.ADDONS / addon / "__manifest__.py").read_text())


def core_modules() -> list[str]:
    """Odoo's modules that the product's manifests depend on."""
    ours = set(paths.product_addons())
    wanted = {name for addon in ours for name in manifest(addon).get("depends", ())}
    return sorted(wanted - ours)


def _odoo_version() -> str:
    release = odoo_python_path() / "odoo" / "release.py"
    info = release.stat()
    return f"{release}{info.st_size}{int(info.st_mtime)}"


def addons_hash() -> str:
    """Hash of all that an installation reads from the product's addons."""
    return _hash_addons(NOT_INSTALLED)


def served_files_hash() -> str:
    """Hash of all that a running server has read, and of where it stands."""
    return digest(str(paths.REPO), _hash_addons({"tests", "__pycache__"}))


def _hash_addons(left_out: set[str]) -> str:
    result = hashlib.sha256(base_name().encode())
    for file in sorted(paths.ADDONS.rglob("*")):
        parts = file.relative_to(paths.ADDONS).parts
        if not file.is_file() or left_out.intersection(parts[1:]):
            continue
        result.update("/".join(parts).encode())
        result.update(file.read_bytes())
    return result.hexdigest()[:12]


def base_name() -> str:
    return f"{PREFIX}_base_{digest(_odoo_version(), *core_modules())}"


def template_name(demo: bool) -> str:
    kind = "demo" if demo else "test"
    # Two clones must not fight over one template, so the clone is in the name.
    return f"{PREFIX}_{kind}_{digest(addons_hash(), BUNDLE_ASSETS, str(paths.REPO))}"


def exists(database: str) -> bool:
    query = f"select 1 from pg_database where datname = '{database}'"
    return bool(postgres.psql(query).strip())


def build_base() -> str:
    name = base_name()
    with step("Odoo's modules (base database)") as note:
        if exists(name):
            note("there already")
            return name
        building = f"{name}_building"
        drop(building)
        create(building)
        modules = ",".join(["base", "web", *core_modules()])
        odoo("-d", building, "-i", modules, "--stop-after-init", "--no-http", log="base")
        if is_debian_tree():
            _remove_missing_javascript(building)
        rename(building, name)
        note(f"{len(core_modules())} modules, {size(name)}")
    return name


def build_template(demo: bool) -> str:
    """The template for these addons; older ones of this clone are dropped."""
    name = template_name(demo)
    title = "The product's addons" + (" with demo data" if demo else "")
    if exists(name):
        with step(title) as note:
            note("there already")
        return name
    base = build_base()
    with step(title) as note:
        building = f"{name}_building"
        drop(building)
        clone(base, building)
        if demo:
            # Demo data loads only on top of demo data; Odoo's own would bury ours.
            postgres.psql("update ir_module_module set demo = true", building)
        flags = ["--with-demo"] if demo else []
        addons = ",".join(paths.product_addons())
        log = "demo" if demo else "template"
        odoo("-d", building, "-i", addons, "--stop-after-init", "--no-http", *flags, log=log)
        if demo:
            _check_demo(building)
        shell(building, BUNDLE_ASSETS)
        rename(building, name)
        _forget_older_templates(name, demo)
        note(f"{', '.join(paths.product_addons())}, {size(name)}")
    return name


def _check_demo(database: str) -> None:
    """Odoo installs an addon whose demo data fails without them, and only its log says so."""
    names = "', '".join(paths.product_addons())
    query = f"select name from ir_module_module where name in ('{names}') and demo is not true"
    if failed := postgres.psql(query, database).split():
        raise SetupError(
            f"The demo data of {', '.join(failed)} failed: {paths.LOGS / 'demo.log'} says where."
        )


def _forget_older_templates(name: str, demo: bool) -> None:
    """Drop templates of this clone's former contents."""
    stamp = paths.STATE / f"template-{'demo' if demo else 'test'}-{digest(str(paths.REPO))}"
    paths.STATE.mkdir(parents=True, exist_ok=True)
    old = stamp.read_text().strip() if stamp.exists() else ""
    if old and old != name:
        drop(old)
    stamp.write_text(name)


def _remove_missing_javascript(database: str) -> None:
    """Debian's package lacks one file of 'mail'; its bundle must not ask for it."""
    path = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
    postgres.psql(
        "insert into ir_asset (name, bundle, directive, path, active, sequence) values "
        f"('Not in this Odoo package', 'web.assets_backend', 'remove', '{path}', true, 16)",
        database,
    )


def create(database: str) -> None:
    postgres.psql(f"create database \"{database}\" encoding 'UTF8' template template0")


def clone(source: str, target: str, options: str = "") -> None:
    """Copy a database nobody is connected to, and its filestore.

    :param options: more of PostgreSQL's ``create database``
    """
    drop(target)
    postgres.psql(f'create database "{target}" template "{source}" {options}')
    copy_files(source, target)


def copy_files(source: str, target: str) -> None:
    """Copy a database's filestore; what is left of a former one is removed."""
    shutil.rmtree(filestore(target), ignore_errors=True)
    if filestore(source).exists():
        shutil.copytree(filestore(source), filestore(target), copy_function=_link_or_copy)


def _link_or_copy(source, target):
    # Files of the store are named by content and never rewritten.
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def rename(old: str, new: str) -> None:
    postgres.psql(f'alter database "{old}" rename to "{new}"')
    if filestore(old).exists():
        shutil.rmtree(filestore(new), ignore_errors=True)
        filestore(old).rename(filestore(new))


def drop(database: str) -> None:
    if not database.replace("_", "").replace("-", "").isalnum():
        raise SetupError(f"Not a database name: {database}")
    _drop_when_left(database)
    shutil.rmtree(filestore(database), ignore_errors=True)


def _drop_when_left(database: str, tries: int = 10) -> None:
    """``force`` ends our own connections; a vacuum worker of the server leaves by itself."""
    for left in reversed(range(tries)):
        try:
            postgres.psql(f'drop database if exists "{database}" with (force)')
            return
        except SetupError as error:
            if not left or "terminate" not in str(error) and "being accessed" not in str(error):
                raise
            time.sleep(0.5)


def filestore(database: str) -> Path:
    return paths.DATA_DIR / "filestore" / database


def size(database: str) -> str:
    return postgres.psql(f"select pg_size_pretty(pg_database_size('{database}'))").strip()


def drop_all() -> None:
    """Drop every database this product made on this server."""
    query = f"select datname from pg_database where datname like '{PREFIX}\\_%'"
    for name in postgres.psql(query).split():
        drop(name)
        say(f"  dropped {name}")
