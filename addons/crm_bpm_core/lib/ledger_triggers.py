"""Database triggers that note which days of which customers have changed.

They write ``crm_order_day_queue``. Triggers, not overrides of ``write``: the
merge of partners, imports and scripts change rows by plain SQL, and a row of
the queue becomes visible exactly when the change that caused it does. Column
lists and WHEN conditions keep them out of everything that cannot change the
ledger.
"""

import hashlib

ORDER_FIELDS = ("state", "partner_id", "company_id", "date_order", "amount_untaxed")
LINE_FIELDS = ("product_uom_qty", "display_type", "is_downpayment", "order_id", "price_subtotal")
TRANSACTION_FIELDS = (
    "company_id", "partner_id", "date", "order_ref", "quantity", "amount"
)  # fmt: skip


def _changed(columns):
    """SQL: one of these columns has another value than before."""
    old = ", ".join(f"OLD.{column}" for column in columns)
    new = ", ".join(f"NEW.{column}" for column in columns)
    return f"(({old}) IS DISTINCT FROM ({new}))"


_ORDER_COLUMNS = (*ORDER_FIELDS, "currency_rate")

# A line of a confirmed order; the state of a line that was written by SQL may be unset.
_OLD_LINE = "(OLD.state IS NULL OR OLD.state = 'sale')"
_NEW_LINE = "(NEW.state IS NULL OR NEW.state = 'sale')"

FUNCTIONS = {
    "crm_ledger_order": """
        IF TG_OP <> 'INSERT' AND OLD.state = 'sale' THEN
            INSERT INTO crm_order_day_queue (company_id, partner_id, moment)
            VALUES (OLD.company_id, OLD.partner_id, OLD.date_order);
        END IF;
        IF TG_OP <> 'DELETE' AND NEW.state = 'sale' AND (TG_OP = 'INSERT' OR OLD.state <> 'sale'
            OR (OLD.company_id, OLD.partner_id, OLD.date_order)
                IS DISTINCT FROM (NEW.company_id, NEW.partner_id, NEW.date_order))
        THEN
            INSERT INTO crm_order_day_queue (company_id, partner_id, moment)
            VALUES (NEW.company_id, NEW.partner_id, NEW.date_order);
        END IF;
        RETURN NULL;
    """,
    "crm_ledger_order_line": """
        INSERT INTO crm_order_day_queue (company_id, partner_id, moment)
        SELECT company_id, partner_id, date_order FROM sale_order
        WHERE state = 'sale' AND id IN (
            CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE OLD.order_id END,
            CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE NEW.order_id END
        );
        RETURN NULL;
    """,
    "crm_ledger_refund": """
        INSERT INTO crm_order_day_queue (company_id, partner_id, moment)
        SELECT DISTINCT o.company_id, o.partner_id, o.date_order
        FROM account_move_line ml
        JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = ml.id
        JOIN sale_order_line l ON l.id = rel.order_line_id
        JOIN sale_order o ON o.id = l.order_id AND o.state = 'sale'
        WHERE ml.move_id = COALESCE(NEW.id, OLD.id);
        RETURN NULL;
    """,
    # A posted credit note can still be linked to other order lines, which changes
    # the shares of all. When its line is gone, nothing tells what it was.
    "crm_ledger_refund_link": """
        INSERT INTO crm_order_day_queue (company_id, partner_id, moment)
        SELECT DISTINCT o.company_id, o.partner_id, o.date_order
        FROM (SELECT COALESCE(NEW.invoice_line_id, OLD.invoice_line_id) AS id) AS linked
        JOIN sale_order_line l ON l.id IN (OLD.order_line_id, NEW.order_line_id) OR l.id IN (
            SELECT order_line_id FROM sale_order_line_invoice_rel
            WHERE invoice_line_id = linked.id
        )
        JOIN sale_order o ON o.id = l.order_id AND o.state = 'sale'
        WHERE NOT EXISTS (
            SELECT FROM account_move_line ml JOIN account_move m ON m.id = ml.move_id
            WHERE ml.id = linked.id AND (m.move_type <> 'out_refund' OR m.state <> 'posted')
        );
        RETURN NULL;
    """,
    "crm_ledger_transaction_new": """
        INSERT INTO crm_order_day_queue (company_id, partner_id, day)
        SELECT DISTINCT company_id, partner_id, date FROM new_rows;
        RETURN NULL;
    """,
    "crm_ledger_transaction_old": """
        INSERT INTO crm_order_day_queue (company_id, partner_id, day)
        SELECT DISTINCT company_id, partner_id, date FROM old_rows;
        RETURN NULL;
    """,
    "crm_ledger_transaction_changed": """
        INSERT INTO crm_order_day_queue (company_id, partner_id, day)
        SELECT DISTINCT v.company_id, v.partner_id, v.date
        FROM old_rows o JOIN new_rows n USING (id), LATERAL (VALUES
            (o.company_id, o.partner_id, o.date), (n.company_id, n.partner_id, n.date)
        ) AS v (company_id, partner_id, date)
        WHERE (o.company_id, o.partner_id, o.date, o.order_ref, o.quantity, o.amount)
            IS DISTINCT FROM
            (n.company_id, n.partner_id, n.date, n.order_ref, n.quantity, n.amount);
        RETURN NULL;
    """,
    # All days of the former and of the new commercial entity.
    "crm_ledger_partner": """
        INSERT INTO crm_order_day_queue (partner_id) VALUES (OLD.commercial_partner_id);
        IF TG_OP = 'UPDATE' AND NEW.commercial_partner_id IS NOT NULL THEN
            INSERT INTO crm_order_day_queue (partner_id) VALUES (NEW.commercial_partner_id);
        END IF;
        RETURN NULL;
    """,
    # Every day of the company may begin at another moment.
    "crm_ledger_company": """
        INSERT INTO crm_order_day_queue (company_id) VALUES (NEW.id);
        RETURN NULL;
    """,
}

# name -> (table, events, condition or transition tables, function)
_ROW = "FOR EACH ROW WHEN"
_STATEMENT = "FOR EACH STATEMENT"
TRIGGERS = {
    "crm_ledger_order_insert": (
        "sale_order", "INSERT", f"{_ROW} (NEW.state = 'sale')", "crm_ledger_order"
    ),
    "crm_ledger_order_update": (
        "sale_order",
        f"UPDATE OF {', '.join(_ORDER_COLUMNS)}",
        f"{_ROW} ((OLD.state = 'sale' OR NEW.state = 'sale') AND {_changed(_ORDER_COLUMNS)})",
        "crm_ledger_order",
    ),
    "crm_ledger_order_delete": (
        "sale_order", "DELETE", f"{_ROW} (OLD.state = 'sale')", "crm_ledger_order"
    ),
    "crm_ledger_line_insert": (
        "sale_order_line", "INSERT", f"{_ROW} ({_NEW_LINE})", "crm_ledger_order_line"
    ),
    "crm_ledger_line_update": (
        "sale_order_line",
        f"UPDATE OF {', '.join(LINE_FIELDS)}",
        f"{_ROW} (({_OLD_LINE} OR {_NEW_LINE}) AND {_changed(LINE_FIELDS)})",
        "crm_ledger_order_line",
    ),
    "crm_ledger_line_delete": (
        "sale_order_line", "DELETE", f"{_ROW} ({_OLD_LINE})", "crm_ledger_order_line"
    ),
    "crm_ledger_refund_update": (
        "account_move",
        "UPDATE OF state, move_type",
        f"{_ROW} ((OLD.move_type = 'out_refund' OR NEW.move_type = 'out_refund')"
        " AND (OLD.state = 'posted' OR NEW.state = 'posted')"
        f" AND {_changed(('state', 'move_type'))})",
        "crm_ledger_refund",
    ),
    "crm_ledger_refund_link": (
        "sale_order_line_invoice_rel",
        "INSERT OR UPDATE OR DELETE",
        "FOR EACH ROW",
        "crm_ledger_refund_link",
    ),
    "crm_ledger_transaction_insert": (
        "crm_transaction",
        "INSERT",
        f"REFERENCING NEW TABLE AS new_rows {_STATEMENT}",
        "crm_ledger_transaction_new",
    ),
    "crm_ledger_transaction_delete": (
        "crm_transaction",
        "DELETE",
        f"REFERENCING OLD TABLE AS old_rows {_STATEMENT}",
        "crm_ledger_transaction_old",
    ),
    "crm_ledger_transaction_update": (
        "crm_transaction",
        "UPDATE",
        f"REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows {_STATEMENT}",
        "crm_ledger_transaction_changed",
    ),
    # A partner gets his first commercial entity right after INSERT: no change.
    "crm_ledger_partner_update": (
        "res_partner",
        "UPDATE OF commercial_partner_id",
        f"{_ROW} (OLD.commercial_partner_id IS NOT NULL"
        f" AND {_changed(('commercial_partner_id',))})",
        "crm_ledger_partner",
    ),
    # His transactions go with him, and nothing else tells whose days they were.
    "crm_ledger_partner_delete": (
        "res_partner",
        "DELETE",
        f"{_ROW} (OLD.commercial_partner_id <> OLD.id)",
        "crm_ledger_partner",
    ),
    "crm_ledger_company_update": (
        "res_company",
        "UPDATE OF nightly_tz",
        f"{_ROW} {_changed(('nightly_tz',))}",
        "crm_ledger_company",
    ),
}  # fmt: skip


# Names and bodies are constants of this file.
# pylint: disable=sql-injection


def create(cr):
    """Create the triggers, unless the very same are there already."""
    mark = _digest()
    if _installed_mark(cr) == mark:
        return
    for name, body in FUNCTIONS.items():
        cr.execute(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
            f" AS $body$ BEGIN {body} END $body$"
        )
    for name, (table, events, how, function) in TRIGGERS.items():
        cr.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        cr.execute(
            f"CREATE TRIGGER {name} AFTER {events} ON {table} {how} EXECUTE FUNCTION {function}()"
        )
    cr.execute(f"COMMENT ON FUNCTION crm_ledger_order() IS '{mark}'")


def drop(cr):
    """Remove the triggers; without their table every order would fail."""
    for name in FUNCTIONS:
        cr.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE")


def _installed_mark(cr):
    cr.execute("SELECT obj_description(to_regproc('crm_ledger_order'), 'pg_proc')")
    mark = cr.fetchone()[0]
    cr.execute(
        "SELECT count(*) FROM pg_trigger WHERE tgname = ANY(%s) AND tgenabled <> 'D'",
        [list(TRIGGERS)],
    )
    return mark if cr.fetchone()[0] == len(TRIGGERS) else None


def _digest():
    return hashlib.sha256(repr((FUNCTIONS, TRIGGERS)).encode()).hexdigest()[:16]
