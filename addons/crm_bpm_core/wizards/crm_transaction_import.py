import base64
import itertools

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..lib.transaction_rows import (
    REQUIRED,
    BadCell,
    RowParser,
    guess_customer_by,
    guess_mapping,
)
from ..models.crm_file_import import BACKGROUND_SIZE

PREVIEW_ROWS = 20
PREVIEW_COLUMNS = ("customer", "date", "quantity", "amount", "article", "order_ref", "key")


class CrmTransactionImport(models.TransientModel):
    """Import sales history from a file: choose it, check the columns, import.

    Good rows are imported, bad ones are listed; importing a file again changes
    nothing. Large files are read in the background.
    """

    _name = "crm.transaction.import"
    _description = "Import Transactions"

    state = fields.Selection(
        [("file", "Choose the file"), ("columns", "Check the columns")], default="file"
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    file = fields.Binary(required=True, attachment=False)
    file_name = fields.Char()
    column_ids = fields.One2many("crm.transaction.import.column", "wizard_id")
    customer_by = fields.Selection(
        selection=lambda self: (self.env["crm.transaction.batch"]._fields["customer_by"].selection),
        string="Find Customers By",
        default="ref",
        required=True,
    )
    create_customers = fields.Boolean(string="Create Missing Customers")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    problem = fields.Char(compute="_compute_preview")

    # === COMPUTE === #

    @api.depends("column_ids.target", "state")
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = wizard.problem = False
            if wizard.state == "columns":
                wizard.problem = wizard._get_problem()
                wizard.preview = wizard._render_preview()

    def _get_problem(self):
        """What the columns lack, in words; False when they will do."""
        labels = self.env["crm.transaction.import.column"]._get_target_labels()
        targets = self.column_ids.mapped("target")
        for target in labels:
            if targets.count(target) > 1:
                return self.env._(
                    "Two columns are '%(meaning)s'. Leave one of them.", meaning=labels[target]
                )
        missing = [labels[target] for target in REQUIRED if target not in targets]
        if missing:
            return self.env._("Say which column is: %(meanings)s.", meanings=", ".join(missing))
        return False

    def _get_mapping(self):
        return {column.target: column.index for column in self.column_ids if column.target}

    def _render_preview(self):
        """The first rows as they will be read, as a table."""
        labels = self.env["crm.transaction.import.column"]._get_target_labels()
        mapping = self._get_mapping()
        shown = [target for target in PREVIEW_COLUMNS if target in mapping]
        head = Markup("").join(Markup("<th>%s</th>") % labels[target] for target in shown)
        parser = RowParser()
        rows = Markup("").join(
            self._render_row(parser, number, cells, mapping, shown)
            for number, cells in itertools.islice(self._get_table().rows(), PREVIEW_ROWS)
        )
        return Markup(
            '<div class="table-responsive"><table class="table table-sm mb-0"><thead><tr>'
            "<th>#</th>%s</tr></thead><tbody>%s</tbody></table></div>"
        ) % (head, rows)

    def _render_row(self, parser, number, cells, mapping, shown):
        raw = {target: cells[index] for target, index in mapping.items()}
        try:
            values = parser.parse(raw)
        except BadCell as bad:
            what, cure = self.env["crm.transaction.batch"]._get_error_text(bad.code)
            label = self.env["crm.transaction.import.column"]._get_target_labels()[bad.target]
            return Markup(
                '<tr class="text-danger"><td>%s</td><td colspan="%s">'
                '<i class="fa fa-warning"></i> %s: %s %s %s</td></tr>'
            ) % (number, len(shown), label, bad.value, what, cure)
        cells = Markup("").join(
            Markup("<td>%s</td>") % self._format(values[target]) for target in shown
        )
        return Markup("<tr><td>%s</td>%s</tr>") % (number, cells)

    def _format(self, value):
        if isinstance(value, float):
            return f"{value:g}" if value.is_integer() else f"{value:.2f}"
        return value or ""

    def _get_table(self):
        content = base64.b64decode(self.with_context(bin_size=False).file or b"")
        return self.env["crm.transaction.batch"]._read_table(content)

    # === ACTIONS === #

    def action_read(self):
        """Button: look at the file and guess what its columns mean."""
        self.ensure_one()
        table = self._get_table()
        samples = [cells for _number, cells in itertools.islice(table.rows(), PREVIEW_ROWS)]
        mapping = guess_mapping(table.headers, samples)
        targets = {index: target for target, index in mapping.items()}
        self.write(
            {
                "state": "columns",
                "column_ids": [
                    Command.clear(),
                    *[
                        Command.create(
                            {
                                "index": index,
                                "header": header or self.env._("(no heading)"),
                                "sample": self._get_sample(samples, index),
                                "target": targets.get(index),
                            }
                        )
                        for index, header in enumerate(table.headers)
                    ],
                ],
            }
        )
        if "customer" in mapping:
            index = mapping["customer"]
            values = [cells[index] for cells in samples]
            self.customer_by = guess_customer_by(table.headers[index], values)
        return self._reopen()

    def _get_sample(self, samples, index):
        values = [str(cells[index]) for cells in samples if cells[index] not in (None, "")]
        return " · ".join(values[:3])[:80]

    def action_back(self):
        """Button: choose another file."""
        self.ensure_one()
        self.state = "file"
        return self._reopen()

    def action_import(self):
        """Button: import the file, a large one in the background, and show the import."""
        self.ensure_one()
        self._check_columns()
        batch = self._create_batch()
        if self._is_large():
            batch._queue()
        else:
            batch._import_rows(batch._read_rows())
        return {
            "type": "ir.actions.act_window",
            "res_model": batch._name,
            "res_id": batch.id,
            "view_mode": "form",
        }

    def action_check(self):
        """Button: say what an import would bring, without importing."""
        self.ensure_one()
        self._check_columns()
        batch = self._create_batch()
        result = batch._import_rows(batch._read_rows(), dry_run=True)
        message = self.env._(
            "%(rows)s rows: %(created)s new, %(duplicates)s known already, %(customers)s customers "
            "to be created, %(error_count)s errors.",
            **{key: value for key, value in result.items() if key != "errors"},
        )
        if result["errors"]:
            first = result["errors"][0]
            message += "\n" + self.env._(
                "First error: row %(row)s, %(column)s '%(value)s': %(message)s %(cure)s", **first
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if result["errors"] else "success",
                "title": self.env._("Nothing was imported yet"),
                "message": message,
                "sticky": True,
            },
        }

    def _check_columns(self):
        if problem := self._get_problem():
            raise UserError(problem)

    def _is_large(self):
        return len(self.with_context(bin_size=False).file) * 3 // 4 > BACKGROUND_SIZE

    def _create_batch(self):
        return self.env["crm.transaction.batch"]._create_for(
            self.company_id.id,
            self.file_name or self.env._("File"),
            self.customer_by,
            self.create_customers,
            file=self.with_context(bin_size=False).file,
            mapping=self._get_mapping(),
        )

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Transactions"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
