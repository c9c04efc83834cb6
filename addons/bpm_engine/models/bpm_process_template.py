from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import file_open
from odoo.tools.translate import get_translation

from ..engine.diagram import sketch
from ..engine.xml_source import read_xml
from ..lib.diagram_words import say_words
from ..lib.diagram_xml import merge_settings, text_of


class BpmProcessTemplate(models.Model):
    """A ready process of the catalogue: a diagram that addons bring, to be used and changed.

    Using one makes an ordinary process of its own; nothing that is changed there is ever
    overwritten by an update, and the catalogue keeps the original (AT-07, AL-02).
    """

    _name = "bpm.process.template"
    _description = "Ready Process"
    _inherit = ["bpm.catalogue.mixin"]
    _order = "sequence, name, id"

    key = fields.Char(help="Key of the first process that is made of it.")
    description = fields.Text(help="What the process is for, in a few sentences.")
    model_id = fields.Many2one(string="Runs on")
    file = fields.Char(required=True, help="Diagram, as a path that begins with the addon's name.")
    picture = fields.Char(help="Address of a picture of the diagram.")
    group_ids = fields.Many2many(
        "res.groups",
        "bpm_process_template_group_rel",
        string="Who May Start It",
        help="Taken over by processes made of it. Empty: all who work with processes.",
    )
    process_ids = fields.One2many("bpm.process", "template_id", string="Made of It")
    process_count = fields.Integer(compute="_compute_process_count", string="In Use")

    _key_uniq = models.UniqueIndex("(key)", "Another ready process has this key already.")

    def _compute_process_count(self):
        groups = self.env["bpm.process"]._read_group(
            [("template_id", "in", self.ids)], ["template_id"], ["__count"]
        )
        counts = dict(groups)
        for template in self:
            template.process_count = counts.get(template, 0)

    # Buttons

    def action_use(self):
        """Ask for the kind of record and the people, then make a process of it."""
        return self._get_use_action("bpm.template.use")

    def action_open_processes(self):
        """Processes that were made of it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "bpm.process",
            "view_mode": "kanban,list,form",
            "views": [(False, "kanban"), (False, "list"), (False, "form")],
            "domain": [("template_id", "=", self.id)],
        }

    # Making processes

    def _get_xml(self):
        """The diagram as text.

        :raise UserError: the file is not there; says which addon to update.
        """
        self.ensure_one()
        try:
            with file_open(self.file, filter_ext=(".bpmn",)) as source:
                return source.read()
        except (FileNotFoundError, ValueError) as error:
            raise UserError(
                self.env._(
                    "The diagram of “%(template)s” is missing (%(file)s). Update the addon that "
                    "brings it.",
                    template=self.name,
                    file=self.file,
                )
            ) from error

    def _get_said_xml(self, lang):
        """The diagram with all that people read in a language (AT-07, PF-03).

        The words are terms of the addon that brings it; what nobody has translated stays.
        """
        xml = self._get_xml()
        if not lang or lang == "en_US":
            return xml
        root = read_xml(xml)
        say_words(root, lambda text: self._say(text, lang))
        return text_of(root)

    def _say(self, text, lang):
        """A text of the addon that brings the template, in a language."""
        return get_translation(self.file.split("/")[0], lang, text, ())

    def _get_said(self, name, lang):
        """A text of the template itself in a language.

        The database learns the translations of an addon only after its data are loaded, and
        processes are installed with these.
        """
        english, said = self.with_context(lang="en_US")[name], self.with_context(lang=lang)[name]
        return self._say(english, lang) if english and said == english else said

    def _get_language(self):
        """Language of the processes made of it: the company's, whoever makes them."""
        return self.env.company.partner_id.lang or self.env.lang

    def _get_lanes(self, lang=None):
        """Who is drawn: list of (id of the lane, its name, its assignment).

        :param lang: of the names; None: the reader's.
        """
        diagram = sketch(read_xml(self._get_said_xml(lang or self.env.lang)))
        return [
            (lane.id, lane.name, dict(lane.settings.get("assignment") or {}))
            for lane in diagram.lanes.values()
        ]

    def _create_process(self, lanes=None, **values):
        """A process of its own with this diagram as its draft.

        :param lanes: assignments that replace those drawn: {id of the lane: assignment}.
        :param values: values of the process that differ from the template's.
        :return: the process; publish its ``draft_version_id`` to use it.
        """
        self.ensure_one()
        version = {"bpmn_xml": self._get_changed_xml(lanes or {})}
        return self.env["bpm.process"].create(
            {
                **self._prepare_process_values(),
                "version_ids": [Command.create(version)],
                **values,
            }
        )

    def _get_changed_xml(self, lanes):
        lang = self._get_language()
        names = {lane_id: name for lane_id, name, _assignment in self._get_lanes(lang)}
        changes = {
            lane_id: (names[lane_id], {"assignment": assignment})
            for lane_id, assignment in lanes.items()
        }
        xml = self._get_said_xml(lang)
        return merge_settings(xml, changes) if changes else xml

    def _prepare_process_values(self):
        self.ensure_one()
        lang = self._get_language() or "en_US"
        return {
            "name": self._get_said("name", lang),
            "key": self._get_free_key(),
            "description": " ".join((self._get_said("description", lang) or "").split()),
            "category": self._get_said("category", lang),
            "model_id": self.model_id.id,
            "group_ids": [Command.set(self.group_ids.ids)],
            "template_id": self.id,
        }

    def _get_free_key(self):
        """The template's key, or with a number when a process has it already."""
        every = self.env["bpm.process"].sudo().with_context(active_test=False)
        taken = set(every.search([("key", "=like", f"{self.key}%")]).mapped("key"))
        key, number = self.key, 2
        while key in taken:
            key, number = f"{self.key}_{number}", number + 1
        return key

    def _install(self):
        """Make and publish the processes of these templates, each once: for addons' data.

        What exists under the key is left alone, whatever people made of it.
        """
        every = self.env["bpm.process"].sudo().with_context(active_test=False)
        known = set(every.search([("key", "in", self.mapped("key"))]).mapped("key"))
        for template in self.filtered(lambda template: template.key not in known):
            # The superuser would let its actions do anything; the administrator is a person.
            owner = self.env.ref("base.user_admin")
            process = template._create_process(owner_id=owner.id)
            process.draft_version_id._publish()


class BpmProcess(models.Model):
    _inherit = "bpm.process"

    template_id = fields.Many2one(
        "bpm.process.template",
        string="Made of",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
