import uuid
from ast import literal_eval
from functools import lru_cache

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..lib.own_context import is_internal

#: So few records are compared with a plain domain in memory, which costs less than a query.
FEW = 10
#: Conditions of plain domains say the same in memory as in the database.
PLAIN_OPERATORS = frozenset({"=", "!=", "in", "not in", "<", ">", "<=", ">="})
PLAIN_TYPES = frozenset(
    {"boolean", "char", "date", "datetime", "integer", "many2one", "selection", "float", "monetary"}
)


@lru_cache(maxsize=2048)
def read_domain(text):
    """Domain of a text; empty text is all records.

    :raise ValueError: it is no domain.
    """
    try:
        return Domain(literal_eval((text or "").strip() or "[]"))
    except (ValueError, SyntaxError, TypeError) as error:
        raise ValueError(str(error)) from error


def get_paths(domain):
    """Paths of fields that a domain asks about, those of sub-domains with their way."""
    for condition in domain.iter_conditions():
        if condition.operator in ("any", "not any") and isinstance(condition.value, Domain):
            for path in get_paths(condition.value):
                yield f"{condition.field_expr}.{path}"
        else:
            yield condition.field_expr


def is_askable(records, domain):
    """Whether all fields that a domain asks about are there: addons go, and fields with them."""
    return all(_exists(records, path) for path in get_paths(domain))


def _exists(records, path):
    for name in path.split("."):
        field = records._fields.get(name)
        if field is None:
            return False
        if not field.relational:
            # What follows is a part of the value: the month of a date, a property.
            return True
        records = records.env[field.comodel_name]
    return True


def match_ids(records, domain):
    """Ids of the records that match a domain, whoever asks, archived ones too."""
    if not records or domain.is_true():
        return set(records.ids)
    everything = records.sudo().with_context(active_test=False)
    if len(records) <= FEW and all(_is_plain(everything, c) for c in domain.iter_conditions()):
        return set(everything.filtered_domain(domain).ids)
    return set(everything._search(domain & Domain("id", "in", records.ids), order="id"))


def _is_plain(records, condition):
    """A condition on a column of the record itself, for which its cache is as good."""
    field = records._fields.get(condition.field_expr)
    return (
        field is not None
        and field.store
        and field.type in PLAIN_TYPES
        and not (field.translate or field.company_dependent or field.inherited)
        and condition.operator in PLAIN_OPERATORS
    )


class BpmRegulationPart(models.AbstractModel):
    """Part of a version's wording: may be changed as long as the version is a draft.

    The parts keep a key from version to version, by which their effect is compared.
    """

    _name = "bpm.regulation.part"
    _description = "Part of a Stage Regulation"

    key = fields.Char(
        copy=True, index=True, help="Keeps its identity from version to version; made by itself."
    )

    def _get_version(self):
        """Versions these parts belong to."""
        return self.stage_id.version_id

    @api.model
    def _new_key(self):
        return uuid.uuid4().hex[:12]

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [vals | {"key": vals.get("key") or self._new_key()} for vals in vals_list]
        parts = super().create(vals_list)
        parts._check_draft()
        return parts

    def write(self, vals):
        self._check_draft()
        result = super().write(vals)
        self._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self._check_draft()

    def _check_draft(self):
        if is_internal(self.env, "bpm_regulation_edit"):
            return
        for version in self.sudo()._get_version():
            if version.state != "draft":
                raise UserError(
                    self.env._(
                        "%s has been published and does not change any more. Make a new draft "
                        "of the regulation, change that and publish it.",
                        version.display_name,
                    )
                )

    @api.model
    def _check_domain_text(self, model, text, where):
        """:raise ValidationError: the domain does not fit the model; names the place."""
        try:
            domain = read_domain(text)
            domain.validate(self.env[model])
            # What cannot be searched would fail on each record's form; nothing is asked here.
            self.env[model].sudo()._search(domain)
        except (ValueError, KeyError, AttributeError) as error:
            raise ValidationError(
                self.env._(
                    "%(where)s: the condition cannot be used (%(error)s). Choose its fields "
                    "anew in the list of conditions.",
                    where=where,
                    error=error,
                )
            ) from error

    def _get_domain_problems(self, model, text):
        try:
            self._check_domain_text(model, text, self.display_name)
        except ValidationError as error:
            return [str(error)]
        return []
