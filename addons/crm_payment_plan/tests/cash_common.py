"""A day, a bank balance and helpers for tests of the cash forecast."""

import datetime as dt

from odoo.fields import Command
from odoo.tests import freeze_time

from .common import PlanCommon

#: A Wednesday.
TODAY = dt.date(2026, 3, 4)


def day(days):
    return TODAY + dt.timedelta(days=days)


class CashCommon(PlanCommon):
    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(freeze_time(f"{TODAY} 10:00:00"))
        super().setUpClass()
        cls.Forecast = cls.env["crm.cash.forecast"]
        cls.Board = cls.env["crm.cash.board"]
        cls.company.write({"cash_weeks": 6, "cash_date_mode": "contract", "cash_minimum": 0})
        cls.sales_category = cls.env.ref("crm_payment_plan.crm_cash_category_goods")
        cls.bought_category = cls.env.ref("crm_payment_plan.crm_cash_category_purchases")
        # Other entries of the database would disturb the balance.
        cls.before = cls.Board.get_board()

    @classmethod
    def _entry(cls, amount, account, date=TODAY):
        """Money in the bank against an account."""
        move = cls.env["account.move"].create(
            {
                "journal_id": cls.misc.id,
                "date": date,
                "line_ids": [
                    Command.create({"account_id": cls.bank.id, "balance": amount}),
                    Command.create({"account_id": account.id, "balance": -amount}),
                ],
            }
        )
        move.action_post()
        return move

    @classmethod
    def _invoice(cls, lines, kind="out_invoice", date=TODAY, **values):
        """An invoice due on ``date``; without a due date Odoo takes today."""
        values.setdefault("invoice_date_due", date)
        return super()._invoice(lines, kind, date=min(date, TODAY), **values)

    def _rows(self, **values):
        """Forecast of the customer: [(source, amount, contract date)]."""
        domain = [("partner_id", "=", self.customer.id), *values.pop("domain", [])]
        self.env.flush_all()
        self.Forecast.invalidate_model()
        return [
            (row.source, round(row.amount, 2), row.date_contract)
            for row in self.Forecast.search(domain, order="date_contract, id")
        ]

    def _delay(self, partner=None, **values):
        """A payer with known delays."""
        vals = {"average": 0, "p50": 0, "p75": 0, "p90": 0, "debt_count": 5, **values}
        return self.env["crm.payer.delay"].create(
            {"company_id": self.company.id, "partner_id": partner and partner.id, **vals}
        )

    def _bank_line(self, amount, partner=None, date=TODAY):
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank_journal.id,
                "payment_ref": "Bank line",
                "amount": amount,
                "date": date,
                "partner_id": partner and partner.id,
            }
        )


class BoardCommon(CashCommon):
    """What the board says beyond what it said of the database before the test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.weeks = {
            mode: cls.Board.get_board(mode)["weeks"] for mode in (None, "promised", "behaviour")
        }

    def _board(self, **values):
        self.env.flush_all()
        return self.Board.get_board(**values)

    def _opened(self, board=None):
        """What the tests' own entries added to the opening balance."""
        opening = (board or self._board())["opening"]
        return round(opening["total"] - self.before["opening"]["total"], 2)

    def _flows(self, **values):
        """(in, out) per week, less what the database had before."""
        return [
            (round(week["in"] - old["in"], 2), round(week["out"] - old["out"], 2))
            for week, old in zip(
                self._board(**values)["weeks"], self.weeks[values.get("mode")], strict=True
            )
        ]

    def _watch(self, night=TODAY):
        self.env.flush_all()
        return self.env["crm.cash.gap"]._watch(self.company, night)
