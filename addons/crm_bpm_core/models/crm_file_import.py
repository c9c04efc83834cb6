from odoo import api, models

#: Larger files are read in the background: they would keep the user waiting.
BACKGROUND_SIZE = 1 << 20


class CrmFileImport(models.AbstractModel):
    """What imports of tables from other programs have in common."""

    _name = "crm.file.import"
    _description = "Import of a Table"

    @api.model
    def _get_file_messages(self):
        """{code of a ``TableError``: what is wrong and the cure}."""
        _ = self.env._
        save = _("Save it as CSV or XLSX and choose it again.")
        return {
            "empty": _("The file is empty. Choose a file with headings and rows."),
            "no_rows": _("The file has headings only. Choose a file with rows under them."),
            "one_column": _(
                "No columns were found. The file needs headings above its columns, "
                "separated by semicolon, comma, tab or |."
            ),
            "not_table": _("This is not a table. %(cure)s", cure=save),
            "password": _("The workbook is protected by a password. Save it without one."),
            "damaged": _("The workbook is damaged. Open it in Excel and save it again."),
            "not_excel": _("This is not an Excel workbook. %(cure)s", cure=save),
            "web_page": _(
                "This is a web page or XML whose name says otherwise. Open it in Excel. %(cure)s",
                cure=save,
            ),
            "pdf": _("This is a PDF; its table cannot be read. %(cure)s", cure=save),
            "too_large": _("The workbook is too large. Save it as CSV and choose it again."),
        }

    @api.model
    def _get_cell_messages(self):
        """{code of a cell that cannot be read: (what is wrong, cure)}."""
        _ = self.env._
        return {
            "missing": (_("The cell is empty."), _("Fill it in, or delete the row.")),
            "bad_date": (
                _("This is not a date."),
                _("Write it as 31.01.2026 or 2026-01-31, day before month."),
            ),
            "bad_number": (_("This is not a number."), _("Write it as 1234,50 or 1234.50.")),
        }
