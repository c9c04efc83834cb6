import re

from werkzeug.exceptions import Forbidden, NotFound

from odoo import http
from odoo.api import Environment
from odoo.exceptions import AccessError, UserError
from odoo.http import content_disposition, request


class XesController(http.Controller):
    """The log of a process as a file."""

    @http.route("/bpm/xes/<int:process_id>", type="http", auth="user", methods=["GET"])
    def download(self, process_id, **options):
        """Stream the XES file; its first errors are told before anything is sent."""
        try:
            options, companies = self._read_options(options), self._read_companies(options)
            heat = request.env["bpm.heat"].with_context(allowed_company_ids=companies)
            process = heat._get_process(process_id)
            heat._get_scope(process, options)
        except AccessError as error:
            raise Forbidden(str(error)) from error
        except (UserError, ValueError) as error:
            raise NotFound(str(error)) from error
        name = re.sub(r"[^\w.-]+", "_", process.key or process.name)
        return request.make_response(
            self._stream(heat, process_id, options),
            headers=[
                ("Content-Type", "application/xml; charset=utf-8"),
                ("Content-Disposition", content_disposition(f"{name}.xes")),
                ("X-Accel-Buffering", "no"),
            ],
        )

    @staticmethod
    def _read_options(options: dict) -> dict:
        """Numbers and days of the address; whatever else it names is left out."""
        numbers = {
            key: int(options[key])
            for key in ("version_id", "company_id", "user_id")
            if options.get(key)
        }
        days = {key: options[key] for key in ("date_from", "date_to") if options.get(key)}
        return {**numbers, **days}

    @staticmethod
    def _read_companies(options: dict) -> list[int]:
        """Companies that the page shows, else all of the reader; never foreign ones."""
        own = request.env.user.company_ids.ids
        asked = {int(key) for key in options.get("company_ids", "").split(",") if key}
        return [company for company in own if company in asked] or own

    @staticmethod
    def _stream(heat, process_id: int, options: dict):
        """Pieces of the file; on a cursor of its own, as the request's is closed by then."""
        registry, uid, context = heat.env.registry, heat.env.uid, heat.env.context
        with registry.cursor(readonly=True) as cr:
            heat = Environment(cr, uid, context)["bpm.heat"]
            for piece in heat._export_xes(heat._get_process(process_id), options):
                yield piece.encode()
