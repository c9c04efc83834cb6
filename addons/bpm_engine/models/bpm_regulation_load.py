from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools.translate import LazyGettext

#: What a content calls by a short name, and the fields it becomes.
STAGE_WORDS = {"key", "start", "create", "steps", "facts", "next", "value"}
STEP_WORDS = {
    "key", "after", "activity", "server_action", "group", "process", "target_action",
    "only_if", "within", "who",
}  # fmt: skip
FACT_WORDS = {"key", "field", "where", "activity", "to"}


class BpmRegulationTemplate(models.Model):
    """Making drafts of ready regulations."""

    _inherit = "bpm.regulation.template"

    def _find_values(self, options=None):
        """{key of a stage: value that is there already, or False}; see base hooks."""
        content = self._get_content()
        model, stage_field = self.env[self.model], content["stage_field"]
        return {
            stage["key"]: model._find_ready_stage(stage_field, stage, options or {})
            for stage in content["stages"]
        }

    def _make_draft(self, values=None, regulation=None, options=None, **regulation_values):
        """A draft with this content, of a new regulation or of one that was made of it.

        :param values: {key of a stage: value of the stage field}; what is missing is made.
        :param regulation: gets the draft; it must not have one already.
        :param options: what hooks of the model need (the team, for leads).
        :return: bpm.regulation.version
        """
        self.ensure_one()
        content = self._get_content()
        regulation = regulation or self._create_regulation(content, regulation_values)
        if regulation.draft_version_id:
            raise UserError(
                self.env._(
                    "“%s” has a draft already, which is not overwritten. Publish or delete it "
                    "first, or make a regulation of its own.",
                    regulation.name,
                )
            )
        values = self._find_values(options) | (values or {})
        values = self._create_missing(content, values, options or {})
        draft = self.env["bpm.regulation.version"].create(
            {
                "regulation_id": regulation.id,
                "change_note": self.env._("Loaded from the catalogue: %s", self.name),
            }
        )
        self._fill(draft, content, values)
        self._add_statuses(regulation, content)
        return draft

    # ------------------------------------------------------------ the regulation

    def _create_regulation(self, content, values):
        stage_field = self.env["ir.model.fields"]._get(self.model, content["stage_field"])
        regulation = self.env["bpm.regulation"].create(
            {
                "name": self.name,
                "description": self._get_description(),
                "model_id": self.env["ir.model"]._get_id(self.model),
                "stage_field_id": stage_field.id,
                "domain": self._get_domain_text(content.get("domain")),
                "sequence": content.get("sequence", 10),
                "template_id": self.id,
                **values,
            }
        )
        if "name" not in values or values["name"] == self.name:
            self._copy_name(regulation)
        return regulation

    def _copy_name(self, regulation):
        for lang in self._get_other_languages():
            regulation.with_context(lang=lang).name = self.with_context(lang=lang).name

    def _get_domain_text(self, domain):
        """Domain as text, with ids for what it names.

        :raise UserError: a record it names was deleted.
        """
        return str([self._resolve_term(term) for term in domain or ()])

    def _resolve_term(self, term):
        if isinstance(term, str):
            return term
        name, operator, value = term
        if isinstance(value, list | tuple):
            return (name, operator, [self._resolve_value(item) for item in value])
        return (name, operator, self._resolve_value(value))

    def _resolve_value(self, value):
        if isinstance(value, str) and value.startswith("ref:"):
            return self._ref(value.removeprefix("ref:"))
        return value

    def _ref(self, xml_id):
        """Id of a record; :raise UserError: it was deleted."""
        record = self.env.ref(xml_id, raise_if_not_found=False)
        if not record:
            raise UserError(
                self.env._(
                    "“%(template)s” needs the record %(record)s, which was deleted. Update the "
                    "addon that brings it.",
                    template=self.name,
                    record=xml_id,
                )
            )
        return record.id

    # ------------------------------------------------------------ stages

    def _create_missing(self, content, values, options):
        """The values with those of the stages that had to be made."""
        model, stage_field = self.env[self.model], content["stage_field"]
        found = dict(values)
        missing = [stage for stage in content["stages"] if not found.get(stage["key"])]
        stages = model._fields[stage_field].comodel_name
        if missing and (not stages or not self.env[stages].has_access("create")):
            raise AccessError(
                self.env._(
                    "You may not create the missing stages (%s). Ask somebody who may, or "
                    "choose existing stages for them.",
                    ", ".join(self.env._(stage["name"]) for stage in missing),
                )
            )
        order = [stage["key"] for stage in content["stages"]]
        for stage in missing:
            position = order.index(stage["key"])
            record = model._create_ready_stage(stage_field, stage, position, options)
            self._translate(record, {"name": stage["name"]})
            found[stage["key"]] = str(record.id)
        return found

    def _fill(self, draft, content, values):
        stages = {}
        for position, stage in enumerate(content["stages"], 1):
            stages[stage["key"]] = self.env["bpm.regulation.stage"].create(
                {
                    "version_id": draft.id,
                    "sequence": position * 10,
                    "value": values[stage["key"]],
                    **self._get_plain(stage, STAGE_WORDS, "bpm.regulation.stage"),
                }
            )
            self._translate(stages[stage["key"]], stage)
        for stage in content["stages"]:
            record = stages[stage["key"]]
            if stage.get("next"):
                record.next_ids = [Command.set([stages[key].id for key in stage["next"]])]
            self._fill_steps(record, stage)
            self._fill_facts(record, stage, stages)

    def _get_plain(self, part, words, model):
        """Values that a content gives by the names of fields.

        Texts that are translated are written in the source language first, others (part of
        a file's name) in that of the person.
        """
        known = self.env[model]._fields
        return {
            name: self._say(value, "en_US" if known[name].translate else self.env.lang or "en_US")
            for name, value in part.items()
            if name not in words
        }

    def _get_part_key(self, *keys):
        """The same in each draft of this template, so that what is done stays done."""
        return "/".join((self.key, *keys))

    # ------------------------------------------------------------ steps and facts

    def _fill_steps(self, record, stage):
        made = {}
        for position, step in enumerate(stage.get("steps", ()), 1):
            made[step["key"]] = self.env["bpm.regulation.step"].create(
                {
                    "stage_id": record.id,
                    "key": self._get_part_key(stage["key"], step["key"]),
                    "sequence": position * 10,
                    "after_id": made[step["after"]].id if step.get("after") else False,
                    **self._prepare_step(step),
                }
            )
            self._translate(made[step["key"]], step)

    def _prepare_step(self, step):
        """Values of a step as the content gives them."""
        values = self._get_plain(step, STEP_WORDS, "bpm.regulation.step")
        values["assign_kind"] = step.get("who", "responsible")
        values["deadline_number"], values["deadline_unit"] = step.get("within", (1, "days"))
        for word, name in (
            ("activity", "activity_type_id"),
            ("server_action", "server_action_id"),
            ("group", "assign_group_id"),
        ):
            if step.get(word):
                values[name] = self._ref(step[word])
        for word, name, model in (
            ("process", "process_id", "bpm.process"),
            ("target_action", "target_action_id", "bpm.action"),
        ):
            if step.get(word):
                values[name] = self._find_by_key(model, step[word])
        if step.get("only_if"):
            values["domain"] = self._get_domain_text(step["only_if"])
        return values

    def _find_by_key(self, model, key):
        """:raise UserError: neither it nor a ready one with this key is there."""
        found = self.env[model].sudo().search([("key", "=", key)], limit=1)
        if not found and model == "bpm.process":
            self.env["bpm.process.template"].sudo().search([("key", "=", key)])._install()
            found = self.env[model].sudo().search([("key", "=", key)], limit=1)
        if not found:
            raise UserError(
                self.env._(
                    "“%(template)s” needs “%(key)s” (%(kind)s), which was deleted. Update the "
                    "addon that brings it.",
                    template=self.name,
                    key=key,
                    kind=self.env[model]._description,
                )
            )
        return found.id

    def _fill_facts(self, record, stage, stages):
        for position, fact in enumerate(stage.get("facts", ()), 1):
            made = self.env["bpm.regulation.fact"].create(
                {
                    "stage_id": record.id,
                    "key": self._get_part_key(stage["key"], fact["key"]),
                    "sequence": position * 10,
                    **self._prepare_fact(fact, stages),
                }
            )
            self._translate(made, fact)

    def _prepare_fact(self, fact, stages):
        """Values of a fact as the content gives them."""
        values = self._get_plain(fact, FACT_WORDS, "bpm.regulation.fact")
        if fact.get("field"):
            field = self.env["ir.model.fields"].sudo()._get(self.model, fact["field"])
            values["field_id"] = field.id
        if fact.get("activity"):
            values["activity_type_id"] = self._ref(fact["activity"])
        if fact.get("where"):
            values["domain"] = self._get_domain_text(fact["where"])
        values["to_stage_ids"] = [Command.set([stages[key].id for key in fact.get("to", ())])]
        return values

    def _add_statuses(self, regulation, content):
        """Short statuses that are not offered for it yet."""
        offered = regulation._get_statuses().with_context(lang="en_US")
        known = set(offered.mapped("name"))
        for name in content.get("statuses", ()):
            if self._say(name, "en_US") not in known:
                status = self.env["bpm.stage.status"].create(
                    {
                        "name": self._say(name, "en_US"),
                        "regulation_ids": [Command.link(regulation.id)],
                    }
                )
                self._translate(status, {"name": name})

    # ------------------------------------------------------------ words

    def _say(self, text, lang):
        return text._translate(lang) if isinstance(text, LazyGettext) else text

    def _get_other_languages(self):
        return [code for code, _name in self.env["res.lang"].get_installed() if code != "en_US"]

    def _translate(self, record, texts):
        """The texts in every installed language; the source is written as English."""
        for name, text in texts.items():
            if isinstance(text, LazyGettext) and record._fields[name].translate:
                found = {
                    lang: self._say(text, lang) for lang in ("en_US", *self._get_other_languages())
                }
                record.update_field_translations(name, found)
