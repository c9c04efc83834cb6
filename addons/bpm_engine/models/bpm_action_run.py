import re
from datetime import date, datetime

import pytz

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..engine import expressions
from ..lib.acting import act_as
from ..lib.own_context import own, without_own_words
from .bpm_instance_host import Host
from .bpm_record_view import RecordView, naive, records_of, walk

#: Kinds whose effect leaves this system: in the background unless said otherwise.
EXTERNAL = ("mail",)
_PATH = re.compile(r"record(\.[a-z]\w*)+")


class BpmAction(models.Model):
    """Doing what a service task names, with the rights of one configured person."""

    _inherit = "bpm.action"

    is_async = fields.Boolean(
        compute="_compute_is_async", store=True, readonly=False, precompute=True
    )

    @api.depends("kind")
    def _compute_is_async(self):
        for action in self:
            action.is_async = action.kind in EXTERNAL

    def _run(self, instance, parameters, data):
        """Do it for an instance of a process.

        :param parameters: as the diagram gives them, by name; "=..." is an expression.
        :param data: variables of the process.
        :return: variables to keep, or None.
        :raise UserError: it cannot be done, or the person it acts as may not do it.
        """
        self.ensure_one()
        user = self.sudo().run_as_user_id or instance._get_run_as_user()
        action = self.with_context(bpm_acting_id=own(instance.id))
        company, record = instance.company_id, instance._get_record()
        return action._act(user, company, record, parameters, data, instance)

    def _run_on(self, record, user):
        """Do it for a record alone, without a process: a step of a stage (LV-11).

        :param user: whose rights it has, unless the action itself acts as somebody.
        :return: as :meth:`_run`.
        """
        self.ensure_one()
        company = record.company_id if "company_id" in record._fields else self.env["res.company"]
        return self._act(self.sudo().run_as_user_id or user, company, record, {}, {})

    def _act(self, user, company, record, parameters, data, instance=None):
        """Do it as a person, in a company."""
        action = act_as(without_own_words(self), user, company)
        record = record.with_env(action.env) if record else None
        if self.sudo().model and (record is None or record._name != self.sudo().model):
            raise UserError(
                self.env._(
                    "the action “%(action)s” is for %(model)s only.",
                    action=self.sudo().name,
                    model=self.sudo().model,
                )
            )
        work = _Work(action.sudo(), instance, record, parameters, data)
        return getattr(action, f"_run_{self.sudo().kind}")(work)

    def _need_record(self, work):
        if work.record is None:
            raise UserError(
                self.env._("the action “%s” needs a record to act on.", work.action.name)
            )
        return work.record

    # ------------------------------------------------------------------ kinds

    def _run_activity(self, work):
        """Plan an activity. Parameters: summary, note, user, deadline (date) or days."""
        record = self._need_record(work)
        if not hasattr(record, "activity_schedule"):
            raise UserError(self.env._("no activities can be planned on %s.", record._description))
        self._plan_activity(work, record)

    def _plan_activity(self, work, record):
        """The activity; hook for addons that do more with it."""
        user = work.value("user", record._fields["activity_user_id"])
        activity_type = work.action.activity_type_id
        return record.activity_schedule(
            activity_type_id=activity_type.id,
            date_deadline=work.get_deadline(),
            summary=work.get("summary") or activity_type.summary or work.action.name,
            note=work.get("note") or "",
            user_id=user or self.env.uid,
        )

    def _run_set(self, work):
        """Set fields of the record."""
        record = self._need_record(work)
        values = work.get_values(record)
        if values:
            record.write(values)

    def _run_stage(self, work):
        """Move the record to a stage. Parameter: stage (name or id)."""
        record = self._need_record(work)
        values = work.get_values(record)
        if not values:
            field = record._fields.get("stage_id")
            if field is None:
                raise UserError(self.env._("%s has no stages.", record._description))
            values = {"stage_id": work.value("stage", field)}
        record.write(values)

    def _run_mail(self, work):
        """Send an e-mail by its template; the mail queue delivers it."""
        record = self._need_record(work)
        template = work.action.template_id
        if not template:
            raise UserError(self.env._("the action “%s” has no e-mail template.", work.action.name))
        template.with_env(self.env).send_mail(record.id, force_send=False)

    def _run_message(self, work):
        """Write a note on the record. Parameter: body."""
        record = self._need_record(work)
        if not hasattr(record, "message_post"):
            raise UserError(self.env._("no messages can be written on %s.", record._description))
        record.message_post(body=str(work.get("body") or work.action.name))

    def _run_record(self, work):
        """Create a record; its id becomes the variable named by the parameter 'result'."""
        model = work.action.target_model_id.model
        if not model or model not in self.env:
            raise UserError(
                self.env._("the action “%s” does not say what to create.", work.action.name)
            )
        target = self.env[model]
        created = target.create(work.get_values(target))
        return {str(work.get("result") or "created_id"): created.id}

    def _run_server(self, work):
        """Run a server action on the record, with the rights of the person it acts as."""
        server_action = work.action.server_action_id
        record = work.record
        if not server_action:
            raise UserError(self.env._("the action “%s” has no server action.", work.action.name))
        context = {"bpm_parameters": {name: work.get(name) for name in work.parameters}}
        if record is not None:
            context |= {
                "active_model": record._name,
                "active_id": record.id,
                "active_ids": record.ids,
            }
        server_action.with_env(self.env).sudo(False).with_context(**context).run()

    def _run_process(self, work):
        """Start another process on the same record (or on none, as that process demands)."""
        process = work.action.started_process_id
        if not process:
            raise UserError(self.env._("the action “%s” starts nothing.", work.action.name))
        chained = process._next_in_chain(process.name)
        record = self._need_record(work) if process.model else None
        if record is not None and record._name != process.model:
            raise UserError(
                self.env._(
                    "“%(process)s” runs on %(model)s, not on %(other)s.",
                    process=process.name,
                    model=process.model,
                    other=record._name,
                )
            )
        variables = {name: work.get(name) for name in work.parameters}
        started = chained._start(record, variables, "process", self.env.user)
        return {"started_id": started.id}

    def _run_event(self, work):
        """Send a message to waiting processes. Parameters: name, then what it brings."""
        record = work.record
        payload = {name: work.get(name) for name in work.parameters if name != "name"}
        name = str(work.get("name") or work.action.key)
        processes = self.env["bpm.process"].sudo()
        model, res_id = (record._name, record.id) if record is not None else (None, None)
        processes._send_message(name, model, res_id, payload, work.instance)


class _Work:
    """One call of an action: where its values come from."""

    def __init__(self, action, instance, record, parameters, data):
        self.action = action
        self.instance = instance
        self.record = record
        self.parameters = parameters
        self.data = data

    def get(self, name):
        """Value of a parameter: a text, or what its expression gives."""
        return self.evaluate(self.parameters.get(name))

    def evaluate(self, text):
        """Text, or value of the expression after "="."""
        if not isinstance(text, str) or not text.startswith("="):
            return text
        text = text[1:].strip()
        if self.record is not None and _PATH.fullmatch(text):
            return walk(self.record, text.removeprefix("record."))
        host = Host(self.instance)
        view = RecordView(self.record) if self.record is not None else None
        context = expressions.Context(self.data, view, host.now, self.get_zone)
        return expressions.evaluate(text, context)

    def get_zone(self):
        """Where days begin and end: in the company it is done in."""
        return self.action.env.company._get_bpm_zone()

    def value(self, name, field):
        """Value of a parameter as a field takes it."""
        return field_value(self.action.env, field, self.get(name))

    def get_values(self, target):
        """Values for fields as the action lists them, from its own or the diagram's values."""
        values = {}
        for line in self.action.value_ids:
            name = line.field_id.name
            field = target._fields.get(name)
            if field is None:
                raise UserError(
                    target.env._(
                        "%(model)s has no field “%(field)s”; correct the action “%(action)s”.",
                        model=target._description,
                        field=name,
                        action=self.action.name,
                    )
                )
            value = self.evaluate(line.value) if line.value else self.get(name)
            if value is not None or line.value or name in self.parameters:
                values[name] = field_value(target.env, field, value)
        return values

    def get_deadline(self):
        """Day of an activity: parameter deadline, or days from today."""
        today = pytz.utc.localize(fields.Datetime.now()).astimezone(self.get_zone()).date()
        deadline = self.get("deadline")
        if isinstance(deadline, datetime):
            return expressions.day_of(deadline, self.get_zone())
        if isinstance(deadline, date):
            return deadline
        if deadline:
            return fields.Date.to_date(deadline)
        days = self.get("days")
        return fields.Date.add(today, days=int(float(days))) if days else today


def field_value(env, field, value):
    """A value as the field takes it, whatever it was given as.

    :raise UserError: it does not fit; names the field.
    """
    try:
        return _field_value(env, field, value)
    except (TypeError, ValueError) as error:
        raise UserError(
            env._(
                "“%(value)s” is no value for the field “%(field)s”.",
                value=value,
                field=field.string,
            )
        ) from error


def _field_value(env, field, value):
    if isinstance(value, RecordView):
        value = records_of(value).id
    if value is None or value == "":
        return False
    if field.type == "many2one":
        return _record_id(env[field.comodel_name], value)
    if field.relational:
        items = value if isinstance(value, list) else str(value).split(",")
        return [Command.set([_record_id(env[field.comodel_name], item) for item in items])]
    if field.type == "boolean":
        return (
            value.strip().lower() in ("1", "true", "yes") if isinstance(value, str) else bool(value)
        )
    if field.type in ("integer", "many2one_reference"):
        return int(value)
    if field.type in ("float", "monetary"):
        return float(value)
    if isinstance(value, datetime):
        if field.type == "date":
            return expressions.day_of(value, env.company._get_bpm_zone())
        return naive(value) if value.tzinfo else value
    if field.type == "datetime":
        return fields.Datetime.to_datetime(value)
    if field.type == "date":
        return fields.Date.to_date(value)
    return value if field.type in ("json", "html") else str(value)


def _record_id(model, value):
    """Id of a record given as id, external id or exact name."""
    if isinstance(value, int) or str(value).strip().isdigit():
        return int(value)
    text = str(value).strip()
    if "." in text and " " not in text:
        record = model.env.ref(text, raise_if_not_found=False)
        if record and record._name == model._name:
            return record.id
    found = model.search([(model._rec_name or "name", "=", text)], limit=2)
    if len(found) != 1:
        raise ValueError(text)
    return found.id
