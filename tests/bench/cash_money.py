"""The cash board of a company that invoices: what all its sources cost together.

Beside the contracts of the payment plan's bench there are as many open invoices, half of them
of contracts, half as many debts of files, a third of which are invoices too, promises and
bank lines that nobody has matched. By what the sources count, the sum is known beforehand.
"""

from tests.bench import books
from tests.bench.cash_forecast import MODES, OPEN_BY_DAY, get_total, prepared, read_board
from tests.bench.frame import bench
from tests.bench.payment_plan import database, get_marked

#: Open invoices of a customer; of so many invoices and debts one is promised; bank lines.
PER_PAYER, PER_PROMISE, PER_BANK_LINE = 20, 20, 100
#: Of a bank line and of a debt that stands in a file only.
MONEY, DEBT = 100, 777
#: What a contract of the payment plan's bench still plans.
PLANNED = 300

PAYERS = """
CREATE TEMP TABLE bench_payer ON COMMIT DROP AS
SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM unnest(%s::int[]) id;
CREATE INDEX ON bench_payer (place)
"""
CONTRACTS = """
CREATE TEMP TABLE bench_contract ON COMMIT DROP AS
SELECT id, row_number() OVER (ORDER BY id) AS place FROM unnest(%s::int[]) id;
CREATE INDEX ON bench_contract (place)
"""
FIRMS = """
INSERT INTO crm_receivable_firm (company_id, key, name, partner_id)
SELECT %(company)s, 'bench:' || id, name, id FROM res_partner
 WHERE id IN (SELECT id FROM bench_payer) OR name LIKE 'Payer %%'
"""
#: A third as invoices have it, and a tenth of those who have contracts: planned there.
ITEMS = """
INSERT INTO crm_receivable_item (company_id, source_id, firm_id, partner_id, key, document, number,
       date, due_date, due_source, amount, open_amount, currency_id, rate, state)
SELECT %(company)s, %(source)s, f.id, f.partner_id, 'bench:' || n, 'Sale ' || number, number,
       x.date, x.due, 'file', x.amount, x.amount, %(currency)s, 1, 'open'
  FROM (SELECT n, CASE WHEN n %% 3 = 0 THEN m.name ELSE 'F' || n END AS number,
               CASE WHEN n %% 3 = 0 THEN m.partner_id
                    WHEN n %% 10 = 1 THEN (%(planned)s::int[])[1 + n / 10 %% %(planned_count)s]
                    ELSE m.partner_id END AS partner_id,
               CASE WHEN n %% 3 = 0 THEN m.invoice_date ELSE m.invoice_date - 3 END AS date,
               CASE WHEN n %% 3 = 0 OR n %% 10 <> 1 THEN m.invoice_date_due
                    ELSE current_date + 365 END AS due,
               CASE WHEN n %% 3 = 0 THEN m.amount_total ELSE %(debt)s END AS amount
          FROM generate_series(1, %(count)s) n JOIN account_move m ON m.id = %(move)s + n) x
  JOIN crm_receivable_firm f ON f.partner_id = x.partner_id AND f.company_id = %(company)s
"""
#: Every other names its invoice.
PROMISES = """
INSERT INTO crm_payment_promise (partner_id, company_id, user_id, amount, currency_id, date_made,
       date, state, move_id)
SELECT m.partner_id, %(company)s, 1, m.amount_total, %(currency)s, current_date,
       current_date + 10, 'open', CASE WHEN n %% 2 = 0 THEN m.id END
  FROM generate_series(1, %(count)s) n JOIN account_move m ON m.id = %(move)s + n * %(step)s
"""


class Money:
    """Open invoices, debts, promises and bank lines, in a transaction that is taken back."""

    def __init__(self, env, count):
        self.env, self.count = env, count
        self.company = env.company
        self.books = books.Books(env)

    def fill(self):
        """Make them all; what the board must add to the plan comes from how they are made."""
        env, count = self.env, self.count
        payers = env["res.partner"].create(
            [{"name": f"Owes {n}", "is_company": True} for n in range(count // PER_PAYER + 1)]
        )
        # One contract has one invoice only: then its rest is known.
        contracts = get_marked(env, count // 2)
        env.flush_all()
        env.cr.execute(PAYERS, [payers.ids])
        env.cr.execute(CONTRACTS, [contracts.ids])
        env.cr.execute("ANALYZE bench_payer; ANALYZE bench_contract")
        first = self._invoices(payers[0])
        lines = self._bank_lines(payers[0])
        debts = self._debts(first)
        self._promises(first)
        for table in ("account_move", "account_move_line", "crm_receivable_item",
                      "crm_payment_promise", "account_bank_statement_line"):  # fmt: skip
            env.cr.execute(f"ANALYZE {table}")
        env.invalidate_all()
        free = count - len(contracts)
        beyond = len(contracts) * (books.PRICE - PLANNED)
        return free * books.PRICE + beyond + debts * DEBT - lines * MONEY

    def _invoices(self, payer):
        """Copies of one invoice; every other one names a contract.

        :return: id of the move before the first copy
        """
        move = self.books.invoice(payer)
        first = books.copy(
            self.env, "account_move", move.id, self.count,
            {"name": "'BENCH/' || n", "sequence_number": "n", "partner_id": PAYER,
             "commercial_partner_id": PAYER, "invoice_date": DAY, "date": DAY,
             "invoice_date_due": f"{DAY} + 30", "payment_reference": "'BENCH/' || n"},
        )  # fmt: skip
        for line in move.line_ids:
            changes = {"move_id": f"{first} + n", "move_name": "'BENCH/' || n",
                       "partner_id": PAYER, "date": DAY, "invoice_date": DAY,
                       "full_reconcile_id": "NULL"}  # fmt: skip
            if line.date_maturity:
                changes["date_maturity"] = f"{DAY} + 30"
            if line.display_type == "product":
                changes["crm_contract_id"] = CONTRACT
            books.copy(self.env, "account_move_line", line.id, self.count, changes)
        # The pattern itself is no part of the sum.
        move.button_draft()
        move.button_cancel()
        self.env.flush_all()
        return first

    def _bank_lines(self, payer):
        """Money of known payers that nobody has matched; one line a payer at most."""
        count = max(self.count // PER_BANK_LINE, 1)
        journal = self.books.bank
        if not journal.suspense_account_id:
            journal.suspense_account_id = self.env["account.account"].create(
                {"code": "B900", "name": "To be matched", "account_type": "asset_current"}
            )
        line = self.env["account.bank.statement.line"].create(
            {"journal_id": journal.id, "payment_ref": "Bank line", "amount": MONEY,
             "partner_id": payer.id}
        )  # fmt: skip
        self.env.flush_all()
        payer = "(SELECT id FROM bench_payer WHERE place = n)"
        first = books.copy(
            self.env, "account_move", line.move_id.id, count - 1,
            {"name": "'BENCHBANK/' || n", "sequence_number": "n", "partner_id": payer,
             "commercial_partner_id": payer},
        )  # fmt: skip
        for entry in line.move_id.line_ids:
            books.copy(
                self.env, "account_move_line", entry.id, count - 1,
                {"move_id": f"{first} + n", "partner_id": payer},
            )  # fmt: skip
        books.copy(
            self.env, "account_bank_statement_line", line.id, count - 1,
            {"move_id": f"{first} + n", "partner_id": payer},
        )  # fmt: skip
        return count

    def _debts(self, first):
        """Debts of the weekly file.

        :return: number of those that stand nowhere else
        """
        count = self.count // 2
        planned = self.env["res.partner"].search([("name", "=like", "Payer %")])
        values = {
            **self._values(first, count),
            "source": self.env["crm.receivable.source"].create({"name": "Bench"}).id,
            "planned": planned.ids,
            "planned_count": len(planned),
            "debt": DEBT,
        }
        self.env.cr.execute(FIRMS, values)
        self.env.cr.execute(ITEMS, values)
        self.env.invalidate_all()
        self.env["crm.receivable.item"]._find_twins(self.company)
        twins = self.env["crm.receivable.item"].search_count([("twin_move_id", "!=", False)])
        if twins != count // 3:
            raise AssertionError(f"{twins} debts are invoices too, not {count // 3}.")
        return sum(n % 3 != 0 and n % 10 != 1 for n in range(1, count + 1))

    def _promises(self, first):
        values = self._values(first, self.count // PER_PROMISE)
        self.env.cr.execute(PROMISES, {**values, "step": PER_PROMISE})

    def _values(self, first, count):
        return {"company": self.company.id, "currency": self.company.currency_id.id,
                "move": first, "count": count}  # fmt: skip


#: Of copy n: whose it is, of which day, of which contract.
PAYER = f"(SELECT id FROM bench_payer WHERE place = (n - 1) / {PER_PAYER})"
CONTRACT = "(SELECT id FROM bench_contract WHERE n %% 2 = 0 AND place = n / 2)"
DAY = "(current_date - 60 + n %% 90)"


def _figures(lab):
    """Seconds of the board by its mode; each gives the same sum."""
    # A copy: hundred thousands of rows that are taken back would slow the other benches.
    name = database(lab) if lab.tiny else lab.scratch(database(lab))
    with lab.env(database=name) as env:
        head = prepared(env)
        more = Money(env, lab.large).fill()
        env.cr.execute(OPEN_BY_DAY)
        expected = more + float(sum(row[1] for row in env.cr.fetchall()))
        for mode in MODES:
            board = read_board(head, mode)
            if round(get_total(board) - expected, 2):
                raise AssertionError(f"{mode}: {get_total(board)}, not {expected}.")
        taken = lab.best(*[lambda m=mode: read_board(head, m) for mode in MODES], repeat=3)
        return dict(zip(MODES, taken, strict=True))


def _measure(lab, mode):
    return lab.once("cash money", lambda: _figures(lab))[mode]


@bench("cash forecast: board of plan, invoices, files, bank by contract dates", at_most=5)
def board_by_contract(lab):
    return _measure(lab, "contract")


@bench("cash forecast: the same by promised dates", at_most=5)
def board_by_promise(lab):
    return _measure(lab, "promised")


@bench("cash forecast: the same by habits of payers", at_most=5)
def board_by_habit(lab):
    return _measure(lab, "behaviour")
