import hashlib
import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from odoo.addons.crm_bpm_core.models.crm_file_import import BACKGROUND_SIZE

from ..lib.receivable_table import missing_targets

_logger = logging.getLogger(__name__)

CHANGES = ("new", "grown", "partial", "paid", "gone", "settled", "unchanged")


class CrmReceivableImport(models.Model):
    """One file of debts from accounting: read, compared with the last one, applied.

    Reading changes no debt: the lines wait as ``crm.receivable.row`` until somebody has
    looked at the difference and applies it, all at once. How a file is read:
    ``crm_receivable_import_read``; how it is compared and applied:
    ``crm_receivable_import_apply``.
    """

    _name = "crm.receivable.import"
    _description = "Weekly Debt File"
    _inherit = "crm.file.import"
    _order = "date desc, id desc"

    name = fields.Char(compute="_compute_name", store=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    file = fields.Binary(attachment=True, required=True)
    file_name = fields.Char()
    digest = fields.Char(readonly=True, index=True, help="SHA-256 of the file.")
    date = fields.Date(
        string="Figures Of",
        help="Day whose debts the file shows. Empty: the file says it, or else today.",
    )
    state = fields.Selection(
        [
            ("draft", "File"),
            ("columns", "Columns"),
            ("queued", "Working"),
            ("preview", "Difference"),
            ("done", "Applied"),
            ("failed", "Refused"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    step = fields.Selection(
        [("read", "Reading"), ("apply", "Applying")], readonly=True, help="Work in the background."
    )
    source_id = fields.Many2one(
        "crm.receivable.source", domain="[('company_id', '=', company_id)]", index=True
    )
    kind = fields.Selection(related="source_id.kind", string="Report")
    is_partial = fields.Boolean(
        string="Only Some Customers",
        help="The file does not show all debts: one that is missing was not paid.",
    )
    column_ids = fields.One2many("crm.receivable.import.column", "import_id")
    row_ids = fields.One2many(
        "crm.receivable.row",
        "import_id",
        string="Changes",
        domain=[("change", "not in", ("unchanged", "settled"))],
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    processed_count = fields.Integer(string="Rows Read", readonly=True)
    row_count = fields.Integer(string="Debts in the File", readonly=True)
    total_amount = fields.Monetary(string="Sum of the File", readonly=True)
    new_count = fields.Integer(string="New", readonly=True)
    grown_count = fields.Integer(string="Grown", readonly=True)
    partial_count = fields.Integer(string="Paid in Part", readonly=True)
    paid_count = fields.Integer(string="Paid", readonly=True)
    gone_count = fields.Integer(string="Gone: Paid", readonly=True)
    settled_count = fields.Integer(string="Settled Before", readonly=True)
    unchanged_count = fields.Integer(string="Unchanged", readonly=True)
    new_amount = fields.Monetary(readonly=True)
    grown_amount = fields.Monetary(readonly=True)
    partial_amount = fields.Monetary(readonly=True)
    paid_amount = fields.Monetary(readonly=True)
    gone_amount = fields.Monetary(readonly=True)
    no_due_count = fields.Integer(string="Without Due Date", readonly=True)
    message = fields.Text(string="Why It Was Refused", readonly=True)
    warning = fields.Text(readonly=True)
    problem = fields.Char(compute="_compute_problem")
    applied_date = fields.Datetime(readonly=True)
    applied_user_id = fields.Many2one("res.users", string="Applied By", readonly=True)

    @api.depends("file_name", "date")
    def _compute_name(self):
        for file in self:
            file.name = file.file_name or self.env._("Debt file")

    @api.depends("state", "column_ids.target", "source_id", "date")
    def _compute_problem(self):
        for file in self:
            file.problem = file._get_problem()

    def _get_problem(self):
        """Why the next step cannot be taken, in words; False when it can."""
        if self.state == "columns":
            return self._get_columns_problem()
        if self.state == "preview" and self._is_outdated():
            return self.env._(
                "A newer file of %(name)s, of %(date)s, was applied already. This one of "
                "%(own)s would bring old debts back and cannot be applied.",
                name=self.source_id.name,
                date=format_date(self.env, self.source_id.last_date),
                own=format_date(self.env, self.date),
            )
        return False

    def _is_outdated(self):
        last = self.source_id.last_date
        return bool(last and self.date and self.date < last)

    def _get_columns_problem(self):
        labels = self.env["crm.receivable.import.column"]._get_target_labels()
        targets = self.column_ids.filtered("target").mapped("target")
        for target in labels:
            if targets.count(target) > 1:
                return self.env._(
                    "Two columns are '%(meaning)s'. Leave one of them.", meaning=labels[target]
                )
        missing = missing_targets(dict.fromkeys(targets))
        if missing:
            either = self.env._(" or ")
            return self.env._(
                "Say which column is: %(meanings)s.",
                meanings=", ".join(
                    either.join(labels[target] for target in targets) for targets in missing
                ),
            )
        return False

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_facts(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_facts(vals)
        return super().write(vals)

    @api.model
    def _check_facts(self, vals):
        """What a file showed and what was done with it is noted by the system only."""
        facts = [name for name in vals if self._fields[name].readonly]
        if facts and not self.env.su:
            raise AccessError(
                self.env._("%s is noted by the system and not typed.", ", ".join(facts))
            )

    def _note(self, values):
        """Write facts about the file, as the user who works on it."""
        self.sudo().write(values)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_applied(self):
        if applied := self.filtered(lambda file: file.state == "done")[:1]:
            raise UserError(
                self.env._(
                    "%(file)s was applied and is part of the history of payments. Only files "
                    "that were not applied can be deleted.",
                    file=applied.name,
                )
            )

    def unlink(self):
        firms = self.sudo().row_ids.firm_id
        result = super().unlink()
        firms.filtered(lambda firm: not firm.item_ids and firm.matched_by != "hand").unlink()
        return result

    # Buttons ------------------------------------------------------------------

    def action_read(self):
        """Button: read the file and show what it changes; a long one in the background."""
        self.ensure_one()
        content = self._get_content()
        if not content:
            raise UserError(self.env._("Choose a file first."))
        self._note({"digest": hashlib.sha256(content).hexdigest()})
        if len(content) > BACKGROUND_SIZE:
            self._queue("read")
        else:
            self._read_or_refuse()

    def action_confirm_columns(self):
        """Button: the columns mean what is said; remember it and go on."""
        self.ensure_one()
        if problem := self._get_columns_problem():
            raise UserError(problem)
        self._learn_layout()
        self.action_read()

    def action_back(self):
        """Button: take another file."""
        self.ensure_one()
        if self.state == "done":
            raise UserError(self.env._("This file was applied. Add a new one instead."))
        self._forget_rows()
        self.column_ids.unlink()
        self._note({"state": "draft", "message": False, "warning": False, "source_id": False})

    def action_apply(self):
        """Button: the debts become what the file shows."""
        for file in self:
            if file.state != "preview":
                raise UserError(self.env._("%s is not ready to be applied.", file.name))
            if problem := file.problem:
                raise UserError(problem)
            if file.row_count > BACKGROUND_SIZE // 50:
                file._queue("apply")
            else:
                file._apply()

    def action_view_rows(self):
        """Button: the lines of one kind of change, from the context."""
        self.ensure_one()
        change = self.env.context.get("change")
        labels = dict(
            self.env["crm.receivable.row"]._fields["change"]._description_selection(self.env)
        )
        return {
            "type": "ir.actions.act_window",
            "name": labels.get(change, self.env._("Changes")),
            "res_model": "crm.receivable.row",
            "view_mode": "list,kanban",
            "domain": [("import_id", "=", self.id), ("change", "=", change)],
        }

    def action_view_no_due(self):
        """Button: the open debts of the source whose due date nobody knows."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Debts Without Due Date"),
            "res_model": "crm.receivable.row",
            "view_mode": "list,kanban",
            "domain": [
                ("import_id", "=", self.id),
                ("due_source", "=", "missing"),
                ("open_amount", ">", 0),
            ],
        }

    @api.model
    def _load_demo_debts(self):
        """Weekly files and rated payers for the demo database."""
        from ..demo.debts import DemoDebts  # the story is no part of a running product

        DemoDebts(self.env).tell()

    # Background ---------------------------------------------------------------

    def _queue(self, step):
        self._note({"state": "queued", "step": step, "processed_count": 0, "message": False})
        self.env.ref("crm_payment_plan.ir_cron_receivable_import").sudo()._trigger()

    @api.model
    def _cron_work(self):
        """Read and apply long files, one after the other."""
        waiting = [("state", "=", "queued")]
        while file := self.search(waiting, order="id", limit=1):
            file = file.with_user(file.write_uid).with_company(file.company_id)
            try:
                if file.step == "apply":
                    file._apply()
                else:
                    file._read_or_refuse(progress=file._note_progress)
            except Exception as error:
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)
                _logger.exception("Debt file %s failed", file.id)
                file._refuse(
                    self.env._("Unexpected error, see the server log: %(error)s", error=error)
                )
            remaining = self.search_count(waiting)
            if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                return

    def _note_progress(self, count):
        self._note({"processed_count": count})
        self.env["ir.cron"]._commit_progress(remaining=1)

    def _refuse(self, message):
        """Nothing of the file is taken; it stays with the reason."""
        self._forget_rows()
        self._note({"state": "failed", "message": message, "step": False})

    def _forget_rows(self):
        firms = self.sudo().env["crm.receivable.row"].search(
            [("import_id", "in", self.ids)]
        ).firm_id  # fmt: skip
        self.env["crm.receivable.row"].sudo().search([("import_id", "in", self.ids)]).unlink()
        firms.filtered(lambda firm: not firm.item_ids and firm.matched_by != "hand").unlink()
