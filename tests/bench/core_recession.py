"""Finding who fell silent, against the leanest SQL and against reading the ledger."""

from tests.bench import dataset
from tests.bench.frame import Result, bench

#: Rule of silence in one statement over the ledger and the stored calendar, by
#: the study; only whom to alarm about and the figures that decide.
SILENT = """
WITH s AS (
    SELECT partner_id, count(*) AS n, min(day) AS f, max(day) AS l
      FROM crm_order_day
     WHERE company_id = %(company)s AND day >= %(night)s::date - %(lookback)s
       AND day < %(night)s
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
SELECT partner_id, l, n, round(gap::numeric, 6), round(silence::numeric, 6)
  FROM x
 WHERE gap <= %(max_gap)s AND silence <= %(max_silence)s
   AND silence > %(factor)s * sqrt(7 * greatest(gap, 1))
   AND NOT EXISTS (SELECT 1 FROM crm_recession_alert a
                    WHERE a.partner_id = x.partner_id AND a.alarm_date >= x.l)
 ORDER BY partner_id
"""

SCAN = "SELECT count(*), sum(amount), max(day) FROM crm_order_day"


def rule_of_silence(env):
    return env["crm.recession.rule"].search(
        [("kind", "=", "silence"), ("state", "=", "on")], limit=1
    )


def measure_detection(lab, size) -> dict:
    """Seconds of the rule, of the leanest SQL and of reading the ledger once."""
    with lab.env(size) as env:
        rule = rule_of_silence(env)
        values = {
            "company": env.company.id,
            "night": dataset.NIGHT,
            "lookback": rule.lookback_days,
            "orders": rule.min_order_days,
            "tenure": rule.min_tenure_days,
            "max_gap": rule.max_gap_days,
            "max_silence": rule.max_silence_days,
            "factor": rule.factor,
        }
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


def check_detection(found, lab) -> None:
    """Both must name the same customers for the same reasons."""
    ours = sorted(found["ours"], key=lambda row: row["partner_id"])
    if len(ours) != len(found["floor"]):
        raise AssertionError(f"The rule finds {len(ours)}, the floor {len(found['floor'])}.")
    for row, (partner_id, last_day, order_days, gap, silence) in zip(
        ours, found["floor"], strict=True
    ):
        same = (row["partner_id"], row["last_order_day"], row["order_day_count"])
        near = abs(row["gap"] - float(gap)) + abs(row["silence"] - float(silence))
        if same != (partner_id, last_day, order_days) or near > 0.001:
            raise AssertionError(f"Different: {row} and {(partner_id, gap, silence)}")
    if not ours and not lab.tiny:
        raise AssertionError("Nobody fell silent in the data.")


def count(env, found) -> dict:
    env.cr.execute("SELECT count(*) FROM crm_order_day")
    return {"found": len(found["ours"]), "rows": env.cr.fetchone()[0]}


def detection(lab, size=None) -> dict:
    size = size or lab.large
    return lab.once(("detection", size), lambda: measure_detection(lab, size))


@bench("recession: detection of silence", max_ratio=1.5)
def detection_floor(lab):
    """With words and money of each alarm, which the floor does not compute."""
    found = detection(lab)
    lab.note(f"{found['found']} alarms from {found['rows']} rows of the ledger")
    return Result(found["ours"], found["floor"])


@bench("recession: detection against reading the ledger", max_ratio=5)
def detection_scan(lab):
    """The floor is a sequential scan of the daily ledger."""
    found = detection(lab)
    return Result(found["ours"], found["scan"])


@bench("recession: linear from small to large", unit="us/cust.", max_ratio=1.5)
def detection_linear(lab):
    large, small = detection(lab), detection(lab, lab.small)
    return Result(large["ours"] / lab.large * 1e6, small["ours"] / lab.small * 1e6)
