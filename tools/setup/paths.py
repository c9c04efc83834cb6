"""Where things live: the clone, the cache folder and what stands in it."""

import os
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
ADDONS = REPO / "addons"


def _cache_home() -> Path:
    named = os.environ.get("CRM_BPM_CACHE")
    if named:
        return Path(named).expanduser().resolve()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser().resolve() / "crm-bpm"


CACHE = _cache_home()
ODOO_TREE = CACHE / "odoo"
DEBS = CACHE / "debs"
VENV = CACHE / f"venv-{sys.version_info[0]}.{sys.version_info[1]}"
VENV_PYTHON = VENV / "bin" / "python"
DATA_DIR = CACHE / "data"
SECRETS = CACHE / "secrets.json"
STATE = CACHE / "state"
LOGS = CACHE / "logs"


def product_addons() -> list[str]:
    """Names of the product's addons, in no particular order."""
    return sorted(path.parent.name for path in ADDONS.glob("*/__manifest__.py"))
