"""Making the calls of a night: in bulk against one by one, and promotion of customers."""

from tests.bench import dataset
from tests.bench.core_ledger import VALUES
from tests.bench.frame import Result, bench
from tests.bench.lab import seconds

SAMPLE = 300

#: Every twentieth customer is called.
DUE = """
SELECT p.id, p.user_id FROM res_partner p
 WHERE p.id > %(first)s AND p.id < %(last)s AND p.id %% 20 = 7
   AND NOT EXISTS (SELECT 1 FROM mail_activity a
                    WHERE a.res_model = 'res.partner' AND a.res_id = p.id AND a.active)
 ORDER BY p.id
"""
SPAN = {"first": dataset.FIRST_CUSTOMER, "last": dataset.FIRST_CONTACT}


def plan(env, due):
    calls = [
        {
            "partner_id": partner_id,
            "user_id": user_id,
            "reason": "monitoring",
            "summary": "Monitoring call",
            "note": "",
            "value": partner_id % 1000,
            "overdue": partner_id % 30,
        }
        for partner_id, user_id in due
    ]
    planned = env["crm.call.planner"]._plan_calls(env.company, dataset.NIGHT, calls)
    env.flush_all()
    return planned


def plan_one_by_one(env, due):
    """The way of any Odoo tutorial, with its mail to each responsible."""
    for partner_id, user_id in due:
        env["res.partner"].browse(partner_id).activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=dataset.NIGHT,
            summary="Monitoring call",
            user_id=user_id,
        )
    env.flush_all()


def plan_bare(env, due):
    """The same rows by one INSERT, on the day they were planned for."""
    env.cr.execute(
        """INSERT INTO mail_activity (res_model_id, res_model, res_id, res_name, user_id,
                  activity_type_id, date_deadline, summary, automated, active, call_reason,
                  create_uid, write_uid, create_date, write_date)
           SELECT m.id, 'res.partner', p.id, p.complete_name, p.user_id, %(type)s, %(night)s,
                  'Monitoring call', true, true, 'monitoring', 1, 1, now(), now()
             FROM res_partner p, ir_model m
            WHERE m.model = 'res.partner' AND p.id = ANY(%(ids)s)""",
        {
            "type": env.ref("mail.mail_activity_data_call").id,
            "night": dataset.NIGHT,
            "ids": [partner_id for partner_id, _user_id in due],
        },
    )


def measure_calls(lab, size) -> dict:
    """Seconds per call: bulk, one by one on a sample, bare INSERT."""
    with lab.env(size) as env:
        env.cr.execute(DUE, SPAN)
        due = env.cr.fetchall()
        sample = due[:: max(1, len(due) // SAMPLE)][:SAMPLE]
        result = {"count": len(due)}
        for name, function, rows in (
            ("one by one", plan_one_by_one, sample),
            ("bare", plan_bare, due),
            ("bulk", plan, due),
        ):
            env.cr.execute("SAVEPOINT planned")
            result[name] = seconds(lambda f=function, r=rows: f(env, r)) / len(rows)
            if name == "bulk":
                check_calls(env, due)
            env.cr.execute("ROLLBACK TO planned")
            env.invalidate_all()
        return result


def check_calls(env, due) -> None:
    """Each customer has one call, and nobody more than his limit a day."""
    env.cr.execute(
        """SELECT count(*), count(DISTINCT res_id) FROM mail_activity
            WHERE res_id = ANY(%s) AND res_model = 'res.partner' AND active
              AND call_reason = 'monitoring'""",
        [[partner_id for partner_id, _user_id in due]],
    )
    if env.cr.fetchone() != (len(due), len(due)):
        raise AssertionError("Not every due customer got exactly one call.")
    env.cr.execute(
        """SELECT max(n) FROM (SELECT count(*) AS n FROM mail_activity
            WHERE call_reason IS NOT NULL AND active GROUP BY user_id, date_deadline) a"""
    )
    most, limit = env.cr.fetchone()[0], env.company.call_daily_limit
    if most > limit:
        raise AssertionError(f"{most} calls on one day of a person whose limit is {limit}.")


def calls(lab, size=None) -> dict:
    size = size or lab.large
    return lab.once(("calls", size), lambda: measure_calls(lab, size))


@bench("calls: bulk, times faster than one by one", unit="x", at_least=20)
def calls_speed(lab):
    found = calls(lab)
    lab.note(
        f"{found['count']} calls: {found['bulk'] * found['count']:.1f} s in bulk; one by one "
        f"{found['one by one'] * found['count']:.0f} s, extrapolated from {SAMPLE}"
    )
    return found["one by one"] / found["bulk"]


@bench("calls: planned in bulk", unit="ms/call")
def calls_bulk(lab):
    """The floor is a bare INSERT: no levelling, no absent people, no access rules."""
    found = calls(lab)
    return Result(found["bulk"] * 1000, found["bare"] * 1000)


@bench("calls: linear from small to large", unit="ms/call", max_ratio=1.5)
def calls_linear(lab):
    return Result(calls(lab)["bulk"] * 1000, calls(lab, lab.small)["bulk"] * 1000)


#: Potential customers with more than three orders on the last day.
EAGER = """
SELECT c.id FROM res_partner c
 WHERE c.customer_status_id = %(potential)s AND c.id IN (
       SELECT p.commercial_partner_id FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
        WHERE o.state = 'sale'
          AND o.date_order >= (%(day)s::timestamp AT TIME ZONE %(tz)s) AT TIME ZONE 'UTC'
          AND o.date_order < ((%(day)s::date + 1)::timestamp AT TIME ZONE %(tz)s)
                             AT TIME ZONE 'UTC'
        GROUP BY 1 HAVING count(*) > 3)
"""


@bench("promotion: potential customers with > 3 orders a day")
def promotion(lab):
    """Search and change of status with history and monitoring dates; the floor finds
    them in the orders and changes only the status."""
    with lab.env() as env:
        potential = env.ref("crm_bpm_core.customer_status_potential")
        permanent = env.ref("crm_bpm_core.customer_status_permanent")
        values = {"potential": potential.id, "day": dataset.LAST_DAY, **VALUES}
        env.cr.execute(EAGER, values)
        eager = {row[0] for row in env.cr.fetchall()}
        if not eager and not lab.tiny:
            raise AssertionError("The data have no customer to promote.")

        def bare():
            env.cr.execute(
                f"UPDATE res_partner SET customer_status_id = %(permanent)s WHERE id IN ({EAGER})",
                {**values, "permanent": permanent.id},
            )

        env.cr.execute("SAVEPOINT before")
        bare_s = seconds(bare)
        env.cr.execute("ROLLBACK TO before")
        ours_s = seconds(lambda: promote(env))
        env.cr.execute(
            "SELECT id FROM res_partner WHERE id = ANY(%s) AND customer_status_id = %s",
            [list(eager), permanent.id],
        )
        if {row[0] for row in env.cr.fetchall()} != eager:
            raise AssertionError("Not the same customers were promoted.")
        lab.note(f"{len(eager)} customers promoted")
        return Result(ours_s, bare_s)


def promote(env) -> None:
    """What the night's stage does with the rule of the many orders."""
    rule = env.ref("crm_bpm_core.promotion_rule_permanent")
    found = rule._get_candidate_ids(env.company, dataset.NIGHT, dataset.LAST_DAY)
    rule._promote(found, dataset.NIGHT)
    env.flush_all()
