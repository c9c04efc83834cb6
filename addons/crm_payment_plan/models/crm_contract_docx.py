import base64

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..lib import clause_text, docx_template
from ..lib.docx_template import DocxError

ROWS = {
    "specification": ("no", "name", "quantity", "unit", "price", "tax", "total"),
    "payments": ("no", "name", "due", "share", "amount"),
    "clauses": ("number", "title", "text"),
}


class CrmContractTemplate(models.Model):
    """A Word file beside the clauses, for those who design their contracts there."""

    _inherit = "crm.contract.template"

    docx_file = fields.Binary(
        string="Word File",
        attachment=True,
        help="A .docx with the same values in double braces as the clauses have.",
    )
    docx_name = fields.Char(string="Name of the Word File")

    @api.constrains("docx_file")
    def _check_docx_file(self):
        for template in self.filtered("docx_file"):
            template._check_docx(base64.b64decode(template.docx_file))

    def _check_docx(self, content):
        """Refuse a file that is no plain document or asks for what there is not."""
        if not docx_template.is_available():
            raise ValidationError(self._docx_message("library"))
        try:
            docx_template.check_file(content)
            unknown = docx_template.check_expressions(
                content, set(self.env["crm.contract"]._get_docx_names()), self._get_docx_lists()
            )
        except DocxError as error:
            raise ValidationError(
                self._docx_message(error.reason, error.place, error.name)
            ) from error
        if unknown:
            raise ValidationError(
                self.env._(
                    "The Word file asks for values that there are not:\n%s\nTake names from the "
                    "list of values.",
                    "\n".join(
                        self.env._(
                            "“%(name)s” in paragraph %(paragraph)s",
                            name=one.name,
                            paragraph=one.paragraph or "…",
                        )
                        for one in unknown
                    ),
                )
            )

    @api.model
    def _get_docx_lists(self):
        return {name: set(columns) for name, columns in ROWS.items()}

    def _docx_message(self, reason, place="", name=""):
        """What is wrong with a Word file, and the cure."""
        _ = self.env._
        texts = {
            "library": _("Word files need the Python library docxtpl on the server."),
            "large": _("The Word file is larger than 5 MB: take big pictures out of it."),
            "no_docx": _("This is no Word document: save it as .docx."),
            "bomb": _("The Word file unpacks to far more than a contract needs; it is refused."),
            "path": _("The Word file has parts outside of itself; it is refused."),
            "macros": _(
                "The Word file has macros or embedded objects: save it as .docx without them."
            ),
            "external": _(
                "The Word file takes pictures or texts from elsewhere: put them into the file."
            ),
            "entities": _("The Word file defines XML entities; it is refused."),
            "syntax": _("The braces of the Word file do not match. Look at: "),
            "loops": _(
                "The Word file walks a list within a list: close the first one before the second "
                "begins. Look at: "
            ),
            "expression": _(
                "The Word file may name values, walk lists and ask with “if” whether a value is "
                "there, nothing else. Look at: "
            ),
        }
        found = ", ".join(filter(None, (place, name)))
        return f"{texts[reason]} {found}".strip()


class CrmContract(models.Model):
    _inherit = "crm.contract"

    has_docx = fields.Boolean(compute="_compute_has_docx")

    @api.depends("template_id.docx_name")
    def _compute_has_docx(self):
        for contract in self:
            contract.has_docx = bool(contract.template_id.sudo().docx_name)

    @api.model
    def _get_docx_names(self):
        tables = ("payment_table", "specification_table")
        return [name for name in self._get_value_names() if name not in tables]

    def action_print_docx(self):
        """The contract as a Word file from its template; kept among the printed copies."""
        self.ensure_one()
        self.check_access("read")
        template = self.template_id.sudo()
        if not template.docx_file:
            raise UserError(self.env._("“%s” has no Word file.", template.display_name or "…"))
        if not docx_template.is_available():
            raise UserError(template._docx_message("library"))
        try:
            content = docx_template.render(
                base64.b64decode(template.docx_file), self._prepare_docx_data()
            )
        except DocxError as error:
            raise UserError(
                template._docx_message(error.reason, error.place, error.name)
            ) from error
        return self.env["crm.contract.print"]._keep(self, content, "docx").action_open()

    def _prepare_docx_data(self):
        """Plain text and lists: a file never sees a record."""
        contract = self.with_context(lang=self.document_lang or self.env.lang)
        values = contract._prepare_values()
        document = contract._get_document()
        clauses = [
            {
                "number": row["number"],
                "title": clause_text.plain(row["title"]),
                "text": clause_text.plain(row["body"]),
            }
            for row in document["clauses"]
        ]
        tables = {
            "specification": (document["specification"] or {}).get("rows", []),
            "payments": (document["schedule"] or {}).get("rows", []),
            "clauses": clauses,
        }
        return {
            **{
                name: clause_text.plain(values[name])
                if name.endswith("_requisites")
                else str(values[name])
                for name in self._get_docx_names()
            },
            **{
                name: [{key: str(row.get(key, "")) for key in ROWS[name]} for row in rows]
                for name, rows in tables.items()
            },
        }
