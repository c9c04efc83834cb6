"""What must hold of processes that killed programs worked on, read without the product's code."""

import json
from dataclasses import dataclass, field

#: How the library numbers the states of tokens.
WAITING, READY = 8, 16


@dataclass(frozen=True)
class Expected:
    """What the runs of one drawing must be like.

    :param human: places of tokens that have a task, as the library names them: those of several
        instances end with " [child]".
    :param attached: events at the border of a task; the history does not tell when they begin.
    :param each: queries that find runs which are not like the others.
    :param totals: {what: (query, how many for each run)}.
    """

    human: set
    events: set
    background: set
    each: dict
    totals: dict
    attached: set = field(default_factory=set)

    @property
    def watched(self):
        return self.human | self.events | self.background | self.attached


TOKENS = """
SELECT instance_id, token, min(element),
       count(*) FILTER (WHERE event = 'entered'),
       count(*) FILTER (WHERE event IN ('left', 'cancelled'))
  FROM bpm_log WHERE token IS NOT NULL AND event IN ('entered', 'left', 'cancelled')
   AND instance_id = ANY(%s)
 GROUP BY 1, 2
"""
STATES = """
SELECT i.id, i.state, i.engine_state,
       ARRAY(SELECT t.token FROM bpm_task t WHERE t.instance_id = i.id AND t.state = 'todo'),
       ARRAY(SELECT w.token FROM bpm_wait w WHERE w.instance_id = i.id),
       ARRAY(SELECT j.token FROM bpm_job j WHERE j.instance_id = i.id AND j.state = 'waiting')
  FROM bpm_instance i WHERE i.write_date >= %s
"""
ALWAYS = "2000-01-01"


def rows(connection, query, *values):
    """One query in a snapshot of its own."""
    with connection, connection.cursor() as cr:
        cr.execute(query, values or None)
        return cr.fetchall()


def state_trouble(connection, since=ALWAYS, expected=None) -> list[str]:
    """Where rows, history and tokens of a running database contradict each other.

    :param since: only runs that a step has touched since then; each step touches its run.
    """
    found, expected = [], expected or PLAIN
    elements = {name.removesuffix(" [child]") for name in expected.watched}
    with connection, connection.cursor() as cr:
        cr.execute(STATES, [since])
        states = cr.fetchall()
        cr.execute(TOKENS, [[state[0] for state in states]])
        tokens = cr.fetchall()
    logged = {}
    for instance, token, element, entered, gone in tokens:
        if entered != 1 or gone > 1:
            found.append(f"{instance}: {element} was entered {entered} and left {gone} times")
        elif not gone and element in elements:
            logged.setdefault(instance, set()).add(token)
    for instance, state, engine, tasks, waits, jobs in states:
        live = live_tokens(engine, expected.watched)
        places = {
            "tasks": (tasks, expected.human),
            "waits": (waits, expected.events | expected.attached),
            "jobs": (jobs, expected.background),
        }
        for what, (kept, names) in places.items():
            wanted = sorted(token for token, name in live.items() if name in names)
            if sorted(kept) != wanted:
                found.append(f"{instance}: {what} {kept}, tokens {wanted}")
        told = {token for token, name in live.items() if name not in expected.attached}
        if told != logged.get(instance, set()):
            found.append(f"{instance}: the history knows other open tokens than the engine")
        if (state == "done") == bool(live):
            found.append(f"{instance} is {state} with tokens {live}")
    return found


def live_tokens(engine_state: str, watched: set) -> dict[str, str]:
    """{token: element} of what waits for somebody, read from the saved text itself."""
    state = json.loads(engine_state)
    return {
        _dashed(row[0]): row[3]
        for scope in (state["top"], *state["subs"])
        for row in scope["tasks"]
        if row[2] in (WAITING, READY) and row[3] in watched
    }


def _dashed(text):
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


#: What must be the same for every run: its passes, its effects, its tasks.
EACH = {
    "runs": "SELECT res_id, count(*) FROM bpm_instance GROUP BY 1 HAVING count(*) <> 1",
    "passes": """SELECT instance_id, element, event, count(*) FROM bpm_log
        WHERE event IN ('entered', 'left') AND element <> 'Join'
        GROUP BY 1, 2, 3 HAVING count(*) <> 1""",
    "join": """SELECT instance_id FROM bpm_log WHERE element = 'Join' AND event = 'left'
        GROUP BY 1 HAVING count(*) > 3""",
    "tasks": """SELECT instance_id, count(*) FROM bpm_task WHERE state = 'done'
        GROUP BY 1 HAVING count(*) <> 2""",
    "open": """SELECT id FROM bpm_task WHERE state <> 'done'
        UNION ALL SELECT id FROM bpm_wait UNION ALL SELECT id FROM bpm_job WHERE state <> 'done'
        UNION ALL SELECT id FROM mail_activity WHERE bpm_task_id IS NOT NULL AND active""",
    "jobs": "SELECT instance_id, count(*) FROM bpm_job GROUP BY 1 HAVING count(*) <> 1",
    "effects": """SELECT name->>'en_US', color, count(*) FROM res_partner_category
        WHERE name->>'en_US' LIKE 'Soak %' GROUP BY 1, 2 HAVING count(*) <> 1""",
}
TOTALS = {
    "ended": ("SELECT count(*) FROM bpm_instance WHERE state = 'done'", 1),
    "ends": ("SELECT count(*) FROM bpm_log WHERE element = 'End' AND event = 'left'", 1),
    "passes of eight elements": (
        """SELECT count(*) FROM bpm_log WHERE event = 'left' AND element IN
           ('Start', 'Note', 'Fork', 'First', 'Pause', 'Send', 'Word', 'Last')""",
        8,
    ),
    # Tags of the product's own data have whatever colour chance gave them.
    "effects": (
        """SELECT count(*) FROM res_partner_category
            WHERE color IN (1, 2) AND name->>'en_US' LIKE 'Soak %'""",
        2,
    ),
    "tasks": ("SELECT count(*) FROM bpm_task", 2),
}


PLAIN = Expected({"First", "Last"}, {"Pause", "Word"}, {"Send"}, EACH, TOTALS)


def final_table(connection, size, expected=PLAIN) -> list[tuple]:
    """What there is once everything has ended: (what, how many there must be, how many are)."""
    table = [
        (what, size * each, rows(connection, query)[0][0])
        for what, (query, each) in expected.totals.items()
    ]
    return table + [
        (f"wrong: {what}", 0, len(rows(connection, query))) for what, query in expected.each.items()
    ]


def final_trouble(connection, size, expected=PLAIN) -> list[str]:
    """What is wrong once everything has ended."""
    found = state_trouble(connection, expected=expected)
    for what, wanted, count in final_table(connection, size, expected):
        if count != wanted:
            example = _example(connection, expected.each.get(what.removeprefix("wrong: ")))
            found.append(f"{what}: {count} instead of {wanted}{example}")
    return found


def _example(connection, query):
    return f", for instance {rows(connection, query)[:3]}" if query else ""
