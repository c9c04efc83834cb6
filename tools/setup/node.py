"""npm packages: what checks JavaScript, and what the process designer is bundled from."""

import json
import re
import shutil
from pathlib import Path

from . import paths
from .shell import SetupError, digest, done, human_size, mark_done, need_debian_packages, run, step

#: One script, one style sheet and one font of all that bpmn.io gives the designer.
ENTRY = paths.REPO / "tools/bundle/bpmn.js"
TARGET = paths.ADDONS / "bpm_engine/static/lib/bpmn"
BUNDLED = ("bpmn.js", "bpmn.css", "bpmn.woff2", "LICENSES.txt")
ESBUILD_OPTIONS = (
    "--bundle", "--minify", "--format=iife", "--target=es2022", "--charset=utf8",
    "--legal-comments=none", "--log-level=warning", "--asset-names=[name]",
    "--loader:.woff2=file",
    # Formats of the same font that no browser of today asks for.
    *(f"--loader:.{kind}=empty" for kind in ("eot", "woff", "ttf", "svg")),
)  # fmt: skip
#: The font's sources; of them only the one that was kept stays in the style sheet.
FONT_SOURCES = re.compile(r"src:url\(\);src:[^;]*?(url\([^)]+\) format\([^)]+\))[^;]*;")


def npm_packages() -> None:
    with step("npm packages") as note:
        if not shutil.which("npm"):
            need_debian_packages({"nodejs": "node", "npm": "npm"}, "The process designer")
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


def designer_bundle() -> None:
    """What the process designer loads, made anew only when its sources changed."""
    name = f"bundle-{digest(str(paths.REPO))}"
    key = _bundle_key()
    title = "Process designer (bpmn.io)"
    if done(name, key) and all((TARGET / file).is_file() for file in BUNDLED):
        with step(title) as note:
            note("there already")
        return
    npm_packages()
    with step(title) as note:
        _bundle()
        mark_done(name, key)
        note(f"bundled, {human_size(TARGET)}")


def _bundle_key() -> str:
    lock = paths.REPO / "package-lock.json"
    sources = (lock, ENTRY, Path(__file__))
    return digest(*(file.read_text() for file in sources))


def _bundle() -> None:
    # Complete or not there: an interrupted set-up must not leave half a script.
    building = TARGET.with_name("bpmn.building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    meta = building / "meta.json"
    run(
        [paths.REPO / "node_modules/.bin/esbuild", ENTRY, *ESBUILD_OPTIONS,
         f"--outfile={building / 'bpmn.js'}", f"--metafile={meta}"],
        log="esbuild", cwd=paths.REPO,
    )  # fmt: skip
    styles = building / "bpmn.css"
    styles.write_text(FONT_SOURCES.sub(r"src:\1;", styles.read_text()))
    inputs = json.loads(meta.read_text())["inputs"]
    (building / "LICENSES.txt").write_text(_licences(inputs))
    meta.unlink()
    shutil.rmtree(TARGET, ignore_errors=True)
    building.rename(TARGET)


def _licences(inputs) -> str:
    """Licence texts of every package that went into the bundle."""
    parts = []
    for folder in sorted({_package_of(name) for name in inputs if "node_modules/" in name}):
        about = json.loads((paths.REPO / folder / "package.json").read_text())
        files = sorted((paths.REPO / folder).glob("[Ll][Ii][Cc][Ee][Nn]*"))
        text = "\n".join(file.read_text() for file in files) or f"License: {about['license']}\n"
        parts.append(f"==== {about['name']} {about['version']}\n\n{text}")
    return "\n".join(parts)


def _package_of(path: str) -> str:
    """Folder of the package a file belongs to: node_modules/x or node_modules/@y/x."""
    before, _mark, inside = path.rpartition("node_modules/")
    parts = inside.split("/")
    depth = 2 if inside.startswith("@") else 1
    return f"{before}node_modules/{'/'.join(parts[:depth])}"
