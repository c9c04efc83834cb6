from odoo.http import request

from odoo.addons.mail.controllers.webclient import WebclientController


class BpmWebclientController(WebclientController):
    """The menu of activities also shows the reader's tasks in processes."""

    @classmethod
    def _process_request_for_internal_user(cls, store, name, params):
        """Tasks come with the activities, in the same call."""
        result = super()._process_request_for_internal_user(store, name, params)
        if name == "systray_get_activities":
            store.add_global_values(bpmTasks=request.env["bpm.task"]._get_systray())
        return result
