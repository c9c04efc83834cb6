import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

MAIL_LAYOUT = "mail.mail_notification_layout_with_responsible_signature"


class CrmContractPrint(models.Model):
    """A printed copy of an approved contract, as it went out; nobody edits it."""

    _name = "crm.contract.print"
    _description = "Printed Copy of a Contract"
    _order = "date desc, id desc"

    contract_id = fields.Many2one("crm.contract", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    version = fields.Integer(required=True, aggregator=None)
    kind = fields.Selection([("pdf", "PDF"), ("docx", "DOCX")], required=True, default="pdf")
    attachment_id = fields.Many2one("ir.attachment", required=True, ondelete="restrict")
    name = fields.Char(related="attachment_id.name", string="File")
    sha256 = fields.Char(string="Fingerprint", required=True, help="SHA-256 of the file.")
    user_id = fields.Many2one("res.users", string="Printed By", required=True)
    date = fields.Datetime(string="Printed On", required=True, default=fields.Datetime.now)
    is_intact = fields.Boolean(
        string="Unchanged",
        compute="_compute_is_intact",
        help="The file is the one that was printed: its fingerprint is the same.",
    )

    _one_pdf = models.UniqueIndex(
        "(contract_id, version) WHERE kind = 'pdf'", "This version has its printed copy already."
    )

    @api.depends("sha256", "attachment_id")
    def _compute_is_intact(self):
        for copy in self:
            raw = copy.sudo().attachment_id.raw or b""
            copy.is_intact = hashlib.sha256(raw).hexdigest() == copy.sha256

    @api.depends("version", "kind")
    def _compute_display_name(self):
        for copy in self:
            copy.display_name = self.env._(
                "Version %(version)s, %(kind)s",
                version=copy.version,
                kind=(copy.kind or "").upper(),
            )

    def action_open(self):
        """The file itself."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.attachment_id.id}?download=true",
            "target": "download",
        }

    @api.model
    def _keep(self, contract, content, kind="pdf"):
        """Store a copy that goes out, with its fingerprint."""
        # Nobody has the right to write printed copies but by printing.
        copy = self.sudo().create(
            {
                "contract_id": contract.id,
                "version": contract.version,
                "kind": kind,
                "user_id": self.env.uid,
                "sha256": hashlib.sha256(content).hexdigest(),
                "attachment_id": self.env["ir.attachment"]
                .sudo()
                .create({"name": contract._get_file_name(kind), "raw": content})
                .id,
            }
        )
        # Whoever reads the copy reads its file.
        copy.attachment_id.write({"res_model": self._name, "res_id": copy.id})
        return copy


class CrmContract(models.Model):
    _inherit = "crm.contract"

    print_ids = fields.One2many("crm.contract.print", "contract_id", string="Printed Copies")
    print_count = fields.Integer(compute="_compute_print_count")

    @api.depends("print_ids")
    def _compute_print_count(self):
        for contract in self:
            contract.print_count = len(contract.print_ids)

    def _get_file_name(self, kind="pdf"):
        """Name of the printed file: letters that every file system takes."""
        number = (self.number or self.env._("draft %s", self.id)).replace("/", "-")
        return f"{self.env._('Contract')} {number} v{self.version}.{kind}"

    def _get_printed_copy(self):
        """The PDF of the present version that went out, if any."""
        return self.print_ids.filtered(
            lambda copy: copy.kind == "pdf" and copy.version == self.version
        )[:1]

    def _is_issued(self):
        """Whether the printed contract goes out: drafts are printed with a mark and forgotten."""
        return self.state not in ("draft", "cancelled")

    # Buttons ------------------------------------------------------------------------

    def action_print(self):
        """The contract as PDF; of an approved one a copy is kept, and printed ever after."""
        for contract in self:
            contract.check_access("read")
        return self.env.ref("crm_payment_plan.action_report_contract").report_action(
            self, config=False
        )

    def action_send_mail(self):
        """A letter to the other party with the PDF."""
        self.ensure_one()
        if self.state == "cancelled":
            raise UserError(self.env._("Contract %s is cancelled.", self.display_name))
        template = self.env.ref("crm_payment_plan.mail_template_contract")
        return self._open_composer(template, crm_contract_sent=True)

    def _open_composer(self, template, **context):
        """The mail composer with a template that brings its PDF along."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send by e-mail"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": "crm.contract",
                "default_res_ids": self.ids,
                "default_template_id": template.id,
                "default_composition_mode": "comment",
                "default_email_layout_xmlid": MAIL_LAYOUT,
                "force_email": True,
                **context,
            },
        }

    def message_post(self, **kwargs):
        message = super().message_post(**kwargs)
        if self.env.context.get("crm_contract_sent"):
            sent = self.filtered(lambda c: c.state == "approved" and c.signature_state == "none")
            sent.with_context(crm_contract_sent=False).action_send_to_sign()
        return message

    def action_print_schedule(self):
        """The payment schedule as PDF."""
        return self.env.ref("crm_payment_plan.action_report_schedule").report_action(
            self, config=False
        )

    @api.model
    def _load_demo_forms(self):
        """Demo data: what the printed forms need; called by the demo file only."""
        # The stories are no part of a running product.
        from ..demo.forms import DemoForms
        from ..demo.forms_abroad import DemoFormsAbroad

        DemoForms(self.env).tell()
        DemoFormsAbroad(self.env).tell()

    def _prepare_version(self, reason):
        scans = super()._prepare_version(reason)
        return {**scans, "print_ids": [Command.set(self._get_printed_copy().ids)]}


class CrmContractVersion(models.Model):
    _inherit = "crm.contract.version"

    print_ids = fields.Many2many("crm.contract.print", string="Printed Copy of This Version")

    def action_print(self):
        """The text of this version: the copy that went out, or its text anew."""
        self.ensure_one()
        self.check_access("read")
        if self.print_ids:
            return self.print_ids[:1].action_open()
        if not self.document:
            raise UserError(self.env._("%s was made before texts were kept.", self.display_name))
        return self.env.ref("crm_payment_plan.action_report_version").report_action(
            self, config=False
        )
