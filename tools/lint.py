"""``make lint``: every check of the source, one line each, findings as file:line.

ruff, pylint-odoo and OCA's checks look at Python and data files, eslint and
prettier at JavaScript, styles and XML; the rest are rules of this repository
(manifests, direction of dependencies, machine paths) and need no tool.
``--fix`` lets the tools that can repair what they find.
"""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

from tools.setup import node, odoo, paths, python_env
from tools.setup.shell import SetupError, fail, say

#: Fields of data files that hold Python; prettier may break a line inside their quotes.
EXPRESSIONS = {"domain", "domain_force", "context"}
XML_HEADER = '<?xml version="1.0" encoding="UTF-8" ?>'
VERSION = re.compile(r"19\.0\.\d+\.\d+\.\d+")
#: Licences that differ from LGPL-3, because of what the addon stands on.
LICENCES = {"crm_helpdesk_sla": "AGPL-3"}
#: Which of our addons each one may stand on, directly or not.
LAYERS = {
    "bpm_engine": set(),
    "crm_bpm_core": {"bpm_engine"},
    "crm_telephony": {"bpm_engine", "crm_bpm_core"},
    "crm_payment_plan": {"bpm_engine", "crm_bpm_core"},
    "crm_helpdesk_sla": {"bpm_engine", "crm_bpm_core"},
    "crm_tenders": {"bpm_engine", "crm_bpm_core", "crm_payment_plan"},
    "crm_1c_sync": {"bpm_engine", "crm_bpm_core", "crm_payment_plan"},
}
#: Folders of an addon whose XML and CSV files the manifest must name.
DATA_FOLDERS = ("data", "demo", "report", "security", "views", "wizards")
#: Checks of oca-checks-odoo-module that this house does not follow.
OCA_OFF = (
    "prefer-readme-rst",
    "weblate-component-too-long",
    # <field name="sequence">10</field> is how Odoo itself writes numbers.
    "xml-field-numeric-without-eval",
    # A menu is made first and gets its action where the action is; see xml_files().
    "xml-duplicate-record-id",
    "xml-tag-position",
)
BINARY = {".png", ".jpg", ".ico", ".gif", ".woff2", ".xls", ".xlsx", ".pdf", ".zip", ".gz"}
#: First folders of a path that say nothing about the machine.
STANDARD_ROOTS = {"usr", "opt", "srv", "tmp", "var", "etc", "mnt", "proc", "dev", "lib", "run"}
#: Fields of data files that people read as they are written, line breaks included.
PLAIN_TEXTS = {"name", "note", "comment", "description", "summary", "reason", "title", "subject"}


def main() -> int:
    """Run all checks and print what they find; 0 when nothing was found."""
    say("Lint")
    fix = "--fix" in sys.argv
    # Tools that repair must not work on one file at the same time.
    with ThreadPoolExecutor(max_workers=1 if fix else 2) as pool:
        results = pool.map(lambda check: _timed(check, fix), CHECKS)
        count = sum(_report(*result) for result in results)
    say(f"  {count} findings" if count else "  no findings")
    return int(bool(count))


def _timed(check, fix: bool) -> tuple[str, float, list[str]]:
    started = time.monotonic()
    findings = check(fix) if check in TOOLS else check()
    name = check.__doc__.splitlines()[0].rstrip(".")
    return name, time.monotonic() - started, findings


def _report(name: str, took: float, findings: list[str]) -> int:
    said = f"{len(findings)} findings" if findings else "clean"
    say(f"  {name:<52} {took:5.1f} s  {said}")
    for finding in findings:
        say(f"    {finding}")
    return len(findings)


# ---------------------------------------------------------------- tools


def ruff_check(fix: bool) -> list[str]:
    """ruff: mistakes, complexity, imports."""
    flags = ["--fix"] if fix else []
    lines = _python_tool("ruff", "check", "--quiet", "--output-format=concise", *flags, ".")
    return [line for line in lines if re.match(r"\S+:\d+", line)]


def ruff_format(fix: bool) -> list[str]:
    """ruff: format of Python files."""
    lines = _python_tool("ruff", "format", *([] if fix else ["--check"]), ".")
    prefix = "Would reformat: "
    return [
        f"{line.removeprefix(prefix)}:1: not formatted; 'make format' does it"
        for line in lines
        if line.startswith(prefix)
    ]


def pylint_odoo(fix: bool) -> list[str]:
    """pylint-odoo."""
    lines = _python_tool("pylint", "--rcfile=.pylintrc", *_addon_folders())
    return _findings("pylint", lines)


def oca_checks(fix: bool) -> list[str]:
    """oca-checks-odoo-module."""
    flags = ["--fix"] if fix else []
    lines = _run(
        [paths.VENV / "bin/oca-checks-odoo-module", f"--disable={','.join(OCA_OFF)}", *flags]
        + _addon_folders()
    )
    return _findings("oca-checks-odoo-module", lines)


def eslint(fix: bool) -> list[str]:
    """eslint: JavaScript."""
    lines = _run([_node_tool("eslint"), "--format=json", *(["--fix"] if fix else []), "."])
    start = next((i for i, line in enumerate(lines) if line.startswith("[")), None)
    if start is None:
        return [f"eslint.config.cjs:1: eslint failed: {' '.join(lines)[-400:]}"]
    return [
        f"{_relative(file['filePath'])}:{said.get('line', 1)}: {said['ruleId']}: {said['message']}"
        for file in json.loads(lines[start])
        for said in file["messages"]
    ]


def prettier(fix: bool) -> list[str]:
    """prettier: format of JavaScript, styles and XML."""
    what = ["addons", "*.{cjs,json}"]
    lines = _run([_node_tool("prettier"), "--write" if fix else "--list-different", *what])
    if fix:
        lines = [line for line in lines if "[error]" in line]
    return [
        line if "error" in line else f"{line}:1: not formatted; 'make format' does it"
        for line in lines
        if line.strip()
    ]


def _python_tool(name: str, *arguments) -> list[str]:
    return _run([paths.VENV_PYTHON, "-m", name, *arguments])


def _node_tool(name: str) -> Path:
    return paths.REPO / "node_modules/.bin" / name


def _run(command: list) -> list[str]:
    result = subprocess.run(
        [str(part) for part in command],
        cwd=paths.REPO,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return result.stdout.splitlines()


def _findings(tool: str, lines: list[str]) -> list[str]:
    """Lines that name a place; a tool that crashed is a finding as well."""
    if any(line.startswith("Traceback") for line in lines):
        return [f"tools/lint.py:1: {tool} failed: {lines[-1]}"]
    return [line for line in map(_relative, lines) if re.match(r"\S+:\d+", line)]


def _addon_folders() -> list[str]:
    return [f"addons/{name}" for name in paths.product_addons()]


# ------------------------------------------------------- rules of the house


def manifests() -> list[str]:
    """manifests: version, licence, files, dependencies."""
    return [
        f"addons/{addon}/__manifest__.py:1: {said}"
        for addon in paths.product_addons()
        for said in manifest_findings(paths.ADDONS / addon)
    ]


def manifest_findings(folder: Path) -> list[str]:
    """What is wrong with the manifest of the addon in this folder, in words."""
    manifest = ast.literal_eval((folder / "__manifest__.py").read_text())
    licence = LICENCES.get(folder.name, "LGPL-3")
    found = []
    if not VERSION.fullmatch(manifest.get("version", "")):
        found.append(f"version {manifest.get('version')!r} is not 19.0.x.y.z")
    if manifest.get("license") != licence:
        found.append(f"license is {manifest.get('license')!r}, must be {licence}")
    found += _file_findings(folder, manifest) + _layer_findings(folder.name, manifest)
    return found


def _file_findings(folder: Path, manifest: dict) -> list[str]:
    named = [*manifest.get("data", ()), *manifest.get("demo", ())]
    on_disk = {
        str(file.relative_to(folder))
        for name in DATA_FOLDERS
        for file in (folder / name).rglob("*")
        if file.suffix in (".xml", ".csv")
    }
    found = [f"names {name}, which does not exist" for name in named if not _exists(folder, name)]
    found += [f"does not name {name}" for name in sorted(on_disk - set(named))]
    for pattern in _asset_patterns(manifest):
        addon, _, inside = pattern.lstrip("/").partition("/")
        if addon == folder.name and not any(folder.glob(inside)):
            found.append(f"assets name {pattern}, which matches no file")
    return found


def _exists(folder: Path, name: str) -> bool:
    return (folder / name).is_file()


def _asset_patterns(manifest: dict) -> list[str]:
    entries = [entry for bundle in manifest.get("assets", {}).values() for entry in bundle]
    return [
        entry if isinstance(entry, str) else entry[-1]
        for entry in entries
        if isinstance(entry, str) or entry[0] not in ("include", "remove")
    ]


def _layer_findings(addon: str, manifest: dict) -> list[str]:
    """Dependencies point one way; a bridge that installs itself may join any."""
    ours = {name for name in manifest.get("depends", ()) if name in LAYERS}
    if manifest.get("auto_install"):
        return []
    if addon not in LAYERS:
        return ["is in no layer of tools/lint.py (LAYERS) and is no auto_install bridge"]
    wrong = sorted(ours - LAYERS[addon])
    return [f"depends on {', '.join(wrong)}: that points the wrong way"] if wrong else []


def imports() -> list[str]:
    """imports: no addon above; every test file is loaded."""
    found = []
    for addon in paths.product_addons():
        allowed = LAYERS.get(addon, set(LAYERS)) | {addon}
        for file in (paths.ADDONS / addon).rglob("*.py"):
            found += _foreign_imports(file, set(LAYERS) - allowed)
        found += _unloaded_tests(paths.ADDONS / addon / "tests")
    return found


def _foreign_imports(file: Path, forbidden: set[str]) -> list[str]:
    return [
        f"{_relative(file)}:{item.lineno}: imports {item.module}, which the addon must not need"
        for item in ast.walk(ast.parse(file.read_text()))
        if isinstance(item, ast.ImportFrom)
        and (item.module or "").startswith("odoo.addons.")
        and item.module.split(".")[2] in forbidden
    ]


def _unloaded_tests(folder: Path) -> list[str]:
    init = folder / "__init__.py"
    text = init.read_text() if init.exists() else ""
    return [
        f"{_relative(init)}:1: does not import {file.stem}"
        for file in sorted(folder.glob("test_*.py"))
        if not re.search(rf"^from \. import .*\b{file.stem}\b", text, re.MULTILINE)
    ]


def xml_files() -> list[str]:
    """XML: well-formed, with the usual header."""
    found = []
    for file in sorted(paths.ADDONS.rglob("*.xml")):
        if "static/lib" in file.as_posix():
            continue
        found += xml_findings(file)
    return found or _twice_defined_records()


def _twice_defined_records() -> list[str]:
    """Records that two files of an addon define: the later one wins silently."""
    seen: dict[tuple, str] = {}
    found = []
    for file in sorted(paths.ADDONS.glob("*/*/*.xml")):
        addon, folder = file.relative_to(paths.ADDONS).parts[:2]
        for record in ElementTree.parse(file).iter() if folder in DATA_FOLDERS else ():
            key = (addon, record.get("id"))
            if record.tag not in ("record", "template") or not key[1]:
                continue
            if key in seen:
                found.append(f"{_relative(file)}:1: {key[1]} is defined in {seen[key]} too")
            seen[key] = _relative(file)
    return found


def xml_findings(file: Path) -> list[str]:
    """Whether the file parses, starts with the header, and its domains are Python, as lines."""
    try:
        tree = ElementTree.parse(file)
    except ElementTree.ParseError as error:
        return [f"{_relative(file)}:{error.position[0]}: not well-formed: {error}"]
    if file.read_text().split("\n", 1)[0] != XML_HEADER:
        return [f"{_relative(file)}:1: the first line must be {XML_HEADER}"]
    written = [field for field in tree.iter("field") if field.text]
    return [
        f"{_relative(file)}: no expression of Python (broken within quotes?): {field.text.strip()}"
        for field in written
        if field.get("name") in EXPRESSIONS and not _is_expression(field.text)
    ] + [
        f"{_relative(file)}: keeps its indentation, write it in one line: {field.text.strip()}"
        for field in written
        if field.get("name") in PLAIN_TEXTS and "\n" in field.text and not len(field)
    ]


def _is_expression(text: str) -> bool:
    try:
        ast.parse(text.strip(), mode="eval")
    except SyntaxError:
        return False
    return True


def machine_traces() -> list[str]:
    """traces: no paths or registries of this machine."""
    pattern = trace_pattern()
    found = []
    for file in tracked_files():
        text = file.read_text(errors="replace")
        for number, line in enumerate(text.splitlines() if pattern.search(text) else (), 1):
            match = pattern.search(line)
            if match:
                found.append(f"{_relative(file)}:{number}: names {match.group()!r}")
    return found


def trace_pattern() -> re.Pattern:
    """What tells of a machine: home folders, this clone's place, its registries."""
    roots = {"root", "Users", "home"}
    place = paths.REPO.parts[1]
    roots.update({place} - STANDARD_ROOTS)
    names = "|".join(map(re.escape, sorted(roots)))
    # After '${...}' or '~' a slash begins no absolute path.
    folders = rf"(?<![\w.:/}}~*)>-])/(?:{names})/\w[\w.-]*"
    hosts = "|".join(map(re.escape, sorted(registry_hosts())))
    return re.compile(f"{folders}|{hosts}" if hosts else folders)


def registry_hosts() -> set[str]:
    """Hosts (and local folders) this machine's apt, npm and pip take packages from."""
    asked = (
        ["apt-get", "indextargets", "--format", "$(REPO_URI)"],
        ["npm", "config", "get", "registry"],
        [paths.VENV_PYTHON, "-m", "pip", "config", "list"],
    )
    text = "\n".join(
        line for command in asked if shutil.which(str(command[0])) for line in _run(command)
    )
    urls = [urlsplit(url) for url in re.findall(r"(?:https?|file)://[^\s'\"]+", text)]
    hosts = {url.hostname or url.path.rstrip("/") for url in urls}
    return {host for host in hosts if len(host) > 4 and host not in ("localhost", "127.0.0.1")}


def text_files() -> list[str]:
    """text: line ends, blanks at line ends, conflict marks."""
    found = []
    for file in tracked_files():
        text = file.read_bytes().decode(errors="replace")
        if text and not text.endswith("\n"):
            found.append(f"{_relative(file)}:{text.count(chr(10)) + 1}: no newline at the end")
        for number, line in enumerate(text.split("\n"), 1):
            said = _line_finding(line, file.suffix)
            if said:
                found.append(f"{_relative(file)}:{number}: {said}")
    return found


def _line_finding(line: str, suffix: str) -> str:
    if line.endswith("\r") and suffix != ".csv":
        return "line ends with CR"
    if line != line.rstrip() and suffix not in (".md", ".csv"):
        return "blanks at the end of the line"
    if re.match(r"(<{7}|>{7}) ", line):
        return "conflict mark"
    return ""


def tracked_files() -> list[Path]:
    """Text files that git knows; without git every file that is not ignored by name."""
    files = _git_files() or _walked_files(paths.REPO)
    return sorted(
        file
        for file in files
        if file.is_file() and not file.is_symlink() and file.suffix not in BINARY
    )


def _git_files() -> list[Path]:
    # Also what is not added yet: it will be.
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    if not shutil.which("git"):
        return []
    names = subprocess.run(command, cwd=paths.REPO, capture_output=True, text=True, check=False)
    return [paths.REPO / name for name in names.stdout.splitlines()]


def _walked_files(top: Path) -> list[Path]:
    skip = {".git", "node_modules", "__pycache__", "build", ".ruff_cache", ".pytest_cache"}
    found = []
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if name not in skip]
        found += [Path(folder, name) for name in names]
    return found


def _relative(place) -> str:
    return str(place).removeprefix(f"{paths.REPO}/")


TOOLS = (ruff_check, ruff_format, pylint_odoo, oca_checks, eslint, prettier)
HOUSE = (manifests, imports, xml_files, machine_traces, text_files)
CHECKS = (*TOOLS, *HOUSE)


def set_up() -> None:
    """What the checks need, when lint is called by itself."""
    python_env.check_python()
    odoo.obtain_odoo()
    python_env.python_env(dev=True)
    node.npm_packages()
    node.designer_bundle()


if __name__ == "__main__":
    try:
        set_up()
        sys.exit(main())
    except SetupError as error:
        fail(error)
