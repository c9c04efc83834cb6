import base64
import csv
import io
import itertools
import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..lib.table_reader import TableError, read_table
from ..lib.transaction_rows import BadCell, RowParser

_logger = logging.getLogger(__name__)

CHUNK = 20_000
SHOWN_ERRORS = 1000
STAGED_COLUMNS = (
    "batch_id", "number", "customer", "customer_name", "date", "quantity", "amount", "article",
    "order_ref", "key", "error_column", "error_value", "error", "error_cure",
)  # fmt: skip


class CrmTransactionBatch(models.Model):
    """One import of transactions: who, when, from which file, with what result.

    Rows are first read into ``crm.transaction.row``, with progress and resumable;
    then all good ones become transactions in one step. Deleting an import takes
    its transactions back.
    """

    _name = "crm.transaction.batch"
    _inherit = "crm.file.import"
    _description = "Transaction Import"
    _order = "id desc"

    name = fields.Char(required=True)
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("queued", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        default="draft",
        required=True,
    )
    file = fields.Binary(attachment=True)
    mapping = fields.Json(help="Column of the file by its meaning.")
    customer_by = fields.Selection(
        [
            ("ref", "Internal reference"),
            ("vat", "Tax ID"),
            ("name", "Name"),
            ("external", "External ID"),
            ("id", "Database ID"),
        ],
        string="Customers By",
        default="ref",
        required=True,
    )
    create_customers = fields.Boolean(string="Create Missing Customers")
    processed_count = fields.Integer(string="Rows Read")
    row_count = fields.Integer(string="Rows")
    created_count = fields.Integer(string="New")
    duplicate_count = fields.Integer(string="Known Already")
    customer_count = fields.Integer(string="Customers Created")
    error_count = fields.Integer(string="Errors")
    message = fields.Char(help="Why the import failed.")
    error_ids = fields.One2many(
        "crm.transaction.row", "batch_id", domain=[("error", "!=", False)], string="Bad Rows"
    )
    error_file = fields.Binary(compute="_compute_error_file", export_string_translation=False)

    @api.depends("error_count")
    def _compute_error_file(self):
        for batch in self:
            batch.error_file = batch.error_count and base64.b64encode(batch._prepare_error_csv())

    def _prepare_error_csv(self):
        """The bad rows as CSV that Excel opens in any language."""
        self.ensure_one()
        names = (
            "number", "error_column", "error_value", "error", "error_cure", "customer", "date",
            "quantity", "amount", "article", "order_ref", "key",
        )  # fmt: skip
        labels = self.env["crm.transaction.row"].fields_get(names, ["string"])
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
        writer.writerow(labels[name]["string"] for name in names)
        for row in self.error_ids:
            writer.writerow(_harmless(row[name]) for name in names)
        return text.getvalue().encode("utf-8-sig")

    # === ACTIONS === #

    def action_download_errors(self):
        """Button: the table of bad rows, to be cured and imported again."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/error_file/errors.csv?download=true",
            "target": "download",
        }

    def action_show_transactions(self):
        """Button: the transactions that came with these imports."""
        action = self.env["ir.actions.actions"]._for_xml_id("crm_bpm_core.crm_transaction_action")
        return {**action, "domain": [("import_id", "in", self.ids)]}

    def action_retry(self):
        """Button: read the file of a failed import once more."""
        self.filtered(lambda batch: batch.state == "failed" and batch.file)._queue()

    # === BUSINESS === #

    @api.model
    def _create_for(self, company_id, name, customer_by, create_customers, **values):
        """A batch in a company of the user; refuses what he may not do, in words."""
        self.env["crm.transaction"].check_access("create")
        company = self.env["res.company"].browse(company_id or self.env.company.id)
        if company not in self.env.user.company_ids:
            raise AccessError(self.env._("You do not work in company %(id)s.", id=company.id))
        if customer_by not in dict(self._fields["customer_by"].selection):
            raise UserError(
                self.env._(
                    "Customers can be found by ref, vat, name, external or id, not by '%(value)s'.",
                    value=customer_by,
                )
            )
        return self.with_company(company).create(
            {
                "name": name,
                "company_id": company.id,
                "customer_by": customer_by,
                "create_customers": create_customers,
                **values,
            }
        )

    def _import_rows(self, rows, dry_run=False):
        """Import (number, raw cells) now; the answer of ``import_transactions``."""
        self.ensure_one()
        savepoint = self.env.cr.savepoint()
        with savepoint:
            for chunk in _chunks(rows):
                self._stage(chunk)
            self._finish()
            result = self._prepare_result(dry_run)
            if dry_run:
                savepoint.rollback()
        if dry_run:
            self.env.invalidate_all(flush=False)
            self.unlink()
        return result

    def _prepare_result(self, dry_run):
        errors = self.error_ids.search(
            [("batch_id", "=", self.id), ("error", "!=", False)], limit=SHOWN_ERRORS
        )
        return {
            "batch_id": not dry_run and self.id,
            "rows": self.row_count,
            "created": self.created_count,
            "duplicates": self.duplicate_count,
            "customers": self.customer_count,
            "error_count": self.error_count,
            "errors": [
                {
                    "row": row.number,
                    "column": row.error_column,
                    "value": row.error_value or "",
                    "message": row.error,
                    "cure": row.error_cure,
                }
                for row in errors
            ],
        }

    def _queue(self):
        self.error_ids.sudo().unlink()
        self.write({"state": "queued", "processed_count": 0, "message": False})
        self.env.ref("crm_bpm_core.ir_cron_transaction_import").sudo()._trigger()

    @api.model
    def _cron_import(self):
        """Import waiting files one after the other; goes on where it was interrupted."""
        while batch := self.search([("state", "in", ("queued", "running"))], order="id", limit=1):
            batch = batch.with_user(batch.create_uid).with_company(batch.company_id)
            try:
                finished = batch._run_in_background()
            except Exception as error:
                batch._fail(error)
                finished = True
            waiting = self.search_count([("state", "in", ("queued", "running"))])
            if not self.env["ir.cron"]._commit_progress(1, remaining=waiting) or not finished:
                return

    def _run_in_background(self):
        """Read the file with a commit after each part; False when the time is over."""
        progress = self.env["ir.cron"]._commit_progress
        self.state = "running"
        progress(remaining=1)
        for chunk in _chunks(self._read_rows(skip=self.processed_count)):
            self._stage(chunk)
            if not progress(remaining=1):
                return False
        self._finish()
        return True

    def _fail(self, error):
        self.env.cr.rollback()
        self.env.invalidate_all(flush=False)
        known = isinstance(error, UserError | AccessError)
        if not known:
            _logger.exception("Import of transactions %s failed", self.id)
        self.env["crm.transaction.row"].sudo().search([("batch_id", "=", self.id)]).unlink()
        message = self.env._("Unexpected error, see the server log: %(error)s", error=error)
        self.write({"state": "failed", "message": str(error) if known else message})

    def _read_rows(self, skip=0):
        """(number, raw cells by meaning) of the file's rows."""
        table = self._read_table(base64.b64decode(self.with_context(bin_size=False).file))
        columns = list((self.mapping or {}).items())
        for number, cells in table.rows(skip):
            yield number, {target: cells[index] for target, index in columns}

    @api.model
    def _read_table(self, content):
        """The table in these bytes; refuses other files in words."""
        try:
            return read_table(content)
        except TableError as error:
            raise UserError(self._get_file_messages()[error.code]) from error

    @api.model
    def _get_file_messages(self):
        one_column = self.env._(
            "No columns were found. The file needs at least customer, date and amount, "
            "separated by semicolon, comma, tab or |."
        )
        return {**super()._get_file_messages(), "one_column": one_column}

    def _stage(self, chunk):
        """Parse rows and copy them, good and bad, into the staging table."""
        parser = RowParser()
        text = io.StringIO()
        writer = csv.writer(text)
        for number, raw in chunk:
            writer.writerow(self._prepare_staged_row(parser, number, raw))
        text.seek(0)
        columns = ", ".join(STAGED_COLUMNS)
        self.env.cr.copy_expert(
            f"COPY crm_transaction_row ({columns}) FROM STDIN WITH (FORMAT csv, NULL '')", text
        )
        self.processed_count += len(chunk)
        self.env["crm.transaction.row"].invalidate_model()

    def _prepare_staged_row(self, parser, number, raw):
        try:
            values = parser.parse(raw)
            error = (None, None, None, None)
        except BadCell as bad:
            values = parser.parse_what_can(raw)
            what, cure = self._get_error_text(bad.code, bad.target)
            error = (self._get_target_label(bad.target), bad.value or None, what, cure)
        names = STAGED_COLUMNS[2:-4]
        return [self.id, number, *[values.get(name) for name in names], *error]

    def _get_target_label(self, target):
        labels = self.env["crm.transaction.import.column"]._get_target_labels()
        return labels[target]

    @api.model
    def _get_error_text(self, code, target=None, **values):
        """(what is wrong, how to cure it) of an error code."""
        _ = self.env._
        return {
            **self._get_cell_messages(),
            "no_customer": (
                _("No customer has this value."),
                _("Correct it, add it to the customer's card, or let customers be created."),
            ),
            "several_customers": (
                _("Several customers have this value."),
                _("Merge them, or find customers by another column."),
            ),
            "key_repeated": (
                _("Another row of the file has this key and other values."),
                _("Choose a column that differs in every row, or none."),
            ),
            "not_created": (
                _("The customer could not be created: %(reason)s", **values) if values else "",
                _("Create the customer by hand and import the row again."),
            ),
        }[code]


def _chunks(rows):
    """Lists of rows, CHUNK at a time."""
    rows = iter(rows)
    while chunk := list(itertools.islice(rows, CHUNK)):
        yield chunk


def _harmless(value):
    """A cell that no spreadsheet program takes for a formula."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return "" if value is False else value
