"""What a check of a diagram asks the database."""

from odoo.exceptions import AccessError


class Facts:
    """Answers of the database to engine.lint(): who, what and which fields exist.

    :param process: the process of the diagram; may be empty for an import.
    """

    def __init__(self, process):
        self._process = process.sudo()
        self._env = process.sudo().env

    @property
    def has_record(self):
        """Whether instances run on a record at all."""
        return bool(self._process.model)

    def knows_user(self, login):
        """An active internal user of that login."""
        return bool(
            self._env["res.users"].search_count(
                [("login", "=", login), ("share", "=", False)], limit=1
            )
        )

    def knows_group(self, name):
        """A group by external id, or by database id as "#12"."""
        return bool(self._find_group(name))

    def _find_group(self, name):
        groups = self._env["res.groups"]
        name = (name or "").strip()
        if name.startswith("#"):
            return groups.browse(int(name[1:])).exists() if name[1:].isdigit() else groups
        try:
            found = self._env.ref(name, raise_if_not_found=False) if "." in name else None
        except (ValueError, AccessError):
            return groups
        return found if found and found._name == "res.groups" else groups

    def knows_action(self, key):
        """An active action of the whitelist that fits the kind of record."""
        action = self._env["bpm.action"].search([("key", "=", key)], limit=1)
        return bool(action) and (not action.model or action.model == self._process.model)

    def knows_field(self, path):
        """A field path on the record that diagrams may read."""
        model = self._process.model
        return bool(model and self._process._resolve_path(model, path) is not None)

    def knows_start_records(self, element_id):
        """Whether a drawn timer has somebody's word on which records it starts."""
        if not self._process.model:
            return True
        return bool(self._process.trigger_ids.filtered(lambda t: t.start_event == element_id))

    def knows_process(self, key):
        """Another process in use, of the same company or of all."""
        return bool(self._process._find_callable(key))

    def find_group(self, name):
        """How diagrams call a group of that external id or name; None without one."""
        if "." in name and self.knows_group(name):
            return name
        groups = self._env["res.groups"].search([("name", "=ilike", name)], limit=2)
        if len(groups) != 1:
            return None
        return groups.get_external_id()[groups.id] or f"#{groups.id}"
