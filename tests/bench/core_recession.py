"""Finding who fell silent, against the leanest SQL and against reading the ledger."""

import math
from datetime import timedelta

from tests.bench import dataset
from tests.bench.frame import Result, bench

#: Rule of silence in one statement over the ledger and the stored calendar, by
#: the study, with what an alarm says of the half year before the last order. Who
#: ordered since the shortest tolerated silence is left out before anything is summed.
SILENT = """
WITH s AS (
    SELECT partner_id, count(*) AS n, min(day) AS f, max(day) AS l
      FROM crm_order_day past
     WHERE company_id = %(company)s AND day >= %(night)s::date - %(lookback)s
       AND day < %(newest)s
       AND NOT EXISTS (SELECT 1 FROM crm_order_day recent
                        WHERE recent.partner_id = past.partner_id
                          AND recent.company_id = %(company)s
                          AND recent.day >= %(newest)s AND recent.day < %(night)s)
     GROUP BY partner_id
    HAVING count(*) >= %(orders)s AND max(day) - min(day) >= %(tenure)s),
x AS (
    SELECT s.*, (cl.cumulated - cf.cumulated) / (n - 1) AS gap,
           now.cumulated - cl.cumulated AS silence
      FROM s
      JOIN crm_order_calendar cl ON cl.company_id = %(company)s AND cl.day = s.l
      JOIN crm_order_calendar cf ON cf.company_id = %(company)s AND cf.day = s.f,
           (SELECT cumulated FROM crm_order_calendar
             WHERE company_id = %(company)s AND day = %(night)s::date - 1) now)
SELECT x.partner_id, l, n, gap, silence, weeks, lines
  FROM x
 CROSS JOIN LATERAL (
       SELECT count(DISTINCT (l - d.day) / 7) AS weeks, sum(d.line_count) AS lines
         FROM crm_order_day d
        WHERE d.partner_id = x.partner_id AND d.company_id = %(company)s
          AND d.day <= l AND d.day > l - 182) half_year
 WHERE gap <= %(max_gap)s AND silence <= %(max_silence)s
   AND silence > %(factor)s * sqrt(7 * greatest(gap, 1))
   AND NOT EXISTS (SELECT 1 FROM crm_recession_alert a
                    WHERE a.partner_id = x.partner_id AND a.alarm_date >= x.l)
"""

SCAN = "SELECT count(*), sum(amount), max(day) FROM crm_order_day"


def rule_of_silence(env):
    return env["crm.recession.rule"].search(
        [("kind", "=", "silence"), ("state", "=", "on")], limit=1
    )


def measure_detection(lab, size, first_night=False) -> dict:
    """Seconds of the rule, of the leanest SQL and of reading the ledger once.

    In the first night everybody who is silent is found; in an ordinary one those
    who crossed their limit since the last night.
    """
    with lab.env(size) as env:
        rule = rule_of_silence(env)
        if not first_night:
            env["crm.recession.rule"]._run_night(env.company, dataset.LAST_DAY)
            env.flush_all()
            env.cr.execute("ANALYZE crm_recession_alert")
        values = prepare_values(env, rule)
        found = {}

        def ours():
            found["ours"] = rule._detect(dataset.NIGHT)

        def floor():
            env.cr.execute(SILENT, values)
            found["floor"] = env.cr.fetchall()

        def scan():
            env.cr.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off")
            env.cr.execute(SCAN)
            env.cr.execute("SET LOCAL enable_indexscan = on; SET LOCAL enable_bitmapscan = on")

        ours(), floor(), scan()
        check_detection(found, lab)
        times = lab.best(ours, floor, scan, repeat=7)
        return {**dict(zip(("ours", "floor", "scan"), times, strict=True)), **count(env, found)}


def prepare_values(env, rule) -> dict:
    return {
        "company": env.company.id,
        "night": dataset.NIGHT,
        "newest": dataset.NIGHT - timedelta(days=math.floor(rule.factor * math.sqrt(7))),
        "lookback": rule.lookback_days,
        "orders": rule.min_order_days,
        "tenure": rule.min_tenure_days,
        "max_gap": rule.max_gap_days,
        "max_silence": rule.max_silence_days,
        "factor": rule.factor,
    }


def check_detection(found, lab) -> None:
    """Both must name the same customers for the same reasons."""
    ours = {row["partner_id"]: row for row in found["ours"]}
    if set(ours) != {row[0] for row in found["floor"]}:
        raise AssertionError(f"The rule finds {len(ours)}, the floor {len(found['floor'])}.")
    for partner_id, *expected in found["floor"]:
        row = ours[partner_id]
        lines = row["week_lines"] * row["weeks_total"]
        figures = [row["last_order_day"], row["order_day_count"], row["gap"], row["silence"]]
        figures += [row["weeks_ordered"], lines]
        if figures[0] != expected[0] or any(
            abs(mine - float(theirs)) > 0.001
            for mine, theirs in zip(figures[1:], expected[1:], strict=True)
        ):
            raise AssertionError(f"Customer {partner_id}: {figures} and {expected}")
    if not ours and not lab.tiny:
        raise AssertionError("Nobody fell silent in the data.")


def count(env, found) -> dict:
    env.cr.execute("SELECT count(*) FROM crm_order_day")
    return {"found": len(found["ours"]), "rows": env.cr.fetchone()[0]}


def detection(lab, size=None, first_night=False) -> dict:
    size = size or lab.large
    key = ("detection", size, first_night)
    return lab.once(key, lambda: measure_detection(lab, size, first_night))


@bench("recession: detection of silence", max_ratio=1.5)
def detection_floor(lab):
    found = detection(lab)
    lab.note(f"{found['found']} new alarms from {found['rows']} rows of the ledger")
    return Result(found["ours"], found["floor"])


@bench("recession: detection against reading the ledger", max_ratio=5)
def detection_scan(lab):
    """The floor is a sequential scan of the daily ledger."""
    found = detection(lab)
    return Result(found["ours"], found["scan"])


@bench("recession: detection in a rule's first night", max_ratio=1.5)
def detection_first(lab):
    found = detection(lab, first_night=True)
    lab.note(f"{found['found']} alarms at once")
    return Result(found["ours"], found["floor"])


@bench("recession: linear from small to large", unit="us/cust.", max_ratio=1.5)
def detection_linear(lab):
    large, small = detection(lab), detection(lab, lab.small)
    return Result(large["ours"] / lab.large * 1e6, small["ours"] / lab.small * 1e6)
