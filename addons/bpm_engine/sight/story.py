"""The history of one instance, folded from its log rows into what people read."""

from datetime import datetime

OPENING = "entered"
CLOSING = ("left", "cancelled")
#: Events that tell where tokens go; an event at a border tells only that it fired.
MOVING = (OPENING, *CLOSING, "fired")
#: Events of the instance as a whole: lines of their own.
WHOLE = ("started", "ended", "migrated")
#: What happens to a step while it is open: lines under it.
NOTES = ("assigned", "escalated", "fired", "error", "repaired")
#: Steps that a reader of the history does not miss.
QUIET = {
    "exclusiveGateway",
    "inclusiveGateway",
    "parallelGateway",
    "eventBasedGateway",
    "complexGateway",
    "startEvent",
    "endEvent",
    "boundaryEvent",
}


class Story:
    """Rows are dicts with the fields of bpm.log, in the order they were written."""

    def __init__(self, rows: list[dict]):
        self.rows = rows
        self._counts: dict[tuple, int] = {}
        self._last: dict[tuple, dict] = {}
        self._since: dict[tuple, datetime] = {}
        for row in rows:
            self._count(row)

    @staticmethod
    def key(row: dict) -> tuple:
        """The token; rows written without one belong to their element."""
        return (row.get("token") or row["element"],)

    def _count(self, row: dict) -> None:
        if row["event"] not in (OPENING, *CLOSING):
            return
        key = self.key(row)
        self._counts[key] = self._counts.get(key, 0) + (1 if row["event"] == OPENING else -1)
        if row["event"] == OPENING:
            # Put on another step by a decision, a token waits since it came to the first.
            since = self._since.setdefault(key, row["at"]) if row["token"] else row["at"]
            self._last[key] = {**row, "since": since}
        elif row["event"] == "left":
            self._since.pop(key, None)

    @property
    def done(self) -> list[str]:
        """Elements that were left at least once, in the order of the first time."""
        return list(dict.fromkeys(r["element"] for r in self.rows if r["event"] == "left"))

    @property
    def standing(self) -> list[dict]:
        """The rows that entered what is still open, with ``since``: when its token came."""
        return [self._last[key] for key, count in self._counts.items() if count > 0]

    @property
    def failed(self) -> list[str]:
        """Elements whose last word is an error."""
        words = {}
        for row in self.rows:
            if row["element"] and row["event"] in ("error", "repaired", *CLOSING):
                words[row["element"]] = row["event"]
        return [element for element, event in words.items() if event == "error"]

    @property
    def steps(self) -> list[tuple[str, str]]:
        """(element, event) of what moves tokens, for FlowMap.passed()."""
        return [
            (row["element"], row["event"])
            for row in self.rows
            if row["event"] in MOVING and row["element"]
        ]

    def timeline(self, quiet: bool = False) -> list[dict]:
        """Lines for people, oldest first; with ``quiet`` also gateways and the like.

        A step is one line from entering to leaving with its decisions and notes.
        """
        lines: list[dict] = []
        open_lines: dict[tuple, dict] = {}
        for row in self.rows:
            if row["event"] in WHOLE or not row["element"]:
                lines.append(self._line(row, row["event"]))
                continue
            line = open_lines.get(self.key(row))
            if line is None or row["event"] == OPENING:
                line = open_lines[self.key(row)] = self._line(row, "open")
                lines.append(line)
            self._tell(line, row)
        return [line for line in lines if quiet or not self._is_quiet(line)]

    @staticmethod
    def _line(row: dict, state: str) -> dict:
        of_whole = state != "open"
        return {
            "id": row["id"],
            "state": state,
            "element": row["element"],
            "name": row["element_name"] or row["element"] or "",
            "type": row["element_type"],
            "at": row["at"],
            "until": None,
            "seconds": None,
            "overdue": False,
            "user": row["user_id"] if of_whole else None,
            "comment": row["comment"] if of_whole else None,
            "outcome": row["outcome"] if of_whole else None,
            "decisions": [],
            "notes": [],
        }

    @staticmethod
    def _tell(line: dict, row: dict) -> None:
        """What a row adds to the line of its step."""
        event = row["event"]
        if event == "decided" or (event == "left" and row["outcome"] and not line["decisions"]):
            line["decisions"].append(
                {key: row[key] for key in ("at", "user_id", "outcome", "comment")}
            )
        if event in NOTES:
            line["notes"].append({key: row[key] for key in ("event", "at", "user_id", "comment")})
        if event in CLOSING:
            line["state"] = "done" if event == "left" else "withdrawn"
            line["until"] = row["at"]
            line["seconds"] = row["duration"]
            line["overdue"] = bool(row["overdue"])
            line["user"] = line["user"] or row["user_id"]
            line["comment"] = line["comment"] or (row["comment"] if not line["decisions"] else None)

    @staticmethod
    def _is_quiet(line: dict) -> bool:
        return line["type"] in QUIET and line["state"] not in WHOLE and not line["notes"]
