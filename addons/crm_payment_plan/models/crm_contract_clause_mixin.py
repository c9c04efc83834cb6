from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..lib import clause_text

LEVELS = [
    ("text", "Text without a number"),
    ("section", "Section (1)"),
    ("clause", "Clause (1.1)"),
    ("point", "Point (1.1.1)"),
]
#: What a condition may ask of the other party; of the contract it may ask anything of its own.
PARTNER_FIELDS = frozenset({"is_company", "country_id", "lang", "category_id", "state_id"})
#: Fields of the contract that are no terms, but notes and work of people.
HIDDEN_FIELDS = frozenset(
    {"message_ids", "activity_ids", "message_follower_ids", "website_message_ids"}
)


class CrmContractClauseMixin(models.AbstractModel):
    """A clause: its place in the outline, its words, and when it belongs into the text.

    Clauses stand in one list; the level says how deep. Numbers follow from the order and are
    never typed. Words in double braces come from a closed list (``crm.contract`` values) and are
    replaced, never evaluated.
    """

    _name = "crm.contract.clause.mixin"
    _description = "Clause"

    #: Field that names the template or contract the clause belongs to.
    _owner_field = None

    sequence = fields.Integer(default=10)
    level = fields.Selection(LEVELS, required=True, default="clause")
    code = fields.Char(
        string="Name for References",
        help="One word by which other clauses refer to this one, in Latin letters: payment, "
        "delivery. The reference prints the number, whatever it becomes.",
    )
    title = fields.Char(string="Heading")
    body = fields.Html(
        string="Text", sanitize_attributes=True, sanitize_style=True, sanitize_form=True
    )
    condition = fields.Char(
        default="[]",
        help="The clause is in the text of those contracts only. A section that is left out takes "
        "its clauses with it.",
    )
    number = fields.Char(string="No.", compute="_compute_number")
    summary = fields.Char(string="Clause", compute="_compute_summary")
    is_conditional = fields.Boolean(compute="_compute_summary")

    @api.depends("level", "sequence")
    def _compute_number(self):
        for owner in self[self._owner_field]:
            rows = owner.clause_ids.sorted(lambda c: (c.sequence, c._origin.id or float("inf")))
            places = clause_text.number([clause_text.Place(row.level) for row in rows])
            for row, place in zip(rows, places, strict=True):
                row.number = place.number
        for clause in self.filtered(lambda c: not c[c._owner_field]):
            clause.number = ""

    @api.depends("title", "body", "condition")
    def _compute_summary(self):
        for clause in self:
            words = clause_text.plain(clause.body)
            clause.summary = ". ".join(filter(None, (clause.title, words)))[:200]
            clause.is_conditional = (clause.condition or "[]").strip() != "[]"

    @api.depends("title", "number", "code")
    def _compute_display_name(self):
        for clause in self:
            clause.display_name = clause._get_label()

    def _get_label(self):
        """How messages call the clause."""
        self.ensure_one()
        words = self.title or clause_text.plain(self.body)[:40]
        return " ".join(filter(None, (self.number, words))) or self.env._("New clause")

    # Words ------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._clean_values(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._clean_values(vals))

    @api.model
    def _clean_values(self, vals):
        if vals.get("body"):
            vals = {**vals, "body": clause_text.clean(vals["body"])}
        if "code" in vals:
            vals = {**vals, "code": (vals["code"] or "").strip() or False}
        return vals

    @api.constrains("title", "body", "code")
    def _check_words(self):
        known = set(self.env["crm.contract"]._get_value_names())
        for clause in self:
            codes = set(clause[self._owner_field].clause_ids.filtered("code").mapped("code"))
            for source in (clause.title, clause.body):
                try:
                    clause_text.check(source, known, codes)
                except clause_text.ClauseError as error:
                    raise ValidationError(clause._words_error(error)) from error

    def _words_error(self, error):
        """What is wrong with the words of a clause, and the cure."""
        name = {"clause": self._get_label(), "token": error.token}
        if error.reason == "braces":
            return self.env._(
                "Clause “%(clause)s”: “%(token)s” has no partner. Delete it and insert the value "
                "anew with the button “Insert value”.",
                **name,
            )
        if error.reason == "reference":
            return self.env._(
                "Clause “%(clause)s” refers to “%(token)s”, but no clause has that name for "
                "references. Choose one with the button “Insert value”.",
                **name,
            )
        return self.env._(
            "Clause “%(clause)s”: there is no value “%(token)s”. Choose one with the button "
            "“Insert value”.",
            **name,
        )

    @api.constrains("code")
    def _check_code(self):
        for clause in self.filtered("code"):
            same = clause[self._owner_field].clause_ids.filtered(
                lambda other, code=clause.code: other.code == code
            )
            if len(same) > 1 or not clause.code.isidentifier() or not clause.code.isascii():
                raise ValidationError(
                    self.env._(
                        "Clause “%(clause)s”: “%(code)s” cannot be its name for references. Take "
                        "one Latin word that no other clause of this text has.",
                        clause=clause._get_label(),
                        code=clause.code,
                    )
                )

    # Conditions -------------------------------------------------------------------

    @api.constrains("condition")
    def _check_condition(self):
        Contract = self.env["crm.contract"].sudo()
        for clause in self:
            domain = clause._get_condition()
            try:
                domain.validate(Contract)
            except (ValueError, KeyError) as error:
                raise ValidationError(clause._condition_error(str(error))) from error
            for condition in domain.iter_conditions():
                if not self._is_askable(condition.field_expr, condition.value):
                    raise ValidationError(clause._condition_error(condition.field_expr))

    def _condition_error(self, part):
        return self.env._(
            "Clause “%(clause)s”: its condition cannot ask for “%(part)s”. Use the contract's own "
            "fields with fixed values, or country, language, tags and kind of the other party.",
            clause=self._get_label(),
            part=part,
        )

    def _get_condition(self):
        """The condition as a domain over contracts; literals only, nothing is evaluated."""
        self.ensure_one()
        try:
            return Domain(literal_eval(self.condition or "[]"))
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
            raise ValidationError(self._condition_error(self.condition)) from error

    @api.model
    def _is_askable(self, path, value):
        """Whether a condition may ask for this field.

        Whoever prints a contract must not learn by its clauses what he may not read: the way
        leads no further than the contract and a few facts about the other party.
        """
        if isinstance(value, Domain | list | tuple) and any(
            not isinstance(one, str | int | float | bool) for one in value
        ):
            return False
        first, _point, rest = path.partition(".")
        field = self.env["crm.contract"]._fields.get(first)
        if first in HIDDEN_FIELDS or not (first == "id" or field) or isinstance(value, Domain):
            return False
        if first in ("partner_id", "commercial_partner_id") and rest:
            return rest.split(".")[0] in PARTNER_FIELDS and "." not in rest
        return not rest

    def _get_applicable(self, contract):
        """The clauses that belong into the text of this contract, in order."""
        # Whether a clause stands there must not depend on who prints the contract.
        contract = contract.sudo()
        rows = self.sorted(lambda c: (c.sequence, c._origin.id or float("inf")))
        fits = [
            not clause.is_conditional or bool(contract.filtered_domain(clause._get_condition()))
            for clause in rows
        ]
        return self.browse().concat(*clause_text.applicable(list(rows), fits))
