"""The engine's window to Odoo: record, clock, actions."""

from datetime import UTC

from psycopg2 import IntegrityError, OperationalError

from odoo import fields
from odoo.exceptions import ConcurrencyError, UserError

from ..engine import BpmnError
from .bpm_engine_words import said
from .bpm_record_view import RecordView

#: Passed on as they are: the request or job is repeated as a whole.
RETRIED = (OperationalError, ConcurrencyError)


class StepError(UserError):
    """A step of a process failed; knows the element, so that it can be repaired there."""

    def __init__(self, message, element=None, permanent=False):
        super().__init__(message)
        self.element = element
        self.permanent = permanent


class Host:
    """What the engine may ask an instance for.

    :param parked: ids of service elements that are not run but left open, because they
        failed or wait for their background job.
    """

    def __init__(self, instance, parked=()):
        self.instance = instance
        self.parked = set(parked)
        self.park_all = False
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
        if self.park_all or element_id in self.parked:
            return True
        settings = self._element(element_id)._get_action_settings()
        if settings.get("async") is not None:
            return settings["async"] in (True, "true")
        return self.instance._find_action(settings).is_async

    def call_service(self, element_id, data):
        """Run the action of a service task; its failure names the element and the cure."""
        instance = self.instance
        element = self._element(element_id)
        try:
            if not instance._catches_errors(element_id):
                return self._act(element, data)
            with instance.env.cr.savepoint():
                return self._act(element, data)
        except (BpmnError, *RETRIED):
            raise
        except IntegrityError as error:
            message = instance.env["base"]._sql_error_to_message(error)
            raise self._step_error(element_id, message) from error
        except UserError as error:
            if instance._catches_errors(element_id):
                raise BpmnError(type(error).__name__, str(error)) from error
            raise self._step_error(element_id, error) from error
        except Exception as error:
            raise self._step_error(element_id, error) from error

    def _act(self, element, data):
        result = self.instance._run_action(element, data)
        # What the database refuses is to be told with the place it comes from.
        self.instance.env.flush_all()
        return result

    def _step_error(self, element_id, error):
        name = self._element(element_id).display_name or element_id
        return StepError(
            self.instance.env._(
                "“%(step)s” of %(process)s failed: %(error)s",
                step=name,
                process=self.instance.process_id.name,
                error=said(self.instance.env, error) or type(error).__name__,
            ),
            element_id,
        )
