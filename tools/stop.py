"""``make stop``: stop the server and the database server that we started."""

import sys

from tools.setup import postgres, server
from tools.setup.shell import SetupError, fail, say


def main() -> None:
    stopped = []
    if server.stop():
        stopped.append("server")
    if postgres.stop_postgres():
        stopped.append("PostgreSQL")
    say(f"stopped: {', '.join(stopped)}" if stopped else "nothing of ours was running")


if __name__ == "__main__":
    try:
        main()
    except SetupError as error:
        fail(error)
    except KeyboardInterrupt:
        say("\nInterrupted.")
        sys.exit(130)
