"""Daily order ledger: building it, keeping it up to date, what its triggers cost."""

from tests.bench import dataset
from tests.bench.frame import Result, bench
from tests.bench.lab import seconds

#: The ledger by the leanest statement: no keys to resolve conflicts, no credit
#: notes, no imports, because the generated company has none.
AGGREGATE = """
SELECT o.company_id, p.commercial_partner_id AS partner_id,
       (o.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS day,
       count(DISTINCT o.id) AS order_count, count(*) AS line_count,
       sum(l.product_uom_qty) AS quantity, sum(l.price_subtotal) AS amount
  FROM sale_order o
  JOIN res_partner p ON p.id = o.partner_id
  JOIN sale_order_line l ON l.order_id = o.id AND l.display_type IS NULL
 WHERE o.state = 'sale'
 GROUP BY 1, 2, 3
"""
COLUMNS = "company_id, partner_id, day, order_count, line_count, quantity, amount"
VALUES = {"tz": dataset.TIME_ZONE}
DIFFERENCE = f"""
SELECT count(*) FROM (
  (SELECT company_id, partner_id, day, order_count, line_count, round(quantity::numeric, 2),
          round(amount::numeric, 2) FROM crm_order_day
   EXCEPT ALL
   SELECT company_id, partner_id, day, order_count, line_count, round(quantity::numeric, 2),
          round(amount::numeric, 2) FROM ({AGGREGATE}) a)
  UNION ALL
  (SELECT company_id, partner_id, day, order_count, line_count, round(quantity::numeric, 2),
          round(amount::numeric, 2) FROM ({AGGREGATE}) a
   EXCEPT ALL
   SELECT company_id, partner_id, day, order_count, line_count, round(quantity::numeric, 2),
          round(amount::numeric, 2) FROM crm_order_day)) different
"""


def check_ledger(env) -> None:
    """The ledger must be what the orders say, to the kopeck."""
    env.flush_all()
    env.cr.execute(DIFFERENCE, VALUES)
    different = env.cr.fetchone()[0]
    if different:
        raise AssertionError(f"{different} rows of the ledger differ from the orders.")
    env.cr.execute("SELECT count(*) FROM crm_order_day")
    if not env.cr.fetchone()[0]:
        raise AssertionError("The ledger is empty.")


@bench("ledger: rebuild from all order lines", max_ratio=2)
def ledger_rebuild(lab):
    """The floor fills an empty table of the same make by one statement."""
    with lab.env() as env:
        Ledger = env["crm.order.day"]
        env.cr.execute("CREATE TEMP TABLE bare (LIKE crm_order_day INCLUDING ALL)")
        env.cr.execute("SET LOCAL work_mem = '256MB'")

        def floor():
            env.cr.execute("TRUNCATE bare")
            env.cr.execute(f"INSERT INTO bare ({COLUMNS}) {AGGREGATE}", VALUES)

        def ours():
            Ledger._rebuild(env.company)
            env.flush_all()

        ours_s, floor_s = lab.best(ours, floor, repeat=2)
        check_ledger(env)
        return Result(ours_s, floor_s)


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
        check_ledger(env)
        env.cr.execute("ROLLBACK TO before")
        ours_s = seconds(ours)
        check_ledger(env)
        lab.note(f"{changes} orders changed by SQL; the product's triggers noted which")
        return Result(ours_s, floor_s)


def change_orders(env, count: int) -> int:
    """Raise the quantity on one line of the newest orders; keep their ids."""
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
    return env.cr.rowcount


def refresh_bare(env) -> None:
    env.cr.execute(
        """CREATE TEMP TABLE stale ON COMMIT DROP AS
           SELECT DISTINCT o.company_id, p.commercial_partner_id AS partner_id,
                  (o.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS day
             FROM changed JOIN sale_order o USING (id)
             JOIN res_partner p ON p.id = o.partner_id""",
        VALUES,
    )
    env.cr.execute("ANALYZE stale")
    env.cr.execute(
        """DELETE FROM crm_order_day d USING stale s
            WHERE d.company_id = s.company_id AND d.partner_id = s.partner_id
              AND d.day = s.day"""
    )
    env.cr.execute(
        f"""INSERT INTO crm_order_day ({COLUMNS})
            SELECT s.company_id, s.partner_id, s.day, count(DISTINCT o.id), count(*),
                   sum(l.product_uom_qty), sum(l.price_subtotal)
              FROM stale s
              JOIN res_partner p ON p.commercial_partner_id = s.partner_id
              JOIN sale_order o ON o.partner_id = p.id AND o.state = 'sale'
               AND o.company_id = s.company_id
               AND o.date_order >= (s.day::timestamp AT TIME ZONE %(tz)s) AT TIME ZONE 'UTC'
               AND o.date_order < ((s.day + 1)::timestamp AT TIME ZONE %(tz)s) AT TIME ZONE 'UTC'
              JOIN sale_order_line l ON l.order_id = o.id AND l.display_type IS NULL
             GROUP BY 1, 2, 3""",
        VALUES,
    )
