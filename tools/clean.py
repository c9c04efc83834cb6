"""``make clean``: stop everything and remove the cache, with its databases."""

import shutil
import sys

from tools.setup import paths, postgres, server
from tools.setup.shell import SetupError, fail, say


def main() -> None:
    if "--yes" not in sys.argv:
        say(f"This removes {paths.CACHE} with all databases that 'make run' made.")
        if input("Type yes to go on: ").strip() != "yes":
            raise SetupError("nothing was removed")
    server.stop()
    postgres.stop_postgres()
    for folder in (postgres.cluster_home(), paths.CACHE, paths.REPO / "node_modules"):
        shutil.rmtree(folder, ignore_errors=True)
        say(f"removed {folder}")


if __name__ == "__main__":
    try:
        main()
    except SetupError as error:
        fail(error)
    except KeyboardInterrupt:
        say("\nInterrupted.")
        sys.exit(130)
