from collections import Counter

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import is_html_empty

from .bpm_regulation_part import FEW, is_askable, match_ids, read_domain

#: What facts ask about what is linked to a record.
LINKED_FIELDS = {"ir.attachment": ("name",), "mail.activity": ("active", "activity_type_id")}


class BpmRegulationFact(models.Model):
    """A fact that must be true before a record leaves a stage."""

    _name = "bpm.regulation.fact"
    _description = "Fact Demanded by a Stage"
    _inherit = ["bpm.regulation.part"]
    _order = "stage_id, sequence, id"

    stage_id = fields.Many2one(
        "bpm.regulation.stage", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(
        required=True, translate=True, help="As people read it when it is missing: Budget known."
    )
    kind = fields.Selection(
        [
            ("field", "A field is filled"),
            ("domain", "The record matches a condition"),
            ("related", "Related records match a condition"),
            ("document", "Documents are attached"),
            ("activity", "An activity of a type was done"),
        ],
        default="field",
        required=True,
    )
    field_id = fields.Many2one(
        "ir.model.fields",
        ondelete="set null",
        help="The field to be filled, or the one that leads to the related records.",
    )
    domain = fields.Char(default="[]", help="On the record, or on each related record.")
    minimum = fields.Integer(default=1, help="How many related records or documents at least.")
    file_pattern = fields.Char(help="For documents: part of the file's name, e.g. contract.")
    activity_type_id = fields.Many2one("mail.activity.type", ondelete="restrict")
    to_stage_ids = fields.Many2many(
        "bpm.regulation.stage",
        "bpm_regulation_fact_target_rel",
        string="Only on the Way To",
        help="Empty: for leaving to any later stage.",
    )
    cure = fields.Char(translate=True, help="What to do about it, shown beside the button.")

    _check_minimum = models.Constraint("CHECK(minimum >= 1)", "At least one must be demanded.")

    # ------------------------------------------------------------ does it hold?

    def _get_failing_ids(self, records, known=None):
        """Ids of the records for which the fact does not hold; asks per fact, not per record.

        :param known: dict in which facts judged together keep what all of them ask about.
        """
        self.ensure_one()
        # A fact is true or not whoever asks, so it is looked at with all rights.
        records = self.env[records._name].sudo().browse(records.ids)
        if not self._is_askable(records):
            return set(records.ids)
        holding = getattr(self, f"_get_holding_{self.kind}")(
            records, {} if known is None else known
        )
        return set(records.ids) - set(holding)

    def _is_askable(self, records):
        """Whether what it asks about is there; a field may have gone with its addon."""
        if self.kind == "domain":
            return is_askable(records, read_domain(self.domain))
        if self.kind not in ("field", "related"):
            return True
        field = records._fields.get(self.sudo().field_id.name)
        if field is None or self.kind == "field":
            return field is not None
        return is_askable(records.env[field.comodel_name], read_domain(self.domain))

    def _get_holding_field(self, records, known):
        field = records._fields[self.sudo().field_id.name]
        if field.store and field.column_type and not (field.company_dependent or field.translate):
            values = records._get_raw_values(field.name)
            return [id_ for id_, value in values.items() if _is_filled(field, value)]
        return [record.id for record in records if _is_filled(field, record[field.name])]

    def _get_holding_domain(self, records, known):
        return match_ids(records, read_domain(self.domain))

    def _get_holding_related(self, records, known):
        name = self.sudo().field_id.name
        # Whoever looks at archived records on the screen proves nothing by them.
        records = records.with_context(active_test=True)
        related = records[name]
        domain = read_domain(self.domain) & Domain("id", "in", related.ids)
        fitting = set(related.search(domain).ids)
        return [r.id for r in records if len(fitting.intersection(r[name].ids)) >= self.minimum]

    def _get_holding_document(self, records, known):
        pattern = Domain("name", "ilike", self.file_pattern) if self.file_pattern else Domain.TRUE
        return self._get_counted("ir.attachment", pattern, records, known)

    def _get_holding_activity(self, records, known):
        """Done activities are archived; one that was dropped is deleted."""
        domain = Domain("active", "=", False)
        domain &= Domain("activity_type_id", "=", self.activity_type_id.id)
        return self._get_counted("mail.activity", domain, records, known)

    def _get_counted(self, model, domain, records, known):
        """Ids of the records that have enough files or activities of that kind."""
        linked = self.env[model].sudo().with_context(active_test=False)
        ours = Domain("res_model", "=", records._name) & Domain("res_id", "in", records.ids)
        if len(records) > FEW:
            counts = dict(linked._read_group(ours & domain, ["res_id"], ["__count"]))
        else:
            # Of few records they are fetched once for all facts.
            names = ["res_id", *LINKED_FIELDS[model]]
            if (model, records) not in known:
                known[model, records] = linked.search_fetch(ours, names, order="id")
            counts = Counter(one.res_id for one in known[model, records].filtered_domain(domain))
        return [res_id for res_id, count in counts.items() if count >= self.minimum]

    def _get_problems(self, model):
        """Why this fact could not be checked, in sentences."""
        self.ensure_one()
        name, field = self.name, self.sudo().field_id
        if self.kind in ("field", "related") and field.model != model:
            return [self.env._("Fact “%s”: choose a field of the record.", name)]
        if self.kind == "related" and not field.relation:
            return [self.env._("Fact “%s”: choose a field that leads to other records.", name)]
        if self.kind == "activity" and not self.activity_type_id:
            return [self.env._("Fact “%s”: choose the type of activity.", name)]
        if self.kind in ("domain", "related"):
            target = model if self.kind == "domain" else field.relation
            return self._get_domain_problems(target, self.domain)
        return []


def _is_filled(field, value):
    """Zero, an empty text and an empty editor are not filled."""
    if field.type == "html":
        return not is_html_empty(value)
    if isinstance(value, str):
        return bool(value.strip())
    return bool(value)
