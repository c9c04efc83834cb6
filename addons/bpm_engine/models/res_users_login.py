"""Diagrams name people by login: a changed login is changed there as well."""

import json

from odoo import fields, models
from odoo.tools import SQL

from ..engine import DiagramError
from ..engine.xml_source import BPM, read_xml
from ..lib.diagram_xml import text_of

#: Settings of an element in which a person is named.
_READINGS = ("settings", "drawn_settings", "before_draft")


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        """Also say a new login where processes name the person."""
        before = {user: user.login for user in self} if vals.get("login") else {}
        result = super().write(vals)
        for user, login in before.items():
            if login and login != user.login:
                self.env["bpm.element"].sudo()._rename_login(login, user.login)
        return result


class BpmElement(models.Model):
    _inherit = "bpm.element"

    def _rename_login(self, before, after):
        """Whoever was named by one login is named by another, in versions and drafts.

        No change of who does what: neither checked nor told as one; exports and new drafts
        take it over like one.
        """
        self.flush_model(_READINGS)
        columns = SQL(", ").join(map(SQL.identifier, _READINGS))
        named = SQL(" OR ").join(
            SQL(
                """jsonb_path_exists(%s, '$.**."user" ? (@ == $login)', %s)""",
                SQL.identifier(name),
                json.dumps({"login": before}),
            )
            for name in _READINGS
        )
        rows = self.env.execute_query(
            SQL("SELECT id, %s FROM bpm_element WHERE %s", columns, named)
        )
        for element_id, *readings in rows:
            self.env.cr.execute(
                SQL(
                    "UPDATE bpm_element SET (%s) = ROW(%s), changed_at = %s WHERE id = %s",
                    columns,
                    SQL(", ").join(
                        SQL("%s::jsonb", one and json.dumps(_renamed(one, before, after)))
                        for one in readings
                    ),
                    fields.Datetime.now(),
                    element_id,
                )
            )
        elements = self.browse(row[0] for row in rows)
        elements.invalidate_recordset([*_READINGS, "changed_at"], flush=False)
        elements.version_id._touch()
        self.env["bpm.process.version"].sudo()._rename_login(before, after)


class BpmProcessVersion(models.Model):
    _inherit = "bpm.process.version"

    def _rename_login(self, before, after):
        for draft in self.search([("state", "=", "draft"), ("bpmn_xml", "like", before)]):
            try:
                root = read_xml(draft.bpmn_xml)
            except DiagramError:
                continue
            nodes = [node for node in root.iter(f"{{{BPM}}}*") if node.get("user") == before]
            for node in nodes:
                node.set("user", after)
            if nodes:
                draft.bpmn_xml = text_of(root)


def _renamed(value, before, after):
    """The same value with another login wherever a person is named."""
    if isinstance(value, list):
        return [_renamed(one, before, after) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: after if key == "user" and one == before else _renamed(one, before, after)
        for key, one in value.items()
    }
