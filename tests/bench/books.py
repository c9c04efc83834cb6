"""Accounting for benches: journals, accounts, and years of invoices that were paid."""

#: Of one invoice, in the company's currency.
PRICE = 310

COLUMNS = """
SELECT column_name FROM information_schema.columns
 WHERE table_schema = current_schema AND table_name = %s
   AND column_name <> 'id' AND is_generated = 'NEVER'
"""


class Books:
    """The journals and accounts that invoices and payments need; made where they lack."""

    def __init__(self, env):
        self.env = env
        journals = env["account.journal"].search([("code", "in", ("BSAL", "BBNK"))])
        self.sales = journals.filtered(lambda journal: journal.type == "sale")
        self.bank = journals - self.sales
        self.receivable = env["account.account"].search([("code", "=", "B100")])
        if not journals:
            self._create()

    def _create(self):
        accounts = self.env["account.account"].create(
            [
                {"code": f"B{code}", "name": name, "account_type": kind, "reconcile": reconcile}
                for code, name, kind, reconcile in (
                    ("100", "Customers", "asset_receivable", True),
                    ("300", "Bank", "asset_cash", False),
                    ("400", "Sales", "income", False),
                )
            ]
        )
        self.receivable, bank, income = accounts
        self.sales, self.bank = self.env["account.journal"].create(
            [
                {"name": "Sales", "code": "BSAL", "type": "sale",
                 "default_account_id": income.id},
                {"name": "Bank", "code": "BBNK", "type": "bank", "default_account_id": bank.id},
            ]
        )  # fmt: skip
        self.bank.inbound_payment_method_line_ids.payment_account_id = bank

    def invoice(self, partner, date="2026-01-15", **line):
        """A posted invoice of one line, due at once; ``line``: more values of the line."""
        partner.property_account_receivable_id = self.receivable
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "journal_id": self.sales.id,
                "invoice_date": date,
                "invoice_date_due": date,
                "invoice_line_ids": [
                    (0, 0, {"name": "Goods", "price_unit": PRICE, "tax_ids": False, **line}),
                ],
            }
        )  # fmt: skip
        move.action_post()
        self.env.flush_all()
        return move

    def pay(self, invoice):
        payments = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": self.bank.id})
            ._create_payments()
        )
        self.env.flush_all()
        return payments


def repeat(env, partner, count, contract_ids=()):
    """Invoices that were paid, copied by SQL from one that was made and paid by hand.

    :param count: how many.
    :param contract_ids: contracts that the copies belong to, in turns; none in plain Odoo.
    """
    books = Books(env)
    invoice = books.invoice(partner)
    payment = books.pay(invoice)
    moves = {move.id: None for move in (invoice, payment.move_id)}
    for move_id in moves:
        moves[move_id] = copy(
            env,
            "account_move",
            move_id,
            count,
            {"name": "t.name || '-' || n", "payment_state": "'paid'"},
        )
    lines = {}
    for line in (invoice | payment.move_id).line_ids:
        changes = {
            "move_id": f"{moves[line.move_id.id]} + n",
            "full_reconcile_id": "NULL",
            "move_name": "t.move_name || '-' || n",
        }
        if contract_ids and line.display_type == "product":
            listed = f"ARRAY[{', '.join(map(str, contract_ids))}]"
            changes["crm_contract_id"] = f"({listed})[1 + n %% {len(contract_ids)}]"
        lines[line.id] = copy(env, "account_move_line", line.id, count, changes)
    for partial in invoice.line_ids.matched_credit_ids:
        copy(
            env, "account_partial_reconcile", partial.id, count,
            {
                "debit_move_id": f"{lines[partial.debit_move_id.id]} + n",
                "credit_move_id": f"{lines[partial.credit_move_id.id]} + n",
                "full_reconcile_id": "NULL",
            },
        )  # fmt: skip
    copy(
        env, "account_payment", payment.id, count,
        {"move_id": f"{moves[payment.move_id.id]} + n", "name": "t.name || '-' || n"},
    )  # fmt: skip
    env.invalidate_all()


def copy(env, table, row_id, count, changes) -> int:
    """Add copies of a row; copy n (from 1) gets the returned number + n as its id.

    :param changes: {column: SQL of its value, with ``n`` and the row ``t``}.
    """
    env.cr.execute(COLUMNS, [table])
    names = [name for (name,) in env.cr.fetchall()]
    env.cr.execute(f"SELECT max(id) FROM {table}")
    (start,) = env.cr.fetchone()
    values = ", ".join(changes.get(name, f't."{name}"') for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    env.cr.execute(
        f"INSERT INTO {table} (id, {listed}) SELECT %s + n, {values}"
        f" FROM {table} t, generate_series(1, %s) n WHERE t.id = %s",
        [start, count, row_id],
    )
    env.cr.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, start + count])
    return start
