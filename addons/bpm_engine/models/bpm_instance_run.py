from contextlib import contextmanager
from weakref import WeakKeyDictionary

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine import EngineError, Execution, StateError
from ..lib.acting import act_as
from .bpm_engine_words import said
from .bpm_instance import OPEN_STATES
from .bpm_instance_host import RETRIED, Host, StepError

#: Per transaction: {instance in a step: what it was sent meanwhile}. Not in the cursor's
#: cache, which the rollback of any savepoint empties.
_stepping = WeakKeyDictionary()


def stepping(env):
    """Instances of this transaction that are in a step, with what waits for them."""
    return _stepping.setdefault(env.cr, {})


class BpmInstance(models.Model):
    """Running a process: one locked, all-or-nothing step after the other."""

    _inherit = "bpm.instance"

    # ------------------------------------------------------------------ context

    def _get_record(self):
        """The record it runs on, with the rights its process acts with; else None."""
        self.ensure_one()
        if not self.res_model or self.res_model not in self.env:
            return None
        model = act_as(self.env[self.res_model], self._get_run_as_user(), self.company_id)
        return self.env["bpm.process"]._find_existing(model.browse(self.res_id)) or None

    def _get_run_as_user(self):
        """Whose rights conditions and actions have: never more than one person's."""
        process = self.sudo().process_id
        user = process.run_as_user_id or process.owner_id
        if not user or not process._is_working(user.id):
            raise UserError(
                self.env._(
                    "The process “%(process)s” has nobody to act as. Set 'Actions Run As' or "
                    "an owner who is still active.",
                    process=process.name,
                )
            )
        return user

    def _get_element(self, element_id, process_key=None):
        """bpm.element of its diagram, or of one that it calls (empty if unknown)."""
        self.ensure_one()
        ids = self.version_id._get_element_ids()
        own = ids.get((process_key, element_id)) or ids.get((None, element_id))
        element = self.env["bpm.element"].sudo().browse(own)
        if own:
            self.version_id._remember_element(element)
        # Unpublished ones are asked for one after the other: the first read fetches all.
        return element.with_prefetch(ids.values())

    def _get_element_facts(self, element_id, process_key=None):
        """(database id, name, type) of an element as it is now; see _get_element()."""
        version = self.version_id
        facts = {} if version.state == "draft" else version._get_kept_element_facts()
        own = facts.get((process_key, element_id)) or facts.get((None, element_id))
        if own:
            return own
        element = self._get_element(element_id, process_key)
        return element.id, element.name, element.type

    def _find_action(self, settings):
        """Action of the whitelist that a service task names; empty if none."""
        actions = self.env["bpm.action"].sudo()
        return actions.browse(actions._get_ids_by_key().get(settings.get("name")))._remembered()

    def _catches_errors(self, element_id):
        """Whether an error event is drawn on the border of an element."""
        element_ids = self.version_id._get_error_catchers()
        return element_id in element_ids

    def _run_action(self, element, data):
        """Do what a service task (bpm.element) is for; see bpm.action._run."""
        settings = element._get_action_settings()
        action = self._find_action(settings)
        if not action:
            raise UserError(
                self.env._(
                    "there is no action “%(key)s” in the list of actions. Choose one in the "
                    "diagram, or ask a process manager to add it.",
                    key=settings.get("name") or "",
                )
            )
        return action._run(self, settings.get("parameters") or {}, data)

    # ------------------------------------------------------------------ steps

    def _load(self, parked=(), fresh=False):
        """The engine with the present state of the tokens; lock before."""
        self.ensure_one()
        parked = {*parked, *(() if fresh else self._get_parked())}
        state = None if fresh else self.sudo().engine_state
        host = Host(self.sudo(), parked)
        host.execution = Execution(self.version_id._get_diagram(), host, state)
        return host.execution

    def _get_parked(self):
        """Tokens whose work waits for a job, or failed in one; others beside them go on."""
        if not self.has_open_jobs:
            return ()
        self.env["bpm.job"].flush_model(["state", "token"])
        rows = self.env.execute_query(
            SQL(
                "SELECT token FROM bpm_job"
                " WHERE instance_id = %s AND state IN ('waiting', 'incident')",
                self.id,
            )
        )
        return [token for (token,) in rows]

    def _step(self, act, parked=(), fresh=False, actor=None):
        """Let ``act`` do something with the tokens, run on and save: all or nothing.

        :param act: function of the engine's execution.
        :param actor: values of the history's lines about the token it completed, by token.
        :raise UserError: what went wrong where; the caller's transaction is to be rolled back.
        """
        self.ensure_one()
        with self._stepping():
            execution = self._move(act, parked, fresh)
            self._save([(self, execution)], actor or {})
        for error in execution.failed_beside:
            self._fail_beside(error)
        execution.host.close()
        self._receive_later()

    def _fail_beside(self, error):
        """A timer of another branch cannot be calculated: its incident, not that of the step."""
        if self.state in OPEN_STATES:
            self._fail_step(self._as_step_error(error), "timer")

    def _move(self, act, parked=(), fresh=False):
        """The tokens after ``act``, not saved yet."""
        try:
            execution = self._load(parked, fresh)
            act(execution)
            execution.run()
            return execution
        except (StepError, *RETRIED):
            raise
        except EngineError as error:
            raise self._as_step_error(error) from error

    @contextmanager
    def _stepping(self):
        """Mark instances as being in a step that is not saved yet.

        What an action of the step sends to its own instance waits until then.
        """
        inside = stepping(self.env)
        if any(instance.id in inside for instance in self):
            raise UserError(
                self.env._("“%s” is in the middle of a step; an action cannot do it.", self[0].name)
            )
        inside.update((instance.id, []) for instance in self)
        try:
            yield
        except BaseException:
            for instance in self:
                inside.pop(instance.id, None)
            raise

    def _receive_later(self):
        """Give instances what was sent to them during the step that is saved now."""
        inside = stepping(self.env)
        later = [(instance, inside.pop(instance.id, [])) for instance in self]
        for instance, events in later:
            for event in events:
                instance._receive(*event)

    def _as_step_error(self, error):
        element = getattr(error, "element", None)
        name = self._get_element(element).display_name if element else ""
        message = said(self.env, error)
        if isinstance(error, StateError):
            message = self.env._("This step is already done or was withdrawn. Reload the page.")
        return StepError(
            self.env._(
                "%(process)s%(step)s: %(error)s",
                process=self.name,
                step=f", “{name or element}”" if element else "",
                error=message,
            ),
            element,
            permanent=True,
            place=getattr(error, "place", None),
        )

    @api.model
    def _insert_instances(self, rows):
        """New instances without a note in the chatter; whoever watches them notices them.

        :param rows: values of bpm.instance, defaults left out.
        """
        if self._is_watched():
            return self.with_context(tracking_disable=True).create(rows).with_env(self.env)
        defaults = {
            name: field.convert_to_write(
                field.convert_to_cache(field.default(self), self, validate=False), self
            )
            for name, field in self._fields.items()
            if field.store and field.column_type and field.default
        }
        return self._insert_rows([{**defaults, "duration_hours": 0, **row} for row in rows])

    def _prepare_started_lines(self):
        """The first line of each one's history: who started it."""
        return [
            instance._prepare_log_values("started", user_id=instance.starter_id.id)
            for instance in self
        ]

    def _start_run(self, variables=None, lines=(), start_event=None):
        """Put the first token of each instance on the start and run; saved in one go.

        :param lines: of their history, to be written before what happens now.
        """
        with self._stepping():
            pairs = [
                (
                    instance,
                    instance._move(
                        lambda one: one.start(variables or {}, start_event or None), fresh=True
                    ),
                )
                for instance in self
            ]
            self._save(pairs, {}, fresh=True, lines=lines)
        for _instance, execution in pairs:
            execution.host.close()
        self._receive_later()

    def _complete_task(self, task, outcome=None, comment=None, locked=False):
        """Finish a human task and go on; called by bpm.task once the person may do it.

        :param task: open bpm.task of this instance (the last vote of several).
        :param outcome: key of the outcome chosen.
        :param locked: the caller has locked the instance in this transaction.
        :raise UserError: already done or withdrawn by somebody else, suspended, ended, or a
            following step fails; then nothing is kept.
        """
        self.ensure_one()
        instance = self.sudo()
        if not locked:
            instance._lock()
        instance._check_goes_on()
        task = task.sudo()
        data = {"outcome": outcome} if outcome else {}
        actor = {task.token: {"user_id": self.env.uid, "outcome": outcome, "comment": comment}}
        self._mark_done(task, outcome, comment)
        instance._step(lambda execution: execution.complete(task.token, data), actor=actor)

    def _mark_done(self, task, outcome, comment):
        """Close the row, unless bpm.task did so itself."""
        if task.state in ("done", "cancelled"):
            return
        labels = {item.get("key"): item.get("label") for item in task.outcomes or []}
        task.write(
            {
                "state": "done",
                "outcome": outcome,
                "outcome_label": labels.get(outcome) or outcome,
                "comment": comment,
                "date_done": fields.Datetime.now(),
                "done_by_id": self.env.uid,
            }
        )

    def _check_goes_on(self):
        """Refuse work on a process that has ended or is suspended."""
        if self.state not in OPEN_STATES:
            raise UserError(self.env._("“%s” has ended already; reload the page.", self.name))
        if self.state == "suspended":
            raise UserError(
                self.env._("“%s” is suspended; a process manager can resume it.", self.name)
            )
