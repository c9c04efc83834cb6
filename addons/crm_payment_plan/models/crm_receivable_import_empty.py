from odoo import api, fields, models


class CrmReceivableImport(models.Model):
    """A file that shows no debts: somebody has to say that nobody owes before all are paid."""

    _inherit = "crm.receivable.import"

    empty_confirmed = fields.Boolean(
        string="Nobody Owes Us",
        copy=False,
        help="The file is the whole report and shows no debts: all open ones were paid.",
    )
    asks_empty = fields.Boolean(
        compute="_compute_asks_empty", help="The file shows no debts at all: is that true?"
    )

    @api.depends("state", "row_count", "is_partial", "source_id", "date")
    def _compute_asks_empty(self):
        for file in self:
            file.asks_empty = (
                file.state == "preview"
                and not file.row_count
                and not file.is_partial
                and not file._is_outdated()
            )

    @api.depends("asks_empty", "empty_confirmed")
    def _compute_problem(self):
        return super()._compute_problem()

    def _get_problem(self):
        if self.asks_empty and not self.empty_confirmed:
            return self.env._(
                "%(file)s shows no debts. If it is the whole report and nobody owes, tick “Yes, "
                "nobody owes us”; all %(count)s open debts then count as paid.",
                file=self.name,
                count=self.gone_count,
            )
        return super()._get_problem()

    def _take_report(self, layout, report):
        self.empty_confirmed = False
        return super()._take_report(layout, report)
