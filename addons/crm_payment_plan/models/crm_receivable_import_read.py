import base64
import csv
import io
import json
from datetime import timedelta

from odoo import models
from odoo.fields import Command

from odoo.addons.crm_bpm_core.lib.sheet_reader import TableError, open_sheet

from ..lib.receivable_empty import read_titles
from ..lib.receivable_report import ReportError, read_report
from ..lib.receivable_table import fingerprint, guess_mapping, open_table, read_debts

PROGRESS_ROWS = 10_000
#: Places of mistakes that a message names.
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
        report = read_report(sheet) or read_titles(sheet)
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
        today = self.company_id._get_local_today()
        # Nothing is paid in days to come, and the files until then would be refused as older.
        self.date = min(dated or today, today)
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
        if not layout and not samples:
            # Headings that nobody has explained, and no line to explain them by.
            raise TableError("no_rows")
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
        names = {debt.currency for debt in debts}
        # That of the source counts only for amounts without a currency of their own.
        own = self.source_id.currency_id or company_currency
        currencies = {"": own} if "" in names else {}
        Currency = self.env["res.currency"].with_context(active_test=False)
        currencies.update({c.name: c for c in Currency.search([("name", "in", list(names))])})
        self._refuse_currencies(
            "currency", [debt for debt in debts if debt.currency not in currencies], currencies
        )
        rated = self.company_id._get_rated_currencies()
        self._refuse_currencies(
            "rate", [debt for debt in debts if currencies[debt.currency] not in rated], currencies
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

    def _refuse_currencies(self, code, debts, currencies):
        """Take nothing of a file with debts in currencies that cannot be counted."""
        if debts:
            raise ReportError(
                code,
                *[
                    {"row": debt.row, "name": debt.customer, "column": "",
                     "found": debt.currency or currencies[""].name}
                    for debt in debts[:SHOWN_PLACES]
                ],
            )  # fmt: skip

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
