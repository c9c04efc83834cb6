"""Service tasks and error events for the library, each curing a measured defect of it."""

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.event_definitions import item_aware_event


class ErrorEvent(item_aware_event.ErrorEventDefinition):
    """A business error; it reaches only the activity in which it happened."""

    def throw(self, my_task):
        my_task.workflow.top_workflow.throw_error(my_task.workflow, self.code, self.name)


class ServiceTask(defaults.ServiceTask):
    """Work of the system; the execution calls the host before it runs."""

    def _execute(self, task):
        return True
