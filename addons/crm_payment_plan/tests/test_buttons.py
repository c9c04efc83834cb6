"""Every button of a screen names a method that the client can call on the records it shows."""

from lxml import etree

from odoo.service.model import call_kw
from odoo.tests import TransactionCase, tagged

from .reminder_common import ReminderCommon

ADDONS = ("bpm_engine", "crm_bpm_core", "crm_payment_plan")


def _get_root(view):
    """The view that an extension changes: its arch has the fields around each button."""
    while view.inherit_id and view.mode == "extension":
        view = view.inherit_id
    return view


def _get_buttons(node, model):
    """(model, button) of an arch, with those of the lists inside its fields."""
    for child in node:
        if not isinstance(child.tag, str):
            continue
        if child.tag == "button" and child.get("type") == "object":
            yield model, child
        inner = model
        if child.tag == "field" and child.get("name") in model._fields:
            comodel = model._fields[child.get("name")].comodel_name
            inner = model.env[comodel] if comodel else model
        yield from _get_buttons(child, inner)


@tagged("post_install", "-at_install")
class TestButtons(TransactionCase):
    def test_methods_of_buttons(self):
        """PF-16: buttons are called with ids: a method of the model would be a traceback."""
        data = self.env["ir.model.data"].search(
            [("module", "in", ADDONS), ("model", "=", "ir.ui.view")]
        )
        views = self.env["ir.ui.view"].browse(data.mapped("res_id")).filtered(
            lambda view: view.model in self.env and view.type != "qweb"
        )  # fmt: skip
        own = {
            node.get("name")
            for view in views
            for node in etree.fromstring(view.arch).iter("button")
        }
        wrong, seen = [], 0
        for view in {_get_root(view) for view in views}:
            arch = view._get_combined_arch()
            for model, button in _get_buttons(arch, self.env[view.model]):
                if button.get("name") not in own:
                    continue
                seen += 1
                method = getattr(type(model), button.get("name"), None)
                if method is None or getattr(method, "_api_model", False):
                    wrong.append(f"{view.xml_id}: {button.get('name')}")
        self.assertGreater(seen, 100)
        self.assertFalse(wrong)


@tagged("post_install", "-at_install")
class TestNewList(ReminderCommon):
    def test_as_the_client_calls_it(self):
        """PF-13: the button of a dropped list opens the next one."""
        self._invoice(-8)
        run = self._review().with_user(self.accountant)
        run.action_cancel()
        action = call_kw(run.browse(), "action_new_list", [run.ids], {})
        self.assertTrue(self._of(self.Run.browse(action["res_id"])))
