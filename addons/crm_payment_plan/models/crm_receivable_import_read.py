import base64
import csv
import io
import json
from datetime import timedelta

from odoo import models
from odoo.fields import Command
from odoo.tools import format_amount, format_date

from odoo.addons.crm_bpm_core.lib.sheet_reader import TableError, open_sheet

from ..lib.receivable_report import ReportError, read_report
from ..lib.receivable_table import fingerprint, guess_mapping, open_table, read_debts

PROGRESS_ROWS = 10_000
SHOWN_PLACES = 10
STAGED_COLUMNS = (
    "import_id", "number", "name", "tax_id", "ref", "firm_key", "name_key", "tax_key", "contract",
    "document", "doc_number", "date", "due_date", "due_source", "paid_date", "amount",
    "open_amount", "currency_id", "rate", "disputed", "key",
)  # fmt: skip


class Counted:
    """A sheet that tells how many of its lines were read."""

    def __init__(self, sheet, progress):
        self.kind, self.levels = sheet.kind, sheet.levels
        self._sheet, self._progress, self._most = sheet, progress, 0

    def lines(self):
        for number, cells in enumerate(self._sheet.lines(), 1):
            if number % PROGRESS_ROWS == 0 and number > self._most:
                self._most = number
                self._progress(number)
            yield cells


class CrmReceivableImport(models.Model):
    """How a file becomes rows: recognised, or its columns asked for once."""

    _inherit = "crm.receivable.import"

    def _get_content(self):
        return base64.b64decode(self.with_context(bin_size=False).file or b"")

    def _read_or_refuse(self, progress=None):
        """Read the file up to the difference; what is wrong with it ends in words.

        :param progress: function of the number of lines read; may commit
        """
        self.ensure_one()
        try:
            sheet = open_sheet(self._get_content(), pages=True)
            layout, report = self._parse(Counted(sheet, progress) if progress else sheet)
            if report:
                with self.env.cr.savepoint():
                    self._take_report(layout, report)
        except TableError as error:
            self._refuse(self._get_table_message(error.code))
        except ReportError as error:
            self._refuse(self._get_report_message(error))

    def _parse(self, sheet):
        """(layout, report) of a file; (empty, None) when its columns have to be asked."""
        report = read_report(sheet)
        if report:
            return self._find_known(f"report:{report.kind}"), report
        layout = self._find_layout(sheet)
        return layout, read_debts(sheet, layout.mapping) if layout else None

    def _take_report(self, layout, report):
        """Rows, firms and the difference of a report that was read."""
        self._forget_rows()
        layout = layout or self._create_layout(f"report:{report.kind}", report.kind, None)
        self.source_id = layout.source_id
        dated = report.date or self.date
        self.date = dated or self.company_id._get_local_today()
        self._stage(report.debts)
        self.is_partial = bool(report.filtered)
        self._note({"state": "preview", "step": False, "message": False})
        self._compare()
        self._note({"warning": self._get_warning(report, dated)})

    # Layouts ------------------------------------------------------------------

    def _find_known(self, mark):
        return self.env["crm.receivable.layout"].search(
            [("company_id", "=", self.company_id.id), ("fingerprint", "=", mark)], limit=1
        )

    def _create_layout(self, mark, kind, mapping, headings=None, source=None):
        labels = dict(
            self.env["crm.receivable.source"]._fields["kind"]._description_selection(self.env)
        )
        source = source or self.env["crm.receivable.source"].sudo().create(
            {"name": labels[kind], "kind": kind, "company_id": self.company_id.id,
             "currency_id": self.company_id.currency_id.id}
        )  # fmt: skip
        return self.env["crm.receivable.layout"].sudo().create(
            {
                "source_id": source.id,
                "fingerprint": mark,
                "headings": headings or labels[kind],
                "mapping": mapping,
            }
        )  # fmt: skip

    def _find_layout(self, sheet):
        """What the columns of a table mean; unknown ones are asked for."""
        try:
            table, samples = open_table(sheet)
        except TableError as error:
            code = error.code if error.code != "one_column" else "no_header"
            raise TableError(code) from error
        layout = self._find_known(f"table:{fingerprint(table.headers)}")
        if not layout:
            self._ask_columns(table.headers, samples)
        return layout

    def _ask_columns(self, headers, samples):
        """Show the columns with their guessed meanings."""
        targets = {index: target for target, index in guess_mapping(headers, samples).items()}
        sources = self.env["crm.receivable.source"].search(
            [("company_id", "=", self.company_id.id), ("kind", "=", "table")]
        )
        self._note(
            {
                "state": "columns",
                "step": False,
                "source_id": sources.id if len(sources) == 1 else False,
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
                        for index, header in enumerate(headers)
                    ],
                ],
            }
        )

    def _get_sample(self, samples, index):
        values = [str(cells[index]) for cells in samples if cells[index] not in (None, "")]
        return " · ".join(values[:3])[:80]

    def _learn_layout(self):
        table, _samples = open_table(open_sheet(self._get_content(), pages=True))
        mapping = {column.target: column.index for column in self.column_ids if column.target}
        headings = ", ".join(header for header in table.headers if header)
        mark = f"table:{fingerprint(table.headers)}"
        layout = self._find_known(mark)
        if layout:
            layout.sudo().mapping = mapping
        else:
            layout = self._create_layout(mark, "table", mapping, headings, self.source_id)
        self.source_id = layout.source_id

    # Rows ---------------------------------------------------------------------

    def _stage(self, debts):
        """Copy the debts into the table of rows."""
        text = io.StringIO()
        writer = csv.writer(text)
        rates = self._get_rates(debts)
        for row in self._prepare_rows(debts, rates):
            writer.writerow(row)
        text.seek(0)
        self.env.flush_all()
        self.env.cr.copy_expert(
            f"COPY crm_receivable_row ({', '.join(STAGED_COLUMNS)}) "
            "FROM STDIN WITH (FORMAT csv, NULL '')",
            text,
        )
        self._note({"processed_count": len(debts), "row_count": len(debts)})
        self.env["crm.receivable.row"].invalidate_model()

    def _get_rates(self, debts):
        """{currency code of the file: (id, company currency for one unit)}."""
        company_currency = self.company_id.currency_id
        currencies = {"": self.source_id.currency_id or company_currency}
        names = {debt.currency for debt in debts} - {""}
        Currency = self.env["res.currency"].with_context(active_test=False)
        currencies.update({c.name: c for c in Currency.search([("name", "in", list(names))])})
        unknown = [debt for debt in debts if debt.currency not in currencies]
        if unknown:
            raise ReportError(
                "currency",
                *[
                    {"row": debt.row, "name": debt.customer, "column": "", "found": debt.currency}
                    for debt in unknown[:SHOWN_PLACES]
                ],
            )
        return {
            name: (
                currency.id,
                self.env["res.currency"]._get_conversion_rate(
                    currency, company_currency, self.company_id, self.date
                ),
            )
            for name, currency in currencies.items()
        }

    def _prepare_rows(self, debts, rates):
        """Values of STAGED_COLUMNS; parts of one document are told apart by their age."""
        prepare_key = self.env["crm.receivable.firm"]._prepare_key
        firms, times = {}, {}
        for debt in sorted(debts, key=self._get_part_order):
            named = (debt.customer, debt.tax_id, debt.ref)
            if named not in firms:
                firms[named] = prepare_key(*named)
            firm_key, name_key, tax_key = firms[named]
            identity = (firm_key, debt.contract.lower(), debt.document.lower(), debt.currency)
            times[identity] = times.get(identity, 0) + 1
            due_date, due_source = self._get_due(debt)
            currency_id, rate = rates[debt.currency]
            yield [
                self.id, debt.row, debt.customer, debt.tax_id, debt.ref, firm_key, name_key,
                tax_key, debt.contract, debt.document, debt.number, debt.date, due_date,
                due_source, debt.paid_date,
                (debt.open if debt.amount is None else debt.amount) / 100, debt.open / 100,
                currency_id, rate, debt.disputed,
                json.dumps([*identity, times[identity]], ensure_ascii=False),
            ]  # fmt: skip

    def _get_part_order(self, debt):
        """Parts of a document, the youngest first: the oldest is paid and gone first."""
        if debt.due_date:
            return -debt.due_date.toordinal()
        return (debt.interval or (0, 0))[0] or 0

    def _get_due(self, debt):
        """(due date, how it is known) of a debt; see the field ``due_source``."""
        if debt.due_date:
            return debt.due_date, "file"
        interval = debt.interval
        if debt.date and self.source_id.payment_days:
            due = debt.date + timedelta(days=self.source_id.payment_days)
            if self._agrees(interval, (self.date - due).days):
                return due, "term"
        if interval and interval[0]:
            return self.date - timedelta(days=interval[0]), "interval"
        return None, "missing"

    def _agrees(self, interval, overdue):
        """Does a delay in days lie in the interval that the report shows?"""
        if not interval:
            return True
        first, last = interval
        if first is None:
            return overdue <= 0
        return first <= overdue and (last is None or overdue <= last)

    # Messages -----------------------------------------------------------------

    def _get_table_message(self, code):
        no_header = self.env._(
            "No header was found: there is no line of headings such as customer, document "
            "and debt. Was the report generated before it was saved? Debts stay as they were."
        )
        messages = {**self._get_file_messages(), "no_header": no_header, "no_rows": no_header}
        return messages.get(code) or messages["not_table"]

    def _get_report_message(self, error):
        _ = self.env._
        heads = {
            "no_rows": _("The report has headings only. Debts stay as they were."),
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
        if self.kind in ("statement", "trial_balance"):
            lines.append(
                _("This report has no due dates: it shows what is owed, but rates no payers.")
            )
        return "\n".join(lines)
