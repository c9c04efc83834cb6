"""Customers, orders and lines at scale, written by set-based SQL.

The shape is the one of the recession study: weekly, two-weekly, monthly and
rare customers over 56 weeks, some of whom stopped. All figures come from hashes
of numbers, so every machine gets the same data. Nothing here knows the
product's addons: the data are what a company has before it installs them.
"""

import contextlib
import datetime

from psycopg2 import sql

#: The night all benches play: in the past on any machine, so that code that
#: looks at the clock cannot pass by accident. A Tuesday; Monday was ordinary.
NIGHT = datetime.date(2025, 6, 17)
LAST_DAY = NIGHT - datetime.timedelta(days=1)
HISTORY_DAYS = 392
SALESPEOPLE = 300
TEAMS = 12
PRODUCTS = 50
TIME_ZONE = "Europe/Moscow"

#: Ids are given out from here, clear of what a new database holds.
FIRST_CUSTOMER = 1_000_000
FIRST_CONTACT = 5_000_000

TABLES = ("res_partner", "sale_order", "sale_order_line")

#: Even, repeatable numbers from 0 to 1, one stream per seed.
RANDOM = """
CREATE FUNCTION pg_temp.u(i bigint, seed bigint) RETURNS float IMMUTABLE PARALLEL SAFE
LANGUAGE sql AS 'SELECT (hashint8extended(i, seed) & 2147483647) / 2147483648::float'
"""

#: One customer in each row: how often he orders, until when, who cares for him.
RHYTHM = """
CREATE TEMP TABLE rhythm AS
SELECT i, %(first_customer)s + i AS id,
       (SELECT ids[1 + i %% cardinality(ids)] FROM people) AS user_id,
       CASE WHEN kind < .255 THEN 7 WHEN kind < .465 THEN 14 WHEN kind < .73 THEN 30
            WHEN kind < .90 THEN 120 END AS gap,
       kind >= .97 AND pg_temp.u(i, 3) < .05 AS new_and_eager,
       CASE WHEN pg_temp.u(i, 2) < .12 THEN floor(pg_temp.u(i, 4) * 180)::int
            ELSE 0 END AS silent_days
  FROM (SELECT i, pg_temp.u(i, 1) AS kind FROM generate_series(1, %(size)s) i) n
"""

PARTNERS = """
INSERT INTO res_partner (id, name, complete_name, commercial_partner_id, user_id, is_company,
       commercial_company_name, active, type, lang, email, email_normalized, phone,
       phone_sanitized, city, street, country_id, autopost_bills, partner_share, color,
       customer_rank, supplier_rank, message_bounce, employee, create_uid, write_uid,
       create_date, write_date)
SELECT id, name, name, id, user_id, true, name, true, 'contact', 'en_US',
       format('office%%s@example.com', i), format('office%%s@example.com', i),
       format('+7910%%s', lpad(i::text, 7, '0')), format('+7910%%s', lpad(i::text, 7, '0')),
       'Nizhny Novgorod', format('Gagarin avenue, %%s', i %% 200),
       (SELECT id FROM res_country WHERE code = 'RU'), 'ask', true, 0, 1, 0, 0, false, 1, 1,
       %(start)s, %(start)s
  FROM (SELECT *, format('Customer %%s', lpad(i::text, 7, '0')) AS name FROM rhythm) r
"""

#: Every twentieth customer orders through a contact person.
CONTACTS = """
INSERT INTO res_partner (id, name, complete_name, commercial_partner_id, parent_id, user_id,
       is_company, commercial_company_name, active, type, lang, autopost_bills, partner_share,
       color, customer_rank, supplier_rank, message_bounce, employee, create_uid, write_uid,
       create_date, write_date)
SELECT %(first_contact)s + i, 'Buyer', format('Customer %%s, Buyer', lpad(i::text, 7, '0')), id,
       id, user_id, false, format('Customer %%s', lpad(i::text, 7, '0')), true, 'contact',
       'en_US', 'ask', true, 0, 0, 0, 0, false, 1, 1, %(start)s, %(start)s
  FROM rhythm WHERE i %% 20 = 0
"""

#: Planned rhythm, a fifth of the gap off, one order in thirty left out, never on a
#: Sunday; and those who are new and order four to six times on the last day.
MOMENTS = """
CREATE TEMP TABLE moment AS
SELECT row_number() OVER (ORDER BY date_order, id, k) AS order_id, id, i, user_id, date_order
  FROM (
    SELECT id, i, user_id, k,
           day + CASE WHEN extract(dow FROM day) = 0 THEN interval '1 day'
                      ELSE interval '0' END
               + interval '5 hours' + pg_temp.u(i * 1000 + k, 8) * interval '10 hours'
               AS date_order
      FROM (
        SELECT r.*, k, %(start)s + floor(gap * (k + pg_temp.u(i, 5)
                       + .4 * (pg_temp.u(i * 1000 + k, 6) - .5)))::int AS day
          FROM rhythm r, generate_series(0, %(history)s / gap) k
         WHERE gap IS NOT NULL) planned
     WHERE day BETWEEN %(start)s AND %(last)s - silent_days
       AND pg_temp.u(i * 1000 + k, 7) > .035
    UNION ALL
    SELECT id, i, user_id, k, %(last)s + interval '6 hours' + k * interval '1 hour'
      FROM rhythm, generate_series(1, 4 + i %% 3) k WHERE new_and_eager
  ) placed
 WHERE date_order < %(night)s
"""

#: Who ordered, in which state the order is; one in twenty-five is not confirmed.
PURCHASES = """
CREATE TEMP TABLE purchase AS
SELECT order_id, partner_id, user_id, date_order, company.id AS company_id, currency_id,
       CASE WHEN i %% 20 = 0 THEN %(first_contact)s + i ELSE partner_id END AS buyer_id,
       CASE WHEN draw < .02 THEN 'cancel' WHEN draw < .04 THEN 'draft' ELSE 'sale' END AS state,
       CASE WHEN draw < .04 THEN 'no' ELSE 'to invoice' END AS invoice_status
  FROM (SELECT *, id AS partner_id, pg_temp.u(order_id, 9) AS draw FROM moment) m, company
"""

#: One to eight lines, four and a half on average.
LINES = """
INSERT INTO sale_order_line (id, order_id, sequence, company_id, currency_id,
       order_partner_id, salesman_id, product_id, product_uom_id, state, name,
       product_uom_qty, price_unit, discount, price_subtotal, price_total, price_tax,
       price_reduce_taxexcl, price_reduce_taxinc, customer_lead, qty_delivered,
       qty_delivered_method, qty_invoiced, qty_to_invoice, untaxed_amount_invoiced,
       untaxed_amount_to_invoice, invoice_status, is_downpayment, is_expense, create_uid,
       write_uid, create_date, write_date, technical_price_unit)
SELECT row_number() OVER (ORDER BY order_id, n), order_id, n, company_id, currency_id, buyer_id,
       user_id, goods.ids[product], goods.uom_id, state, 'Spare part', quantity,
       price, 0, quantity * price, quantity * price, 0, price, price, 0, 0, 'manual', 0,
       quantity, 0, quantity * price, invoice_status, false, false, 1, 1, date_order,
       date_order, price
  FROM (SELECT p.*, n,
               1 + floor(pg_temp.u(order_id * 8 + n, 11) * %(products)s)::int AS product,
               1 + floor(pg_temp.u(order_id * 8 + n, 12) * 10)::numeric AS quantity,
               round((50 + 950 * pg_temp.u(order_id * 8 + n, 13))::numeric, 2) AS price
          FROM purchase p,
               generate_series(1, 1 + floor(pg_temp.u(order_id, 10) * 8)::int) n) l, goods
 ORDER BY order_id, n
"""

ORDERS = """
INSERT INTO sale_order (id, name, partner_id, partner_invoice_id, partner_shipping_id,
       company_id, currency_id, currency_rate, user_id, state, locked, date_order, create_date,
       write_date, create_uid, write_uid, invoice_status, require_signature, require_payment,
       prepayment_percent, amount_untaxed, amount_tax, amount_total)
SELECT p.order_id, format('B%%s', lpad(p.order_id::text, 8, '0')), buyer_id, partner_id,
       buyer_id, company_id, currency_id, 1, user_id, state, false, date_order, date_order,
       date_order, 1, 1, invoice_status, false, false, 1, amount, 0, amount
  FROM purchase p
  JOIN (SELECT order_id, sum(price_subtotal) AS amount
          FROM sale_order_line GROUP BY order_id) l ON l.order_id = p.order_id
 ORDER BY p.order_id
"""

STATEMENTS = (RANDOM, RHYTHM, PARTNERS, CONTACTS, MOMENTS, PURCHASES, LINES, ORDERS)


def generate(env, size: int) -> None:
    """Fill a database that has Odoo's own modules only."""
    _people_and_goods(env)
    start = NIGHT - datetime.timedelta(days=HISTORY_DAYS)
    values = {
        "size": size,
        "start": start,
        "history": HISTORY_DAYS,
        "last": LAST_DAY,
        "night": NIGHT,
        "products": PRODUCTS,
        "first_customer": FIRST_CUSTOMER,
        "first_contact": FIRST_CONTACT,
    }
    cr = env.cr
    cr.execute("SET LOCAL work_mem = '512MB'; SET LOCAL maintenance_work_mem = '512MB'")
    with bulk_load(cr, TABLES):
        for statement in STATEMENTS:
            cr.execute(statement, values)
    _set_sequences(cr)


def _people_and_goods(env) -> None:
    """What is few is made the ordinary way; the SQL finds it in temporary tables."""
    company = env.ref("base.main_company")
    env["res.lang"]._activate_lang("ru_RU")
    users = _salespeople(env, company)
    _teams(env, users)
    products = env["product.product"].create(
        [
            {"name": f"Spare part {n}", "default_code": f"SP{n:03}", "type": "consu",
             "list_price": 100.0 + n, "taxes_id": False}
            for n in range(PRODUCTS)
        ]
    )  # fmt: skip
    env.flush_all()
    env.cr.execute("CREATE TEMP TABLE people AS SELECT %s AS ids", [users.ids])
    env.cr.execute(
        "CREATE TEMP TABLE goods AS SELECT %s AS ids, %s AS uom_id",
        [products.ids, products[0].uom_id.id],
    )
    env.cr.execute(
        "CREATE TEMP TABLE company AS SELECT id, currency_id FROM res_company WHERE id = %s",
        [company.id],
    )


def _salespeople(env, company):
    """Users with working hours of their own; three kinds of week, one time zone."""
    kinds = env["resource.calendar"].create(
        [
            {"name": name, "company_id": company.id, "tz": TIME_ZONE}
            for name in ("Bench: early", "Bench: usual", "Bench: late")
        ]
    )
    users = (
        env["res.users"]
        .with_context(no_reset_password=True, tracking_disable=True)
        .create([_prepare_user(env, n) for n in range(SALESPEOPLE)])
    )
    env["resource.resource"].create(
        [
            {
                "name": user.name,
                "user_id": user.id,
                "calendar_id": kinds[n % len(kinds)].id,
                "tz": TIME_ZONE,
                "company_id": company.id,
            }
            for n, user in enumerate(users)
        ]
    )
    return users


def _prepare_user(env, number):
    return {
        "name": f"Salesperson {number}",
        "login": f"bench_{number}",
        "email": f"bench_{number}@example.com",
        "tz": TIME_ZONE,
        "group_ids": [(4, env.ref("sales_team.group_sale_salesman").id)],
    }


def _teams(env, users) -> None:
    for n in range(TEAMS):
        members = users[n::TEAMS]
        env["crm.team"].create(
            {
                "name": f"Bench team {n}",
                "user_id": members[0].id,
                "member_ids": [(6, 0, members.ids)],
            }
        )


@contextlib.contextmanager
def bulk_load(cr, tables):
    """Load without indexes and foreign keys, then make them again, checked."""
    cr.execute(
        """SELECT c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid)
             FROM pg_constraint c
            WHERE c.contype = 'f' AND c.conrelid = ANY(%s::regclass[])""",
        [list(tables)],
    )
    keys = cr.fetchall()
    cr.execute(
        """SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
             FROM pg_index i
            WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisunique""",
        [list(tables)],
    )
    indexes = cr.fetchall()
    for table, name, _definition in keys:
        cr.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for name, _definition in indexes:
        cr.execute(f"DROP INDEX {name}")
    yield
    for _name, definition in indexes:
        cr.execute(definition)
    for table, name, definition in keys:
        cr.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


def _set_sequences(cr) -> None:
    for table in TABLES:
        cr.execute(
            sql.SQL("SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM {}").format(
                sql.Identifier(table)
            ),
            [table],
        )
