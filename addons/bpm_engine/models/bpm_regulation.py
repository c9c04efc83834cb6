from collections import defaultdict, namedtuple

import psycopg2

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from .bpm_regulation_part import is_askable, match_ids, read_domain

#: What is regulated on a model: the stage field, fields whose change matters, those of them
#: that decide which regulation applies, and (regulation id, version id, domain, company id) in
#: the order in which they are tried; the fields by which people are found who get steps.
StageRules = namedtuple("StageRules", "stage_field triggers deciding versions people")

IN_FORCE = """
    SELECT r.model, r.stage_field,
           ARRAY(SELECT step.domain
                   FROM bpm_regulation_step step
                   JOIN bpm_regulation_stage stage ON stage.id = step.stage_id
                  WHERE stage.version_id = v.id AND step.domain IS NOT NULL),
           ARRAY(SELECT CASE step.assign_kind WHEN 'role' THEN step.assign_path ELSE '' END
                   FROM bpm_regulation_step step
                   JOIN bpm_regulation_stage stage ON stage.id = step.stage_id
                  WHERE stage.version_id = v.id AND step.assign_kind IN ('role', 'leader')),
           r.id, v.id, r.domain, r.company_id
      FROM bpm_regulation r
      JOIN bpm_regulation_version v ON v.regulation_id = r.id AND v.state = 'published'
     WHERE r.active
     ORDER BY r.sequence, r.id
"""

#: Of a regulation in force these decide what happens to records; a manager changes them.
DECIDING_FIELDS = {
    "active", "sequence", "model_id", "stage_field_id", "domain", "company_id", "owner_id",
}  # fmt: skip


class BpmRegulation(models.Model):
    """The rules of a record's way through its stages: what is done and what must be true.

    A regulation belongs to a model and the field that holds its stage; a domain says for
    which records it is meant (need, team, kind of customer), the first that fits applies.
    Its content is versioned like a process's diagram: a published version does not change.
    """

    _name = "bpm.regulation"
    _description = "Stage Regulation"
    _inherit = ["mail.thread"]
    _order = "model, sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    description = fields.Text(translate=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(
        default=10, help="Of several that fit a record, the first applies to it."
    )
    model_id = fields.Many2one(
        "ir.model",
        string="For",
        required=True,
        ondelete="cascade",
        help="Whose way through its stages is regulated.",
    )
    model = fields.Char(related="model_id.model", store=True, index=True, string="Model Name")
    stage_field_id = fields.Many2one(
        "ir.model.fields",
        required=True,
        ondelete="cascade",
        domain="[('model_id', '=', model_id), ('ttype', 'in', ('many2one', 'selection')), "
        "('store', '=', True)]",
        help="The field whose values are the stages: a stage or a state.",
    )
    stage_field = fields.Char(related="stage_field_id.name", store=True, string="Stage Field Name")
    domain = fields.Char(default="[]", tracking=True, help="The records it is meant for.")
    company_id = fields.Many2one("res.company", index=True, help="Empty: all companies.")
    owner_id = fields.Many2one("res.users", default=lambda self: self.env.user, tracking=True)
    version_ids = fields.One2many("bpm.regulation.version", "regulation_id")
    published_version_id = fields.Many2one(
        "bpm.regulation.version", compute="_compute_current_versions", store=True
    )
    draft_version_id = fields.Many2one(
        "bpm.regulation.version", compute="_compute_current_versions", store=True
    )
    state = fields.Selection(
        [("draft", "Draft"), ("published", "In force")],
        compute="_compute_current_versions",
        store=True,
    )

    @api.depends("version_ids.state", "version_ids.number")
    def _compute_current_versions(self):
        for regulation in self:
            versions = regulation.version_ids.sorted("number")
            published = versions.filtered(lambda v: v.state == "published")[-1:]
            regulation.published_version_id = published
            regulation.draft_version_id = versions.filtered(lambda v: v.state == "draft")[-1:]
            regulation.state = "published" if published else "draft"

    # ------------------------------------------------------------ what is in force

    @api.model
    @tools.ormcache()
    def _get_all_rules(self):
        """{model name: StageRules} of all regulations in force, from a cache."""
        found, conditions, roles = {}, defaultdict(list), defaultdict(set)
        for model, stage_field, only_if, paths, *rule in self._fetch_in_force():
            if model in self.env and stage_field in self.env[model]._fields:
                found.setdefault(model, (stage_field, []))[1].append(tuple(rule))
                conditions[model] += only_if
                roles[model].update(paths)
        return {
            model: self._prepare_rules(model, *rules, conditions[model], roles[model])
            for model, rules in found.items()
        }

    def _fetch_in_force(self):
        return self._fetch_rows(IN_FORCE)

    def _fetch_rows(self, query):
        """Rows of a query; none while this addon's tables are being made or removed."""
        try:
            with self.env.cr.savepoint(flush=False), tools.mute_logger("odoo.sql_db"):
                self.env.cr.execute(query)
                return self.env.cr.fetchall()
        except (psycopg2.errors.UndefinedTable, psycopg2.errors.UndefinedColumn):
            return []

    def _clear_rules(self):
        self.env.flush_all()
        self.env.registry.clear_cache()

    @api.model
    def _get_versions_in_force(self, records):
        """{record id: version that applies to it}; one query per regulation with a domain."""
        rules = records._get_stage_rules()
        versions = self.env["bpm.regulation.version"]
        found, rest = {}, records
        for regulation_id, version_id, text, company in rules.versions if rules else ():
            domain = read_domain(text)
            if is_askable(records, domain):
                fitting = self._filter_fitting(rest, domain, company)
            else:
                fitting = self._filter_enrolled(rest, regulation_id)
            if not fitting:
                continue
            version = versions.browse(version_id)
            version._remember()
            found.update(dict.fromkeys(fitting.ids, version))
            rest -= fitting
            if not rest:
                break
        return found

    @api.model
    def _filter_fitting(self, records, domain, company_id=False):
        """Records a regulation is meant for, whoever asks and archived or not.

        A record without a company is everybody's: the first regulation that fits applies.
        """
        if company_id and "company_id" in records._fields:
            domain &= Domain("company_id", "in", [company_id, False])
        if domain.is_true() or not records:
            return records
        ids = match_ids(records, domain)
        return records.browse(id_ for id_ in records._ids if id_ in ids)

    def _get_record_domain(self):
        """Records this regulation is meant for, not looking at those before it."""
        self.ensure_one()
        domain = read_domain(self.domain)
        if not is_askable(self.env[self.model], domain):
            return Domain.FALSE
        if self.company_id and "company_id" in self.env[self.model]._fields:
            domain &= Domain("company_id", "in", [self.company_id.id, False])
        return domain

    # ------------------------------------------------------------ keeping it right

    @api.model_create_multi
    def create(self, vals_list):
        regulations = super().create(vals_list)
        regulations._check_definition()
        return regulations

    def write(self, vals):
        deciding = DECIDING_FIELDS & vals.keys()
        if deciding and not self.env.su:
            self._check_may_change_in_force()
        if {"model_id", "stage_field_id"} & vals.keys():
            self._check_never_published()
        result = super().write(vals)
        if deciding:
            self._check_definition()
            self._clear_rules()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_force(self):
        self._check_never_published()

    def _check_may_change_in_force(self):
        if self.env.user.has_group("bpm_engine.group_manager"):
            return
        for regulation in self:
            if regulation.state == "published":
                raise AccessError(
                    self.env._(
                        "“%s” is in force: for which records it is meant and who owns it is "
                        "changed by a manager of processes.",
                        regulation.name,
                    )
                )

    def _check_never_published(self):
        for regulation in self.sudo():
            if any(version.state != "draft" for version in regulation.version_ids):
                raise UserError(
                    self.env._(
                        "“%s” has been in force: its history stays. Retire its version or "
                        "archive the regulation, and make a new one.",
                        regulation.name,
                    )
                )

    def _check_definition(self):
        """Stage field and domain fit the model; one stage field per model."""
        for regulation in self.sudo():
            field = regulation.stage_field_id
            if field.model_id != regulation.model_id or field.ttype not in (
                "many2one",
                "selection",
            ):
                raise ValidationError(
                    self.env._(
                        "“%(name)s”: the field of the stages must be a stored choice of "
                        "“%(model)s”.",
                        name=regulation.name,
                        model=regulation.model_id.name,
                    )
                )
            self.env["bpm.regulation.part"]._check_domain_text(
                regulation.model, regulation.domain, regulation.name
            )
            regulation._check_one_stage_field()

    def _check_one_stage_field(self):
        self.ensure_one()
        others = self.search([("model_id", "=", self.model_id.id), ("id", "!=", self.id)])
        for other in others.filtered(lambda r: r.state == "published"):
            if self.state == "published" and other.stage_field_id != self.stage_field_id:
                raise ValidationError(
                    self.env._(
                        "“%(other)s” regulates “%(model)s” by another field (%(field)s). All "
                        "regulations in force of a kind of record go by one field.",
                        other=other.name,
                        model=self.model_id.name,
                        field=other.stage_field_id.field_description,
                    )
                )

    # ------------------------------------------------------------ versions

    def action_new_draft(self):
        """The draft to work on: the present one, a copy of what is in force, or a new one.

        :return: bpm.regulation.version
        """
        self.ensure_one()
        if self.draft_version_id:
            return self.draft_version_id
        source = self.published_version_id or self.version_ids.sorted("number")[-1:]
        if source:
            return source._copy_to_draft()
        return self.env["bpm.regulation.version"].create({"regulation_id": self.id})

    # ------------------------------------------------------------ people and words

    def _get_active_owner(self):
        """Who answers for it: the owner, else who published it, else the administrator."""
        regulation = self.sudo()
        candidates = regulation.owner_id | regulation.published_version_id.published_by_id
        return candidates.filtered("active")[:1] or self.env.ref("base.user_admin").sudo()

    def _get_statuses(self):
        """Short statuses people may choose on a change of stage."""
        statuses = self.env["bpm.stage.status"].sudo()
        return statuses.browse(id_ for id_, _name in statuses._get_offered(self.id))
