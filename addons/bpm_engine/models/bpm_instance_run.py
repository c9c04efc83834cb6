from contextlib import contextmanager
from weakref import WeakKeyDictionary

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine import EngineError, Execution, StateError
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
        user = self._get_run_as_user()
        model = self.env(user=user.id, su=False)[self.res_model].with_company(self.company_id)
        return model.browse(self.res_id).exists() or None

    def _get_run_as_user(self):
        """Whose rights conditions and actions have: never more than one person's."""
        process = self.sudo().process_id
        user = process.run_as_user_id or process.owner_id
        if not user or not user.active:
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
        # One is asked for after the other: the first read fetches all of the diagram.
        element = self.env["bpm.element"].sudo().browse(own)
        return element.with_prefetch(ids.values())

    def _find_action(self, settings):
        """Action of the whitelist that a service task names; empty if none."""
        actions = self.env["bpm.action"].sudo()
        return actions.browse(actions._get_ids_by_key().get(settings.get("name")))

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

    def _lock(self):
        """Wait until nobody else works on these instances, then see them as they are.

        Touches the rows, so that a transaction that read them before another one changed
        anything under the lock is repeated instead of going on with what it knew.
        """
        if not self:
            return
        self.flush_recordset()
        query = SQL(
            "UPDATE bpm_instance SET write_date = now() at time zone 'UTC' WHERE id IN ("
            "SELECT id FROM bpm_instance WHERE id IN %s ORDER BY id FOR NO KEY UPDATE)",
            tuple(self.ids),
        )
        # A conflict is no error: the transaction is repeated.
        self.env.cr.execute(query, log_exceptions=False)
        if self.env.cr.rowcount != len(self):
            raise UserError(self.env._("This process was deleted in the meantime."))
        self.invalidate_recordset(flush=False)

    def _load(self, parked=(), fresh=False):
        """The engine with the present state of the tokens; lock before."""
        self.ensure_one()
        waiting = self.sudo().job_ids.filtered(lambda job: job.state in ("waiting", "incident"))
        parked = {*parked, *waiting.mapped("element_id.element_id")}
        state = None if fresh else self.sudo().engine_state
        host = Host(self.sudo(), parked)
        host.execution = Execution(self.version_id._get_diagram(), host, state)
        return host.execution

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
        self._receive_later()

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
        message = str(error)
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
        )

    def _start_run(self, variables=None):
        """Put the first token of each instance on the start and run; saved in one go."""
        with self._stepping():
            pairs = [
                (instance, instance._move(lambda one: one.start(variables or {}), fresh=True))
                for instance in self
            ]
            self._save(pairs, {})
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
