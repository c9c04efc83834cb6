from odoo import models

from ..lib.field_sources import DEPTH, TECHNICAL
from .bpm_regulation_part import read_domain


class BpmRegulationFact(models.Model):
    """What is said of a fact that does not hold, and where a person can make it true."""

    _inherit = "bpm.regulation.fact"

    def _describe_missing(self):
        """The item of a refusal (see bpm.regulation.why_not) for this fact."""
        self.ensure_one()
        fact = self.sudo()
        if not fact._is_askable(self.env[self.stage_id.model]):
            return fact._describe_broken()
        cure = {"type": self.kind, "text": self.cure or ""}
        if self.kind in ("field", "related"):
            cure |= {"field": fact.field_id.name, "label": fact.field_id.field_description}
        if self.kind in ("field", "related", "domain"):
            cure |= fact._describe_places()
        if self.kind == "document":
            cure["pattern"] = self.file_pattern or ""
        if self.kind == "activity":
            cure |= {"activity_type_id": fact.activity_type_id.id}
            cure |= {"label": fact.activity_type_id.name or ""}
        return {
            "kind": self.kind,
            "key": self.key,
            "name": self.name,
            "stage": self.stage_id.name,
            "text": self._describe_cure(cure),
            "cure": cure,
        }

    def _describe_broken(self):
        """The item of a fact that nobody can make true: what it asks about is gone."""
        text = self.env._(
            "“%(fact)s” cannot be checked: the field it asks about does not exist any more. "
            "%(owner)s, who answers for the regulation, corrects it; until then whoever may "
            "override can let the record pass.",
            fact=self.name,
            owner=self.stage_id.version_id.regulation_id._get_active_owner().name,
        )
        cure = {"type": self.kind, "text": text, "fields": [], "links": []}
        return {
            "kind": self.kind, "key": self.key, "name": self.name, "stage": self.stage_id.name,
            "text": text, "cure": cure,
        }  # fmt: skip

    def _describe_places(self):
        """Where it is made true: fields that a person may fill in, links to other records.

        What the system computes is followed to what it is computed from: "Sum of Orders"
        leads to the orders. The label names what the fact itself asks about.
        """
        model = self.env[self.stage_id.model]
        own, links = {}, {}
        for path in self._get_paths():
            self._add_places(model, path, own, links)
        skipped = {self.stage_id.version_id.regulation_id.stage_field}
        places = {
            "fields": [name for name in own if name not in skipped],
            "links": [list(link) for link in links.items()],
        }
        if self.kind == "domain":
            asked = [path.split(".")[0] for path in self._get_paths()]
            labels = {name: model._fields[name] for name in asked if name in model._fields}
            words = [field._description_string(self.env) for field in labels.values()]
            places["label"] = "”, “".join(words)
        return places

    def _get_paths(self):
        """Dotted names of the fields that the fact asks about."""
        if self.kind == "domain":
            return [c.field_expr for c in read_domain(self.domain).iter_conditions()]
        name = self.field_id.name
        conditions = [*read_domain(self.domain).iter_conditions()] if self.kind == "related" else []
        # The related record can be another one, or be made to match.
        return [name, *(f"{name}.{condition.field_expr}" for condition in conditions)]

    def _add_places(self, model, path, own, links, depth=DEPTH):
        """Add the places for one dotted name to ``own`` and ``links``: {name: label}."""
        name, *rest = path.split(".")
        field = model._fields.get(name)
        if field is None or name in TECHNICAL:
            return
        label = field._description_string(self.env)
        is_tags = field.type == "many2many"
        if not field.readonly and (is_tags or not rest and field.type != "one2many"):
            own[name] = label
        elif field.relational:
            links[name] = label
        elif depth:
            for source in field.get_depends(model)[0]:
                self._add_places(model, source, own, links, depth - 1)

    def _describe_cure(self, cure):
        words = {
            "field": self.env._("fill in “%s”", cure.get("label")),
            "domain": self.env._("see “%s”", cure["label"])
            if cure.get("label")
            else self.env._("not true yet"),
            "related": self.env._("see “%s”", cure.get("label")),
            "document": self.env._("attach the document")
            + (f" ({self.file_pattern})" if self.file_pattern else ""),
            "activity": self.env._("do “%s”", cure.get("label")),
        }
        return f"{self.name}: {self.cure or words[self.kind]}"
