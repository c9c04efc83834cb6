"""npm packages: what checks JavaScript now, what the web client bundles later."""

import shutil

from . import paths
from .shell import SetupError, digest, done, mark_done, need_debian_packages, run, step


def npm_packages() -> None:
    with step("npm packages") as note:
        if not shutil.which("npm"):
            need_debian_packages({"nodejs": "node", "npm": "npm"}, "JavaScript checks")
        lock = paths.REPO / "package-lock.json"
        name = f"npm-{digest(str(paths.REPO))}"
        key = digest(lock.read_text())
        if done(name, key) and (paths.REPO / "node_modules").is_dir():
            note("there already")
            return
        try:
            run(["npm", "ci", "--no-audit", "--no-fund"], log="npm", cwd=paths.REPO)
        except SetupError as error:
            raise SetupError(f"{error}\nIs the npm registry reachable?") from error
        mark_done(name, key)
        note("installed")
