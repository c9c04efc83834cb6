from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .crm_contact_role import PAYMENTS
from .res_partner_discipline import SEEN_BY


class ResPartner(models.Model):
    """Roles of contacts, and what concerns reminders of a customer."""

    _inherit = "res.partner"

    contact_role_ids = fields.Many2many(
        "crm.contact.role",
        string="Roles",
        help="What this contact answers for. Payment reminders go to the role “Payments”.",
    )
    payment_recipient_text = fields.Char(
        string="Payment Mails Go To", compute="_compute_payment_recipient_text"
    )
    reminder_pause_until = fields.Date(
        string="Do Not Disturb Until", tracking=True, help="No payment reminders until that day."
    )
    reminder_pause_reason = fields.Char(string="Reason Not to Disturb", tracking=True)
    reminder_optout = fields.Boolean(
        string="No Payment Mails",
        tracking=True,
        help="This contact gets no payment reminders; another one of the customer does.",
    )
    reminder_mode = fields.Selection(
        [
            ("levels", "By the levels"),
            ("by_hand", "By hand only"),
            ("stop", "Never"),
        ],
        string="Payment Reminders",
        default="levels",
        tracking=True,
        help="By hand only: a person decides about each one. Never: nobody can send one, as "
        "when the debt is with the lawyers.",
    )
    reminder_mode_reason = fields.Char(string="Why No Reminders", tracking=True)
    promise_ids = fields.One2many(
        "crm.payment.promise", "partner_id", string="Promises to Pay", groups=SEEN_BY
    )
    promise_open_count = fields.Integer(
        string="Open Promises", compute="_compute_promise_counts", groups=SEEN_BY
    )
    promise_text = fields.Char(
        string="Promises", compute="_compute_promise_counts", groups=SEEN_BY,
        help="Of the last year, judged by what was received."
    )  # fmt: skip
    dispute_open_count = fields.Integer(
        string="Open Disputes", compute="_compute_dispute_open_count", groups=SEEN_BY
    )
    reminder_last_date = fields.Date(
        string="Last Reminded", compute="_compute_reminder_last_date", groups=SEEN_BY
    )

    @api.constrains("reminder_pause_until", "reminder_pause_reason")
    def _check_reminder_pause(self):
        for partner in self:
            if partner.reminder_pause_until and not (partner.reminder_pause_reason or "").strip():
                raise ValidationError(
                    self.env._(
                        "%s: say why the customer is not to be disturbed.", partner.display_name
                    )
                )

    @api.constrains("reminder_mode", "reminder_mode_reason")
    def _check_reminder_mode(self):
        for partner in self:
            if partner.reminder_mode == "stop" and not (partner.reminder_mode_reason or "").strip():
                raise ValidationError(
                    self.env._("%s: say why the customer gets no reminders.", partner.display_name)
                )

    def _get_by_hand_reason(self, company):
        """Code of why only a person reminds this customer; False: the levels may. Hook."""
        self.ensure_one()
        if self.reminder_mode == "by_hand":
            return "by_hand"
        if not company.reminder_persons and not self.is_company and not self.vat:
            return "person"
        return False

    # Whom to write to ---------------------------------------------------------

    def _get_payment_recipients(self):
        """{partner id: partners} who get mails about payments (PF-13).

        Contacts with the role “Payments” and an address, else the invoice address, else
        the company itself; nobody when none of them has an address.
        """
        contacts = (
            self.env["res.partner"]
            .sudo()
            .search_fetch(
                [("commercial_partner_id", "in", self.ids), ("email", "!=", False)],
                ["commercial_partner_id", "type", "email", "contact_role_ids", "reminder_optout"],
                order="id",
            )
        )
        found = defaultdict(lambda: contacts.browse())
        for contact in contacts:
            found[contact.commercial_partner_id.id] |= contact
        return {
            partner.id: partner._choose_payment_recipients(found[partner.id]) for partner in self
        }

    def _choose_payment_recipients(self, contacts):
        """Those of the contacts with an address that answer for payments; hook."""
        self.ensure_one()
        contacts = contacts.filtered(lambda one: not one.reminder_optout)
        return (
            contacts.filtered(lambda one: PAYMENTS in one.contact_role_ids.mapped("code"))
            or contacts.filtered(lambda one: one.type == "invoice")[:1]
            or contacts.filtered(lambda one: one == self)
        ).sudo(False)

    @api.depends(
        "child_ids.contact_role_ids", "child_ids.email", "child_ids.reminder_optout", "email",
        "contact_role_ids", "reminder_optout",
    )  # fmt: skip
    def _compute_payment_recipient_text(self):
        companies = self.commercial_partner_id._origin
        recipients = companies._get_payment_recipients()
        for partner in self:
            own = recipients.get(partner.commercial_partner_id._origin.id, partner.browse())
            partner.payment_recipient_text = ", ".join(
                f"{one.name} <{one.email}>" for one in own.sudo()
            )

    # Figures ------------------------------------------------------------------

    @api.depends("promise_ids.state")
    @api.depends_context("company", "lang")
    def _compute_promise_counts(self):
        customers = self.commercial_partner_id._origin
        counts = self.env["crm.payment.promise"]._count_by_state(customers, self.env.company)
        for partner in self:
            own = counts.get(partner.commercial_partner_id._origin.id, {})
            partner.promise_open_count = own.get("open", 0)
            partner.promise_text = self._get_promise_summary(own)

    @api.model
    def _get_promise_summary(self, counts):
        """Promises by state in words; empty when there are none."""
        _ = self.env._
        words = {
            "open": _("%s open", counts.get("open")),
            "kept": _("%s kept", counts.get("kept")),
            "partly": _("%s kept in part", counts.get("partly")),
            "broken": _("%s broken", counts.get("broken")),
        }
        return ", ".join(text for state, text in words.items() if counts.get(state))

    @api.depends_context("company")
    def _compute_dispute_open_count(self):
        counts = dict(
            self.env["crm.payment.dispute"].sudo()._read_group(
                [("partner_id", "in", self.commercial_partner_id._origin.ids),
                 ("state", "=", "open"), ("company_id", "=", self.env.company.id)],
                ["partner_id"], ["__count"],
            )
        )  # fmt: skip
        for partner in self:
            partner.dispute_open_count = counts.get(partner.commercial_partner_id._origin, 0)

    @api.depends_context("company")
    def _compute_reminder_last_date(self):
        dates = dict(
            self.env["crm.payment.reminder"].sudo()._read_group(
                [("partner_id", "in", self.commercial_partner_id._origin.ids),
                 ("state", "=", "sent"), ("company_id", "=", self.env.company.id)],
                ["partner_id"], ["sent_date:max"],
            )
        )  # fmt: skip
        for partner in self:
            partner.reminder_last_date = dates.get(partner.commercial_partner_id._origin, False)

    # Buttons ------------------------------------------------------------------

    def action_payment_promise(self):
        """Button: the customer promised to pay."""
        return self.env["crm.payment.promise"]._open_new(self.env._("Promise to Pay"), self)

    def action_payment_reminder(self):
        """Button: a reminder of all that is overdue, to look at and send."""
        return self.env["crm.payment.reminder.run"]._remind_partners(self)

    def action_view_promises(self):
        """Button: what the customer promised, and whether he kept it."""
        return self._open_payment_list("crm_payment_plan.crm_payment_promise_action")

    def action_view_disputes(self):
        """Button: debts that the customer contests."""
        return self._open_payment_list("crm_payment_plan.crm_payment_dispute_action")

    def action_view_reminders(self):
        """Button: reminders that the customer got."""
        return self._open_payment_list("crm_payment_plan.crm_payment_reminder_action")

    def _open_payment_list(self, xmlid):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(xmlid)
        customer = self.commercial_partner_id
        return {
            **action,
            "domain": [("partner_id", "=", customer.id)],
            "context": {"default_partner_id": customer.id},
        }

    def action_end_reminder_pause(self):
        """Button: reminders may be sent again."""
        if not self:
            raise UserError(self.env._("Choose a customer."))
        self.write({"reminder_pause_until": False, "reminder_pause_reason": False})
