"""The engine's window to Odoo: record, clock, actions."""

from datetime import UTC

from psycopg2 import IntegrityError, OperationalError
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from odoo import fields
from odoo.exceptions import ConcurrencyError, UserError

from ..engine import BpmnError
from ..lib.reader import keeping_env
from .bpm_engine_words import said
from .bpm_record_view import RecordView

#: Passed on as they are: the request or job is repeated as a whole.
RETRIED = (OperationalError, ConcurrencyError)


class StepError(UserError):
    """A step of a process failed; knows the element, so that it can be repaired there.

    :param place: of the service that failed (engine.facts.Place); None: it was no service.
    """

    def __init__(self, message, element=None, permanent=False, place=None):
        super().__init__(message)
        self.element = element
        self.permanent = permanent
        self.place = place


class CircleError(UserError):
    """Messages cause each other without end: all of them are undone, to the first."""


class Host:
    """What the engine may ask an instance for.

    :param parked: what is not run but left open, because it failed or waits for its background
        job: ids of tasks, places of this step, or (process, element) for all of an element.
    """

    def __init__(self, instance, parked=()):
        self.instance = instance
        self.parked = set(parked)
        self.execution = None

    def close(self):
        """After its step: the engine and its host know each other, so both would be kept,
        with all that was read, until the garbage is collected."""
        self.instance = None

    def record(self):
        record = self.instance._get_record()
        return RecordView(record) if record else None

    def now(self):
        return fields.Datetime.now().replace(tzinfo=UTC)

    @property
    def zone(self):
        """Where days begin and end."""
        return self.instance.company_id._get_bpm_zone()

    @property
    def hours_per_day(self):
        return self.instance.company_id._get_bpm_working_hours()[0]

    @property
    def hours_per_week(self):
        return self.instance.company_id._get_bpm_working_hours()[1]

    def working_time(self, seconds, start):
        """Seconds from a moment until so much working time of the company has passed."""
        calendar = self.instance.company_id.resource_calendar_id
        end = calendar and calendar.plan_hours(seconds / 3600, start, compute_leaves=True)
        return (end - start).total_seconds() if end else seconds

    def _element(self, element_id):
        """The element that is meant: called processes may use the same ids."""
        process = self.execution.process if self.execution else None
        return self.instance._get_element(element_id, process)

    def is_async(self, element_id):
        if self._is_parked():
            return True
        settings = self._element(element_id)._get_action_settings()
        if settings.get("async") is not None:
            return settings["async"] in (True, "true")
        return self.instance._find_action(settings).is_async

    def _is_parked(self):
        if not self.parked:
            return False
        place = self.execution.place
        wanted = {self.execution.token, place, (place.process, place.element)}
        return not wanted.isdisjoint(self.parked)

    def call_service(self, element_id, data):
        """Run the action of a service task; its failure names the element and the cure."""
        instance = self.instance
        element = self._element(element_id)
        # Read before: a database that has refused something answers no more questions.
        names = element.name or element_id, instance.name
        try:
            if not instance._catches_errors(element_id):
                return self._act(element, data)
            with instance.env.cr.savepoint():
                return self._act(element, data)
        except (BpmnError, *RETRIED):
            raise
        except IntegrityError as error:
            raise self._step_error(element_id, names, refusal_of(instance.env, error)) from error
        except UserError as error:
            if instance._catches_errors(element_id):
                raise BpmnError(type(error).__name__, str(error)) from error
            raise self._step_error(element_id, names, error) from error
        except Exception as error:
            raise self._step_error(element_id, names, error) from error

    def _act(self, element, data):
        result = self.instance._run_action(element, data)
        # What the database refuses is to be told with the place it comes from.
        self.instance.env.flush_all()
        return result

    def _step_error(self, element_id, names, error):
        step, title = names
        env = self.instance.env
        if env.cr.connection.info.transaction_status != TRANSACTION_STATUS_INERROR:
            title = self.instance.process_id.name
            env = keeping_env(env, self.instance.process_id)
        return StepError(
            env._(
                "“%(step)s” of %(process)s failed: %(error)s",
                step=step,
                process=title,
                error=said(env, error) or type(error).__name__,
            ),
            element_id,
            place=self.execution.place,
        )


def refusal_of(env, error):
    """What the database refused, in words, without asking it anything."""
    diag = error.diag
    for name, model in env.registry.items():
        if model._table != diag.table_name or model._abstract:
            continue
        constraint = model._table_objects.get(diag.constraint_name)
        if constraint and (message := constraint.get_error_message(env[name], diag)):
            return message
        if diag.column_name in model._fields:
            return env._("“%s” needs a value.", model._fields[diag.column_name].string)
    return diag.message_primary or str(error)
