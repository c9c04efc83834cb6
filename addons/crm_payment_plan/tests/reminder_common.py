"""Customers with debts from invoices, files and plans, whom somebody has to remind."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import freeze_time

from . import report_files as files
from .test_payer_discipline import NIGHT, DisciplineCommon


class ReminderCommon(DisciplineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Run = cls.env["crm.payment.reminder.run"]
        cls.Reminder = cls.env["crm.payment.reminder"]
        cls.Promise = cls.env["crm.payment.promise"]
        cls.Dispute = cls.env["crm.payment.dispute"]
        cls.Level = cls.env["crm.payment.reminder.level"]
        cls.payer.email = "office@payer.example.com"
        cls.manager.email = "manager@example.com"
        cls.company.reminder_gap_days = 0
        cls.levels = {
            level.days: level for level in cls.Level.search([("company_id", "=", cls.company.id)])
        }
        # Printing takes time; who tests files asks for them.
        cls.Level.search([]).write({"attach_invoices": False, "attach_statement": False})
        cls.supply = cls.env.ref("crm_payment_plan.crm_contract_type_supply")

    @classmethod
    def _debtor(cls, name, **values):
        email = f"{name.lower().replace(' ', '.')}@example.com"
        return super()._debtor(name, **{"email": email, **values})

    def _credit_by_hand(self, amount):
        """Money of the payer that nobody has assigned, as an entry."""
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self.journal.id,
                "date": NIGHT,
                "line_ids": [
                    Command.create({"account_id": self.bank.id, "debit": amount}),
                    Command.create({"account_id": self.receivable.id, "credit": amount,
                                    "partner_id": self.payer.id}),
                ],
            }
        )  # fmt: skip
        entry.action_post()
        return entry

    def _review(self, day=0, scope="due", partners=None):
        """The list as it is so many days from NIGHT."""
        with freeze_time(NIGHT + timedelta(days=day, hours=9)):
            if scope == "due":
                return self.Run._get_open(self.company)
            return self.Run._make(scope, partners)

    def _of(self, run, partner=None):
        return run.reminder_ids.filtered(lambda one: one.partner_id == (partner or self.payer))

    def _send(self, run, day=0):
        with freeze_time(NIGHT + timedelta(days=day, hours=9)):
            run.with_user(self.accountant).action_send()

    def _remind(self, day=0):
        """Review and send on a day; the customers who got something."""
        run = self._review(day)
        if run.ready_count:
            self._send(run, day)
        else:
            run.action_cancel()
        return run.reminder_ids.filtered(lambda one: one.state == "sent").partner_id

    def _mails(self, partner=None):
        """Mails of the outbox to a customer or his contacts."""
        partner = partner or self.payer
        mails = self.env["mail.mail"].search([("model", "=", "res.partner")])
        return mails.filtered(lambda mail: mail.res_id == partner.id)

    def _documents(self, reminder):
        """{name of the document: open amount} of the table."""
        return {one.document: one.open_amount for one in reminder._get_table_documents()}

    def _rate(self, payer_class, partner=None):
        self.Payer.search([("partner_id", "=", (partner or self.payer).id)]).unlink()
        return self.Payer.create(
            {"company_id": self.company.id, "partner_id": (partner or self.payer).id,
             "payer_class": payer_class, "computed_class": payer_class}
        )  # fmt: skip

    def _promise(self, days, amount=100.0, partner=None, made=0, **values):
        return self.Promise.create(
            {
                "partner_id": (partner or self.payer).id,
                "amount": amount,
                "date": NIGHT + timedelta(days=days),
                "date_made": NIGHT + timedelta(days=made),
                **values,
            }
        )

    def _file_debt(self, number, due, amount, date=None, partner=None, **values):
        """A debt of the weekly file, due so many days from NIGHT."""
        partner = partner or self.payer
        source = self.env["crm.receivable.source"].search(
            [("company_id", "=", self.company.id)], limit=1
        ) or self.env["crm.receivable.source"].create({"name": "1C"})
        firm = self.Firm.search([("partner_id", "=", partner.id)], limit=1) or self.Firm.create(
            {"company_id": self.company.id, "key": f"n:{partner.id}", "name": partner.name,
             "partner_id": partner.id}
        )  # fmt: skip
        return self.Item.create(
            {
                "company_id": self.company.id,
                "source_id": source.id,
                "firm_id": firm.id,
                "partner_id": partner.id,
                "key": number,
                "document": f"Sale {number}",
                "number": number,
                "date": NIGHT + timedelta(days=due - 30 if date is None else date),
                "due_date": NIGHT + timedelta(days=due),
                "due_source": "file",
                "amount": amount,
                "open_amount": amount,
                "currency_id": self.company.currency_id.id,
                **values,
            }
        )

    def _contract(self, payments, partner=None, **values):
        """An approved contract with payments (amount, days from NIGHT)."""
        contract = self.env["crm.contract"].create(
            {
                "type_id": self.supply.id,
                "partner_id": (partner or self.payer).id,
                "user_id": self.manager.id,
                "amount_total": sum(amount for amount, _day in payments),
                "date": NIGHT - timedelta(days=60),
                "scheme_id": False,
                "payment_ids": [
                    Command.create(
                        {"name": f"Part {place}", "sequence": place, "amount": amount,
                         "date_planned": NIGHT + timedelta(days=day)}
                    )
                    for place, (amount, day) in enumerate(payments, 1)
                ],
                **values,
            }
        )  # fmt: skip
        contract.action_approve()
        return contract


class UnappliedCommon(ReminderCommon):
    """A debt, and a bank whose statements bring money that nobody has assigned."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank_journal = cls.env["account.journal"].create(
            {"name": "Bank", "code": "DBNK", "type": "bank", "company_id": cls.company.id}
        )
        cls.company.reminder_assigner_id = cls.accountant

    def setUp(self):
        super().setUp()
        self.move = self._invoice(-8, 100)

    def _bank_line(self, amount, partner=None):
        return self.env["account.bank.statement.line"].create(
            {"journal_id": self.bank_journal.id, "payment_ref": "Bank line", "amount": amount,
             "date": NIGHT, "partner_id": (partner or self.payer).id}
        )  # fmt: skip


__all__ = ["NIGHT", "ReminderCommon", "UnappliedCommon", "files"]
