"""Run the engine's tests without Odoo, in seconds; arguments go to pytest.

`python addons/bpm_engine/tests/engine/quick.py -k lint`
"""

import sys
import types
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Stand in for the packages whose import needs Odoo, then run pytest."""
    sys.path.insert(0, str(HERE.parents[2]))
    for name, path in (("bpm_engine", HERE.parents[1]), ("bpm_engine.tests", HERE.parent)):
        module = types.ModuleType(name)
        module.__path__ = [str(path)]
        module.__file__ = str(path / "__init__.py")
        sys.modules[name] = module
    return pytest.main(["-p", "no:odoo", "--durations=0", str(HERE), *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
