from odoo import api, fields, models

from .res_partner_discipline import SEEN_BY


class CrmPaymentDocumentButtons(models.AbstractModel):
    """Promise, dispute and reminder on anything that stands for a debt."""

    _name = "crm.payment.document.buttons"
    _description = "Buttons of a Debt"

    def action_payment_promise(self):
        """Button: the customer promised to pay this."""
        return self.env["crm.payment.promise"]._open_new(self.env._("Promise to Pay"), self)

    def action_payment_dispute(self):
        """Button: the customer contests this."""
        return self.env["crm.payment.dispute"]._open_new(self.env._("Disputed"), self)

    def action_payment_reminder(self):
        """Button: remind the customers of these documents of all that they have overdue."""
        Run = self.env["crm.payment.reminder.run"]
        Run._check_may_send()  # said before anything about rights to the documents
        return Run._remind_partners(self.partner_id)

    def action_overdue_week(self):
        """Button of lists: reminders of all that became overdue this week, chosen or not."""
        return self.env["crm.payment.reminder.run"].action_overdue_week()


class CrmReceivable(models.Model):
    """Promises, disputes and reminders from the list of debts."""

    _name = "crm.receivable"
    _inherit = ["crm.receivable", "crm.payment.document.buttons"]


class CrmReceivableItem(models.Model):
    """Promises, disputes and reminders from a debt of a file."""

    _name = "crm.receivable.item"
    _inherit = ["crm.receivable.item", "crm.payment.document.buttons"]


class CrmContractPayment(models.Model):
    """Promises, disputes and reminders from a planned payment."""

    _name = "crm.contract.payment"
    _inherit = ["crm.contract.payment", "crm.payment.document.buttons"]

    dispute_ids = fields.One2many(
        "crm.payment.dispute", "payment_id", string="Disputes", groups=SEEN_BY
    )


class AccountMove(models.Model):
    """Promises, disputes and reminders from an invoice."""

    _name = "account.move"
    _inherit = ["account.move", "crm.payment.document.buttons"]

    payment_dispute_ids = fields.One2many(
        "crm.payment.dispute", "move_id", string="Disputes", groups=SEEN_BY
    )
    payment_promise_ids = fields.One2many(
        "crm.payment.promise", "move_id", string="Promises to Pay", groups=SEEN_BY
    )
    payment_talk = fields.Char(
        string="Promise or Dispute", compute="_compute_payment_talk", groups=SEEN_BY
    )

    @api.depends("payment_dispute_ids.state", "payment_promise_ids.state")
    def _compute_payment_talk(self):
        for move in self:
            texts = [
                self.env._("Disputed: %s", dict(
                    dispute._fields["reason"]._description_selection(self.env))[dispute.reason])
                for dispute in move.payment_dispute_ids if dispute.state == "open"
            ] + [
                promise.display_name
                for promise in move.payment_promise_ids if promise.state == "open"
            ]  # fmt: skip
            move.payment_talk = " · ".join(texts)
