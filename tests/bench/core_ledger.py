"""Daily order ledger: building it, keeping it up to date, what its triggers cost."""

import statistics

from tests.bench import dataset
from tests.bench.frame import Result, bench
from tests.bench.lab import seconds

#: The ledger by the leanest statement: no keys to resolve conflicts, no credit
#: notes, no imports, because the generated company has none.
DERIVED = """
SELECT o.company_id, p.commercial_partner_id AS partner_id,
       (o.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS day,
       count(*) AS order_count, sum(lines) AS line_count,
       sum(l.quantity) AS quantity, sum(o.amount_untaxed) AS amount
  FROM sale_order o
  JOIN res_partner p ON p.id = o.partner_id
  JOIN (SELECT order_id, count(*) AS lines, sum(product_uom_qty) AS quantity
          FROM sale_order_line WHERE display_type IS NULL {some} GROUP BY order_id) l
    ON l.order_id = o.id
 WHERE o.state = 'sale'
 GROUP BY 1, 2, 3
"""
AGGREGATE = DERIVED.format(some="")
RECENT = DERIVED.format(
    some="AND order_id IN (SELECT id FROM sale_order WHERE date_order >= %(since)s::date - 1)"
)
COLUMNS = "company_id, partner_id, day, order_count, line_count, quantity, amount"
VALUES = {"tz": dataset.TIME_ZONE}
DIFFERENCE = f"""
SELECT count(*), count(*) FILTER (
           WHERE (d.order_count, d.line_count) IS DISTINCT FROM (a.order_count, a.line_count)
              OR abs(d.quantity - a.quantity) > 0.001 OR abs(d.amount - a.amount) > 0.005)
  FROM (SELECT * FROM ({RECENT}) derived WHERE day >= %(since)s) a
  FULL JOIN (SELECT * FROM crm_order_day WHERE day >= %(since)s) d
    USING (company_id, partner_id, day)
"""


def check_ledger(env, since="1970-01-01") -> None:
    """The ledger must be what the orders say, to the kopeck, from a day on."""
    env.flush_all()
    env.cr.execute(DIFFERENCE, {**VALUES, "since": since})
    rows, different = env.cr.fetchone()
    if different or not rows:
        raise AssertionError(f"{different} of {rows} rows of the ledger differ from the orders.")


def measure_rebuild(lab, size) -> tuple[float, float]:
    """Seconds of the product and of the floor, which fills a table of the same make."""
    with lab.env(size) as env:
        env.cr.execute("CREATE TEMP TABLE bare (LIKE crm_order_day INCLUDING ALL)")
        env.cr.execute("SET LOCAL work_mem = '256MB'")

        def floor():
            env.cr.execute("TRUNCATE bare")
            env.cr.execute(f"INSERT INTO bare ({COLUMNS}) {AGGREGATE}", VALUES)

        def ours():
            env["crm.order.day"]._rebuild(env.company)
            env.flush_all()

        times = lab.best(floor, ours, repeat=1 if size > 20_000 else 3)
        check_ledger(env)
        return times[1], times[0]


def rebuilding(lab, size=None) -> tuple[float, float]:
    size = size or lab.large
    return lab.once(("rebuild", size), lambda: measure_rebuild(lab, size))


@bench("ledger: rebuild from all order lines", max_ratio=2)
def ledger_rebuild(lab):
    """The floor is one statement into a table of the same make."""
    return Result(*rebuilding(lab))


@bench("ledger: refresh after a day's 3500 changed orders", max_ratio=3)
def ledger_refresh(lab):
    """The floor is told which days changed and derives just these anew."""
    with lab.env() as env:
        Ledger = env["crm.order.day"]
        Ledger._refresh()
        changes = change_orders(env, 3500 if not lab.tiny else 35)

        def ours():
            Ledger._refresh()
            env.flush_all()

        # Both do the same work from the same state: floor first, taken back.
        env.cr.execute("SAVEPOINT before")
        floor_s = seconds(lambda: refresh_bare(env))
        env.cr.execute("SELECT min(day) FROM stale")
        since = env.cr.fetchone()[0]
        check_ledger(env, since)
        env.cr.execute("ROLLBACK TO before")
        ours_s = seconds(ours)
        check_ledger(env, since)
        lab.note(f"{changes} orders changed by SQL; the product's triggers noted which")
        return Result(ours_s, floor_s)


@bench("ledger: linear from small to large", unit="us/cust.", max_ratio=1.5)
def ledger_linear(lab):
    """Rebuilding, per customer."""
    large, small = rebuilding(lab)[0], rebuilding(lab, lab.small)[0]
    return Result(large / lab.large * 1e6, small / lab.small * 1e6)


@bench("ledger: confirming an order, with triggers", unit="ms/order", max_ratio=1.1)
def triggers_confirm(lab):
    """The floor is the same with the product's triggers switched off."""
    with lab.env(lab.small) as env:
        drafts = env["sale.order"].search([("state", "=", "draft")], order="id", limit=400)
        return compare_triggers(lab, env, drafts, lambda order: order.action_confirm())


@bench("ledger: writing lines of an order, with triggers", unit="ms/order", max_ratio=1.1)
def triggers_write(lab):
    with lab.env(lab.small) as env:
        orders = env["sale.order"].search([("state", "=", "sale")], order="id desc", limit=400)

        def more(order):
            for line in order.order_line:
                line.product_uom_qty += 1

        return compare_triggers(lab, env, orders, more)


def compare_triggers(lab, env, orders, act) -> Result:
    """Act on every other order with triggers and on the others without, in turns."""
    if lab.tiny:
        orders = orders[:8]
    took = {True: [], False: []}
    for position in range(0, len(orders), 20):
        chunk = orders[position : position + 20]
        for triggers, half in ((True, chunk[::2]), (False, chunk[1::2])):
            switch_triggers(env, triggers)
            half.mapped("order_line.product_uom_qty")
            for order in half:
                took[triggers].append(seconds(lambda o=order: (act(o), env.flush_all())))
    switch_triggers(env, True)
    typical = {key: statistics.median(values) * 1000 for key, values in took.items()}
    lab.note(f"{len(took[True])} orders each, medians")
    return Result(typical[True], typical[False])


def switch_triggers(env, on: bool) -> None:
    """Only those that the product made on tables of others."""
    env.flush_all()
    env.cr.execute(
        """SELECT t.tgrelid::regclass::text, t.tgname
             FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid
            WHERE NOT t.tgisinternal AND f.prosrc LIKE %s""",
        ["%crm_order_day_queue%"],
    )
    triggers = env.cr.fetchall()
    if not triggers:
        raise AssertionError("The product has no triggers that note changed orders.")
    for table, name in triggers:
        env.cr.execute(f'ALTER TABLE {table} {"ENABLE" if on else "DISABLE"} TRIGGER "{name}"')


@bench("ledger: refresh after merging 20 pairs of customers", unit="s")
def ledger_merge(lab):
    """Odoo's merge rewrites orders by SQL; the ledger must be right to the kopeck after it."""
    with lab.env(lab.small) as env:
        env["crm.order.day"]._refresh()
        env.cr.execute(
            """SELECT partner_id FROM sale_order WHERE state = 'sale' AND partner_id < %s
                GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT %s""",
            [dataset.FIRST_CONTACT, 4 if lab.tiny else 40],
        )
        customers = [row[0] for row in env.cr.fetchall()]
        wizard = env["base.partner.merge.automatic.wizard"].create({})
        for kept, gone in zip(customers[::2], customers[1::2], strict=True):
            partners = env["res.partner"].browse([kept, gone])
            # Two different mail addresses: Odoo asks for an administrator's override.
            wizard._merge(partners.ids, partners[0], extra_checks=False)
        env.flush_all()
        took = seconds(lambda: refresh_all(env))
        check_ledger(env)
        lab.note(f"{len(customers)} customers became {len(customers) // 2}; ledger verified")
        return took


def refresh_all(env) -> None:
    while env["crm.order.day"]._refresh()["remaining"]:
        pass
    env.flush_all()


def change_orders(env, count: int) -> int:
    """Raise the quantity on one line of the newest orders; remember which."""
    env.cr.execute(
        """CREATE TEMP TABLE changed ON COMMIT DROP AS
           SELECT id FROM sale_order WHERE state = 'sale' ORDER BY date_order DESC LIMIT %s""",
        [count],
    )
    env.cr.execute("ANALYZE changed")
    env.cr.execute(
        """UPDATE sale_order_line l
              SET product_uom_qty = product_uom_qty + 1,
                  price_subtotal = price_subtotal + price_unit
            WHERE order_id IN (SELECT id FROM changed) AND sequence = 1"""
    )
    env.cr.execute(
        """UPDATE sale_order o SET amount_untaxed = l.amount, amount_total = l.amount
             FROM (SELECT order_id, sum(price_subtotal) AS amount FROM sale_order_line
                    WHERE order_id IN (SELECT id FROM changed) GROUP BY 1) l
            WHERE l.order_id = o.id"""
    )
    return env.cr.rowcount


def refresh_bare(env) -> None:
    """Derive the days of the changed orders anew, knowing that they are recent."""
    env.cr.execute(
        """CREATE TEMP TABLE stale ON COMMIT DROP AS
           SELECT DISTINCT o.company_id, p.commercial_partner_id AS partner_id,
                  (o.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS day
             FROM changed JOIN sale_order o USING (id)
             JOIN res_partner p ON p.id = o.partner_id""",
        VALUES,
    )
    env.cr.execute("ANALYZE stale")
    env.cr.execute("SELECT min(day) - 1, max(day) + 2 FROM stale")
    first, last = env.cr.fetchone()
    env.cr.execute(
        """DELETE FROM crm_order_day d USING stale s
            WHERE d.company_id = s.company_id AND d.partner_id = s.partner_id
              AND d.day = s.day"""
    )
    env.cr.execute(
        f"""INSERT INTO crm_order_day ({COLUMNS})
            SELECT company_id, partner_id, day, count(*), sum(l.lines), sum(l.quantity),
                   sum(amount_untaxed)
              FROM (SELECT o.id, o.company_id, p.commercial_partner_id AS partner_id,
                           (o.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS day,
                           o.amount_untaxed
                      FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
                     WHERE o.state = 'sale' AND o.date_order >= %(first)s
                       AND o.date_order < %(last)s) o
              JOIN stale s USING (company_id, partner_id, day)
             CROSS JOIN LATERAL (
                   SELECT count(*) AS lines, sum(product_uom_qty) AS quantity
                     FROM sale_order_line
                    WHERE order_id = o.id AND display_type IS NULL) l
             GROUP BY 1, 2, 3""",
        {**VALUES, "first": first, "last": last},
    )
