"""What a company sets after installing the product on its customers."""

from tests.bench import dataset

#: Permanent customers are monitored monthly, so a thirtieth is due each night; the
#: last night was missed, so two days' calls are due.
MONITORING = """
UPDATE res_partner p
   SET customer_status_id = %(permanent)s, monitoring_active = true,
       monitoring_next_date = %(night)s + (p.id %% 30)::int - 1,
       monitoring_anchor_day = extract(day FROM %(night)s + (p.id %% 30)::int - 1)
 WHERE p.id > %(first_customer)s AND p.id < %(first_contact)s
   AND EXISTS (SELECT 1 FROM sale_order o
                WHERE o.partner_id IN (p.id, p.id + %(shift)s) AND o.state = 'sale'
                  AND o.date_order < %(last)s)
"""
POTENTIAL = """
UPDATE res_partner p
   SET customer_status_id = %(potential)s, monitoring_active = false,
       monitoring_next_date = NULL, monitoring_anchor_day = 0
 WHERE p.id > %(first_customer)s AND p.id < %(first_contact)s
   AND p.customer_status_id IS DISTINCT FROM %(permanent)s
"""


def prepare(env) -> None:
    """Statuses, monitoring dates, rights of the salespeople, rules switched on."""
    env.company.write({"nightly_tz": dataset.TIME_ZONE, "call_daily_limit": 20})
    core = "crm_bpm_core"
    values = {
        "permanent": env.ref(f"{core}.customer_status_permanent").id,
        "potential": env.ref(f"{core}.customer_status_potential").id,
        "night": dataset.NIGHT,
        "last": dataset.LAST_DAY,
        "first_customer": dataset.FIRST_CUSTOMER,
        "first_contact": dataset.FIRST_CONTACT,
        "shift": dataset.FIRST_CONTACT - dataset.FIRST_CUSTOMER,
    }
    env.cr.execute(MONITORING, values)
    env.cr.execute(POTENTIAL, values)
    users = env["res.users"].search([("login", "=like", "bench\\_%")])
    users.write({"group_ids": [(4, env.ref(f"{core}.group_full").id)]})
    _rules(env)
    env.invalidate_all()
    _history(env)


def _rules(env) -> None:
    """The rule of silence, switched on long ago, and none else."""
    rules = env["crm.recession.rule"].with_context(active_test=False)
    rules.search([]).write({"state": "paused"})
    rule = rules.search([("kind", "=", "silence"), ("company_id", "=", env.company.id)], limit=1)
    rule = rule or rules.create({"name": "Silence", "kind": "silence"})
    long_ago = dataset.NIGHT.replace(year=dataset.NIGHT.year - 1)
    rule.write({"state": "on", "active": True})
    # Switching on sets the day of it to today.
    rule.activation_date = long_ago


def _history(env) -> None:
    """Ledger and calendar as a night leaves them."""
    if not env["crm.order.day"].search_count([], limit=1):
        env["crm.order.day"]._rebuild(env.company)
    env["crm.order.calendar"]._refresh(env.company, dataset.LAST_DAY)
