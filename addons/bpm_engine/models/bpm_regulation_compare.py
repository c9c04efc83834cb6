from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import frozendict

#: Columns of a part that are no wording.
NO_WORDING = frozenset({"key", "stage_id", "version_id", "value", "color", "sequence"})


class BpmRegulationVersion(models.Model):
    """What a version changed, in words, and the way back to a former wording."""

    _inherit = "bpm.regulation.version"

    changes_html = fields.Html(
        compute="_compute_changes_html",
        string="What Is Different",
        help="Against the version before: stages, steps and facts that came, went or changed.",
    )

    @api.depends("stage_ids", "number", "state")
    def _compute_changes_html(self):
        for version in self:
            former = version._get_former()
            version.changes_html = version._describe_changes(former) if former else False

    def _describe_changes(self, former):
        return self.env["ir.qweb"]._render(
            "bpm_engine.regulation_changes",
            {"former": former, "changes": self.get_changes(former.id)},
        )

    def _get_former(self):
        """The version before this one that was in force; empty for the first."""
        self.ensure_one()
        versions = self.regulation_id.version_ids
        former = versions.filtered(lambda v: v.state != "draft" and v.number < self.number)
        return former.sorted("number")[-1:]

    def get_changes(self, version_id):
        """What is different from another version of the same regulation.

        :return: [{kind: added|removed|changed, what: stage|step|fact|way, name, stage,
            details: [{label, old, new}]}] in the order of the way; "way": the order of stages
        :raise UserError: the other version belongs to another regulation
        """
        self.ensure_one()
        other = self.browse(version_id)
        (self | other).check_access("read")
        if other.regulation_id != self.regulation_id:
            raise UserError(self.env._("Compare versions of one regulation."))
        old, new = other.sudo()._get_wording(), self.sudo()._get_wording()
        # What went stands last: it has no place on the new way.
        keys = [*new, *(key for key in old if key not in new)]
        orders = self._compare_orders(old, new)
        changes = [_compare(old.get(key), new.get(key), orders.pop(key, ())) for key in keys]
        return [*orders.values(), *(change for change in changes if change)]

    def _compare_orders(self, old, new):
        """{key of a stage: [detail] of the order of its cards}, and the change of the way.

        Only what stands in both versions is compared: what is new moves nothing.
        """
        labels = {
            "step": self.env._("Order of the steps"),
            "fact": self.env._("Order of the facts"),
        }
        found = {}
        before, after = _get_rows(old, new), _get_rows(new, old)
        for (what, place), names in after.items():
            former = before.get((what, place), {})
            if what == "stage" or list(former) == list(names):
                continue
            detail = {
                "label": labels[what],
                "old": ", ".join(former.values()),
                "new": ", ".join(names.values()),
            }
            found.setdefault(("stage", place), []).append(detail)
        former, names = before.get(("stage", ""), {}), after.get(("stage", ""), {})
        if list(former) != list(names):
            found["way"] = self._describe_way(former, names)
        return found

    def _describe_way(self, former, names):
        detail = {"label": self.env._("Order"), "old": ", ".join(former.values()),
                  "new": ", ".join(names.values())}  # fmt: skip
        name = self.env._("Order of the stages")
        return {"kind": "changed", "what": "way", "name": name, "stage": "", "details": [detail]}

    def _get_wording(self):
        """{identity: {what, name, stage, values}} of all parts, in the order of the way."""
        wording = {}
        for stage in self.stage_ids:
            wording["stage", stage.value] = stage._describe_wording("stage", stage)
            for step in stage.step_ids:
                wording["step", step.key] = step._describe_wording("step", stage)
            for fact in stage.fact_ids:
                wording["fact", fact.key] = fact._describe_wording("fact", stage)
        return wording

    def action_take_wording(self):
        """Make a draft with the wording of this former version; what is in force stays.

        :raise UserError: there is a draft already.
        """
        self.ensure_one()
        draft = self.regulation_id.draft_version_id
        if draft:
            raise UserError(
                self.env._(
                    "There is a draft already (version %s). Publish or delete it first.",
                    draft.number,
                )
            )
        draft = self._copy_to_draft()
        draft.change_note = self.env._("As version %s", self.number)
        return draft._get_open_action()


class BpmRegulationPart(models.AbstractModel):
    _inherit = "bpm.regulation.part"

    def _describe_wording(self, what, stage):
        self.ensure_one()
        values = {self.env._("Stage"): stage.name} if what != "stage" else {}
        for name, field in self._fields.items():
            if self._is_wording(name, field):
                values[field._description_string(self.env)] = self._describe_value(field)
        place = "" if what == "stage" else stage.value
        return frozendict(what=what, name=self.name, stage=stage.name, place=place, values=values)

    def _is_wording(self, name, field):
        if not field.store or name in NO_WORDING or name in models.MAGIC_COLUMNS:
            return False
        return field.type not in ("one2many", "binary")

    def _describe_value(self, field):
        """A value as people read it."""
        value = self[field.name]
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "float":
            return f"{value:g}"
        if field.relational:
            return ", ".join(sorted(value.mapped("display_name")))
        return str(value or "")


def _get_rows(wording, other):
    """{(what, place): {key: name}} in order, of the parts that the other has at that place too."""
    rows = {}
    for key, part in wording.items():
        if key in other and other[key]["place"] == part["place"]:
            rows.setdefault((part["what"], part["place"]), {})[key] = part["name"]
    return rows


def _compare(old, new, orders=()):
    """The change of one part between two versions; None without any."""
    part = new or old
    change = {"what": part["what"], "name": part["name"], "stage": part["stage"], "details": []}
    if not old or not new:
        return {"kind": "added" if new else "removed", **change}
    change["details"] = [
        {"label": label, "old": old["values"].get(label, ""), "new": value}
        for label, value in new["values"].items()
        if old["values"].get(label, "") != value
    ]
    change["details"] += orders
    return {"kind": "changed", **change} if change["details"] else None
