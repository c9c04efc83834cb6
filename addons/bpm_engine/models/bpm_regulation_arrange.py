from odoo import api, models
from odoo.exceptions import UserError

#: Cards that are moved from stage to stage.
CARDS = {"step": "bpm.regulation.step", "fact": "bpm.regulation.fact"}


class BpmRegulationVersion(models.Model):
    """The row of stages of a draft, put in order and made longer by hand."""

    _inherit = "bpm.regulation.version"

    def arrange_stages(self, ids):
        """Put the stages of this draft in an order; those not named follow in theirs.

        :raise UserError: it is no draft.
        """
        self.ensure_one()
        self.stage_ids._put_in_order(ids)
        return True

    def get_addable_stages(self):
        """What may be added to this draft.

        :return: {choices: [{value, name}] of stages that are there but not in the draft,
            may_create: whether this person may make a new one, field: its name for people}
        """
        self.ensure_one()
        self.check_access("read")
        regulation = self.regulation_id
        records = regulation._get_stage_scope()
        known = set(self.stage_ids.mapped("value"))
        choices = records._get_stage_choices(regulation.stage_field)
        return {
            "field": regulation.sudo().stage_field_id.field_description,
            "may_create": records._may_create_stage(regulation.stage_field),
            "choices": [
                {"value": choice["value"], "name": choice["name"]}
                for choice in choices
                if choice["value"] not in known
            ],
        }

    def add_stage(self, value=None, name=None, after_id=False):
        """Add a stage: one that the field has (``value``), or a new one of this name.

        :param after_id: stage of this draft behind which it stands; False: the first.
        :return: id of the stage in this draft
        :raise UserError: it stands there already, has no name, or cannot be made.
        """
        self.ensure_one()
        self._check_writable({"stage_ids": True})
        regulation = self.regulation_id
        records = regulation._get_stage_scope()
        if not value:
            value = self._find_or_make_stage(records, (name or "").strip(), after_id)
        choices = records._get_stage_choices(regulation.stage_field)
        choice = next((choice for choice in choices if choice["value"] == str(value)), None)
        if not choice:
            raise UserError(self.env._("This stage does not exist any more. Choose another one."))
        if self._get_stage(choice["value"]):
            raise UserError(self.env._("“%s” stands in this draft already.", choice["name"]))
        order = self.stage_ids.ids
        stage = self.env["bpm.regulation.stage"].create({"version_id": self.id, **choice})
        order.insert(order.index(after_id) + 1 if after_id in order else 0, stage.id)
        self.arrange_stages(order)
        return stage.id

    def _find_or_make_stage(self, records, name, after_id):
        """Value of the stage of this name; it is made if there is none."""
        field = self.regulation_id.stage_field
        if not name:
            raise UserError(self.env._("Give the new stage a name."))
        for choice in records._get_stage_choices(field):
            if (choice["name"] or "").strip().lower() == name.lower():
                return choice["value"]
        if not records._may_create_stage(field):
            raise UserError(
                self.env._(
                    "You may not make a new stage here. Choose one that is there, or ask who "
                    "sets up the stages of “%s”.",
                    self.env["ir.model"]._get(records._name).name,
                )
            )
        after = self.stage_ids.filtered(lambda stage: stage.id == after_id).value
        return records._create_stage(field, name, after)


class BpmRegulationPart(models.AbstractModel):
    _inherit = "bpm.regulation.part"

    def _put_in_order(self, ids):
        """Give these parts the order of the ids; those not named follow in theirs."""
        named = self.browse(id_ for id_ in dict.fromkeys(ids) if id_ in self._ids)
        for position, part in enumerate(named + (self - named), 1):
            if part.sequence != position * 10:
                part.sequence = position * 10
        # The lists they stand in are remembered in their former order.
        versions = self._get_version()
        versions.stage_ids.invalidate_recordset(["step_ids", "fact_ids"])
        versions.invalidate_recordset(["stage_ids"])


class BpmRegulationStage(models.Model):
    _inherit = "bpm.regulation.stage"

    def arrange_parts(self, what, ids):
        """Steps or facts stand at this stage in this order; those of other stages come here.

        :param what: step or fact. :return: texts about what had to be changed with it.
        :raise UserError: such a card cannot stand at this stage, or it is no draft.
        """
        self.ensure_one()
        self._check_may_hold(what)
        cards = self.env[CARDS[what]].browse(ids).exists()
        if cards.stage_id.version_id - self.version_id:
            raise UserError(self.env._("Cards are moved inside one draft only."))
        notes = cards.filtered(lambda card: card.stage_id != self)._move_to(self)
        self._get_cards(what)._put_in_order(ids)
        return notes

    def duplicate_part(self, what, part_id):
        """A second card like this one, right behind it. :return: its id"""
        self.ensure_one()
        self._check_may_hold(what)
        card = self._get_cards(what).filtered(lambda card: card.id == part_id)
        if not card:
            raise UserError(self.env._("This card does not stand at “%s” any more.", self.name))
        twin = card.copy(card._prepare_duplicate())
        order = [id_ for id_ in self._get_cards(what).ids if id_ != twin.id]
        order.insert(order.index(card.id) + 1, twin.id)
        self._get_cards(what)._put_in_order(order)
        return twin.id

    def _get_cards(self, what):
        cards = self.env[CARDS[what]]
        return cards.search([("stage_id", "=", self.id)])

    def _check_may_hold(self, what):
        if what not in CARDS:
            raise UserError(self.env._("Only steps and facts are arranged at a stage."))
        if what == "step" and self.is_lost:
            raise UserError(
                self.env._("“%s” is an end without success: no steps start there.", self.name)
            )
        if what == "fact" and self.is_final:
            raise UserError(
                self.env._("“%s” is an end: nothing has to be true before leaving it.", self.name)
            )


class BpmRegulationStep(models.Model):
    _inherit = "bpm.regulation.step"

    def _move_to(self, stage):
        """Bring steps to another stage; what they waited for, or what waited for them, does
        not come along, so the chain is closed behind them. :return: texts"""
        notes = []
        for step in self:
            waiting = step.stage_id.step_ids.filtered(
                lambda other, step=step: other.after_id == step
            )
            notes += [
                self.env._(
                    "“%(step)s” waited for “%(moved)s”; it now starts %(when)s.",
                    step=other.name,
                    moved=step.name,
                    when=step._describe_start(),
                )
                for other in waiting
            ]
            if step.after_id:
                notes.append(
                    self.env._(
                        "“%(step)s” does not wait for “%(before)s” any more; it starts on entry.",
                        step=step.name,
                        before=step.after_id.name,
                    )
                )
            waiting.after_id = step.after_id
            step.write({"after_id": False, "stage_id": stage.id})
        return notes

    def _describe_start(self):
        if self.after_id:
            return self.env._("after “%s”", self.after_id.name)
        return self.env._("on entry")

    def _prepare_duplicate(self):
        return {
            "key": self._new_key(),
            "name": self.env._("%s (copy)", self.name),
            "after_id": self.after_id.id,
        }


class BpmRegulationFact(models.Model):
    _inherit = "bpm.regulation.fact"

    def _move_to(self, stage):
        """Bring facts to another stage; ways that do not lead from there are dropped."""
        notes = []
        for fact in self:
            fact.stage_id = stage
            gone = fact.to_stage_ids.filtered(lambda s: not (s.is_lost or stage._is_before(s)))
            if gone:
                fact.to_stage_ids -= gone
                notes.append(
                    self.env._(
                        "“%(fact)s” was asked on the way to %(stages)s, which does not come "
                        "after “%(stage)s”. Look at its settings.",
                        fact=fact.name,
                        stages=", ".join(gone.mapped("name")),
                        stage=stage.name,
                    )
                )
        return notes

    def _prepare_duplicate(self):
        return {"key": self._new_key(), "name": self.env._("%s (copy)", self.name)}


class Base(models.AbstractModel):
    """How a draft makes a stage that the model does not have yet."""

    _inherit = "base"

    @api.model
    def _may_create_stage(self, stage_field):
        """Whether this person may make a stage for records of this model; hook."""
        field = self._fields[stage_field]
        if field.type != "many2one":
            return False
        stages = self.env[field.comodel_name]
        return bool(stages._rec_name) and stages.has_access("create")

    @api.model
    def _create_stage(self, stage_field, name, after):
        """Make a stage; hook.

        :param after: value of the stage behind which it stands, or an empty text.
        :return: its value
        """
        stages = self.env[self._fields[stage_field].comodel_name]
        values = {stages._rec_name: name, **self._prepare_stage_owners(stages)}
        if "user_id" in stages._fields:
            # Personal stages, as tasks know them, are nobody else's way.
            values["user_id"] = False
        if "sequence" in stages._fields:
            values["sequence"] = self._make_room(stage_field, after)
        return str(stages.create(values).id)

    @api.model
    def _make_room(self, stage_field, after):
        """Sequence of a new stage behind another; later ones that stand in the way go on."""
        choices = [c["value"] for c in self._get_stage_choices(stage_field)]
        stages = self.env[self._fields[stage_field].comodel_name]
        stages = stages.browse(int(value) for value in choices if value.isdigit())
        place = stages.ids.index(int(after)) + 1 if after in choices and after.isdigit() else 0
        last = sequence = stages[place - 1].sequence + 1 if place else 0
        for stage in stages[place:]:
            if stage.sequence > last:
                break
            last = stage.sequence = last + 1
        return sequence
