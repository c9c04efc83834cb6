import re

from odoo import api, models, tools
from odoo.exceptions import UserError

#: Fields whose names look like secrets are never read by a diagram.
_SECRET = re.compile(r"passw|secret|token|api_?key|totp|signature|oauth|credential")
_TYPES = {
    "boolean", "char", "date", "datetime", "float", "html", "integer", "many2many", "many2one",
    "many2one_reference", "monetary", "one2many", "reference", "selection", "text",
}  # fmt: skip
_MAX_DEPTH = 5


class BpmProcess(models.Model):
    _inherit = "bpm.process"

    @api.model
    @tools.ormcache("model_name")
    def _get_expression_fields(self, model_name):
        """Names of the fields of a model that a diagram may read.

        Stored or related, open to every user, no files, nothing that looks like a secret;
        technical models (``ir.*``) not at all. Extend it to open or close fields.
        """
        model = self.env.get(model_name)
        if model is None or model_name.startswith("ir.") or model._transient or model._abstract:
            return frozenset()
        return frozenset(
            name for name, field in model._fields.items() if self._is_readable_field(field)
        )

    @api.model
    def _is_readable_field(self, field):
        target = field.related_field if field.related else field
        return bool(
            (field.store or field.related)
            and field.type in _TYPES
            and not field.groups
            and not target.groups
            and not _SECRET.search(field.name)
            and not _SECRET.search(target.name)
            and not (field.comodel_name or "").startswith("ir.")
        )

    @api.model
    def _resolve_path(self, model_name, path):
        """Field at the end of a path such as ``partner_id.user_id``; None if not readable."""
        names = (path or "").split(".")
        field = None
        for name in names[: _MAX_DEPTH + 1]:
            if name == "id" and name == names[-1]:
                return self.env[model_name]._fields["id"]
            if not model_name or name not in self._get_expression_fields(model_name):
                return None
            field = self.env[model_name]._fields[name]
            model_name = field.comodel_name if field.relational else None
        return field if len(names) <= _MAX_DEPTH else None

    @api.model
    def get_expression_fields(self, model):
        """Fields of a model for the condition builder, by label.

        :return: list of dicts: name, string, type, relation, selection (pairs).
        :raise UserError: the model is unknown.
        """
        self.check_access("read")
        if model not in self.env:
            raise UserError(self.env._("There is no kind of record “%s”.", model))
        allowed = self._get_expression_fields(model)
        shown = self.env[model].fields_get(
            allowed, attributes=["string", "type", "relation", "selection"]
        )
        return sorted(
            ({"name": name, **info} for name, info in shown.items()),
            key=lambda info: info["string"].lower(),
        )
