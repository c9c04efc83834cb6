from odoo import http
from odoo.http import content_disposition, request


class BpmVersionController(http.Controller):
    @http.route("/bpm_engine/version/<int:version_id>/bpmn", type="http", auth="user")
    def download(self, version_id):
        """The diagram of a version as a .bpmn file, hot changes included."""
        version = request.env["bpm.process.version"].search([("id", "=", version_id)])
        if not version:
            return request.not_found()
        export = version.export_bpmn()
        return request.make_response(
            export["xml"],
            [
                ("Content-Type", "application/bpmn20-xml; charset=utf-8"),
                ("Content-Disposition", content_disposition(export["name"])),
            ],
        )
