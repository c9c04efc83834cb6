from odoo import models
from odoo.tools import format_amount, format_date

from .crm_receivable_import_read import SHOWN_PLACES


class CrmReceivableImport(models.Model):
    """Why a file is refused, and what is to be known before it is applied, in words."""

    _inherit = "crm.receivable.import"

    def _get_table_message(self, code):
        no_header = self.env._(
            "No header was found: there is no line of headings such as customer, document "
            "and debt. Was the report generated before it was saved? Debts stay as they were."
        )
        no_rows = self.env._(
            "There are headings only, and no earlier file had the same. Choose a file with at "
            "least one debt first, so that the columns are known. Debts stay as they were."
        )
        messages = {**self._get_file_messages(), "no_header": no_header, "no_rows": no_rows}
        return messages.get(code) or messages["not_table"]

    def _get_report_message(self, error):
        _ = self.env._
        heads = {
            "no_total": _(
                "The line of totals is missing: the file was cut off. Save the whole report again."
            ),
            "totals": _(
                "Totals do not add up. Nothing was taken. Generate the report again, or ask "
                "accounting about these places:"
            ),
            "shifted": _(
                "The columns are shifted: amounts do not stand under their headings. Nothing "
                "was taken. Save the report again without moving cells. Places:"
            ),
            "bad_number": _("There is text where an amount should be. Nothing was taken. Place:"),
            "bad_cells": _(
                "Some cells cannot be read. Nothing was taken, as a line left out would look "
                "like a debt that was paid. Correct them and choose the file again:"
            ),
            "currency": _("These currencies are not known. Write them as EUR, RUB, UAH:"),
            "rate": _(
                "These currencies have no exchange rate, so that nobody can say what the debts "
                "are worth. Enter one under Invoicing > Configuration > Currencies and choose "
                "the file again:"
            ),
        }
        places = [self._format_place(place) for place in error.places[:SHOWN_PLACES]]
        return "\n".join([heads[error.code], *places])

    def _format_place(self, place):
        _ = self.env._
        text = _("row %(row)s", row=place["row"])
        if place.get("name"):
            text += f", {place['name']}"
        if place.get("column"):
            text += f", {place['column']}"
        if "expected" in place:
            currency = self.source_id.currency_id or self.company_id.currency_id
            text += _(
                ": shown %(found)s, by its lines %(expected)s",
                found=format_amount(self.env, place["found"], currency),
                expected=format_amount(self.env, place["expected"], currency),
            )
        elif place.get("found"):
            text += f": “{place['found']}”"
        if place.get("code"):
            text += " " + " ".join(self._get_cell_messages()[place["code"]])
        return text

    def _get_warning(self, report, dated):
        """What the accountant should know before applying, one line each."""
        _ = self.env._
        lines = []
        twin = self.search(
            [
                ("digest", "=", self.digest), ("state", "=", "done"),
                ("company_id", "=", self.company_id.id), ("id", "!=", self.id),
            ],
            limit=1,
        )  # fmt: skip
        if twin:
            lines.append(
                _(
                    "This very file was applied on %(date)s already.",
                    date=format_date(self.env, twin.applied_date),
                )
            )
        if report.filtered:
            lines.append(_("The report shows some customers only: “%s”.", report.filtered))
        elif self.is_partial:
            lines.append(
                _(
                    "More than half of the debts of the last file are missing in this one. It is "
                    "taken for a part; take the tick away if they were really paid."
                )
            )
        if not dated:
            lines.append(
                _("The file does not say its day; %s is taken.", format_date(self.env, self.date))
            )
        elif dated > self.date:
            lines.append(
                _(
                    "The file names %(day)s as its day, which is still to come; %(today)s is "
                    "taken. Debts of the days between are not in it.",
                    day=format_date(self.env, dated),
                    today=format_date(self.env, self.date),
                )
            )
        if self.kind in ("statement", "trial_balance"):
            lines.append(
                _("This report has no due dates: it shows what is owed, but rates no payers.")
            )
        return "\n".join(lines)
