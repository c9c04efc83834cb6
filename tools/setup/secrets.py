"""Passwords: generated at first run, kept in the cache, readable by its owner."""

import json
import os
import secrets

from . import paths


def get(name: str) -> str:
    """The secret of that name; made and stored when asked for first."""
    known = json.loads(paths.SECRETS.read_text()) if paths.SECRETS.exists() else {}
    if name not in known:
        known[name] = secrets.token_urlsafe(12)
        _write(paths.SECRETS, json.dumps(known, indent=1))
    return known[name]


def server_config():
    """odoo.conf of the clone plus the master password, which no file of it holds."""
    target = paths.STATE / "odoo.conf"
    text = (paths.REPO / "odoo.conf").read_text()
    text += f"admin_passwd = {get('master_password')}\n"
    if not target.exists() or target.read_text() != text:
        _write(target, text)
    return target


def _write(path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(text)
    temporary.replace(path)
