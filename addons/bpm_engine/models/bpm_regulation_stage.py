from collections import namedtuple

from odoo import fields, models

#: How one gets from a stage to another. ``kind``: forward, back, lost, or refused with a
#: text; ``stages``: those whose facts and required steps must hold.
Way = namedtuple("Way", "kind stages text")


class BpmRegulationStage(models.Model):
    """A stage under regulation: what starts on entry, what must hold to leave."""

    _name = "bpm.regulation.stage"
    _description = "Regulated Stage"
    _inherit = ["bpm.regulation.part"]
    _order = "version_id, sequence, id"

    version_id = fields.Many2one(
        "bpm.regulation.version", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    value = fields.Char(
        required=True,
        help="The value of the stage field: the record's database id as text, or the key.",
    )
    is_final = fields.Boolean(help="The way ends here; nothing has to hold to stay.")
    is_lost = fields.Boolean(
        string="Unsuccessful End", help="Lost, rejected, cancelled: an end without success."
    )
    may_lose = fields.Boolean(
        default=True,
        string="May Be Lost From Here",
        help="An unsuccessful end may be chosen from this stage at any time. Otherwise its "
        "facts and required steps must hold for that as well.",
    )
    next_ids = fields.Many2many(
        "bpm.regulation.stage",
        "bpm_regulation_stage_next_rel",
        "stage_id",
        "next_id",
        string="Allowed Next Stages",
        help="Empty: any stage; the facts of stages passed over must then hold as well. "
        "Going back is decided by 'May go back', unsuccessful ends by 'May be lost'.",
    )
    may_go_back = fields.Boolean(
        default=True, help="To an earlier stage one may go at any time, without its facts."
    )
    ask_comment = fields.Boolean(
        string="Comment on Leaving", help="A comment is demanded for leaving this stage."
    )
    ask_status = fields.Boolean(
        string="Short Status on Leaving",
        help="One of the short statuses is demanded for leaving this stage (EC-14).",
    )
    norm_days = fields.Float(help="Working days a record should stay here; 0: no norm.")
    color = fields.Integer()
    step_ids = fields.One2many("bpm.regulation.step", "stage_id", copy=True)
    fact_ids = fields.One2many("bpm.regulation.fact", "stage_id", copy=True)

    _value_uniq = models.UniqueIndex(
        "(version_id, value)", "A stage stands once in a version of a regulation."
    )

    _check_norm = models.Constraint(
        "CHECK(norm_days >= 0)", "Nothing stays less than no time at a stage."
    )

    def _get_version(self):
        return self.version_id

    def _is_before(self, other):
        """In the order of the way, in which unsuccessful ends have no place."""
        return (self.sequence, self.id) < (other.sequence, other.id)

    def _get_way(self, target, origin=None):
        """How one gets from this stage (empty: from the very beginning) to ``target``.

        :param origin: for an unsuccessful end, the stage at which the record was lost.
        """
        start = origin if self.is_lost and origin is not None else self
        none = self.browse()
        if target.is_lost:
            free = not self or self.is_lost or self.may_lose
            return Way("lost", none if free else self, "")
        if self.is_lost and not self.may_go_back:
            return Way("refused", none, self._describe_no_return())
        if start and not start._is_before(target):
            return self._get_way_back(target)
        if start.next_ids:
            return start._get_way_listed(target)
        return Way("forward", target._get_passed(start), "")

    def _get_way_back(self, target):
        if self.may_go_back or self == target:
            return Way("back", self.browse(), "")
        return Way("refused", self.browse(), self._describe_no_return())

    def _get_way_listed(self, target):
        """Only where the regulation says; such a way passes over nothing."""
        if target in self.next_ids:
            return Way("forward", self, "")
        allowed = ", ".join(self.next_ids.mapped("name"))
        text = self.env._(
            "From “%(stage)s” the way leads to: %(allowed)s.", stage=self.name, allowed=allowed
        )
        return Way("refused", self.browse(), text)

    def _get_passed(self, start):
        """Stages from ``start`` (or the first) up to this one, ends without success apart."""
        self.ensure_one()
        return self.version_id.stage_ids.filtered(
            lambda s: (
                s._is_before(self)
                and not s.is_lost
                and (s == start or not s.is_final)
                and (not start or not s._is_before(start))
            )
        )

    def _get_following(self):
        """The next stage in order, unsuccessful ends apart."""
        return self.version_id.stage_ids.filtered(lambda s: not s.is_lost and self._is_before(s))[
            :1
        ]

    def _describe_no_return(self):
        return self.env._("From “%s” one does not go back.", self.name)
