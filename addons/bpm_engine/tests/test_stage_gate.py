from ast import literal_eval

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.bpm_engine.exceptions import StageRefused
from odoo.addons.bpm_engine.tests.stage_common import StageCommon


@tagged("post_install", "-at_install")
class TestStageGate(StageCommon):
    """EP-06: where is the guarantee that we are at stage 2?"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fact = cls._fact(cls.s_qualify, "Phone known", field="phone")
        cls._fact(cls.s_present, "Site known", field="website")
        cls.meeting = cls._step(cls.s_qualify, "Meeting")
        cls._step(cls.s_qualify, "Brochure", required=False)
        cls._publish()
        cls.customer = cls._customer()

    def test_refused_names_what_is_missing(self):
        """EP-06, TN-30: leaving early is refused; each missing fact is named with its cure."""
        with self.assertRaises(StageRefused) as caught:
            self.customer.industry_id = self.present
        text = str(caught.exception)
        for words in ("Vector", "Qualification", "Presentation", "Phone known", "Meeting"):
            self.assertIn(words, text)
        refusal = caught.exception.context["bpm_stage"][0]
        cures = [item["cure"]["type"] for item in refusal["missing"]]
        self.assertEqual(cures, ["field", "activity"])
        self.assertEqual(self.customer.industry_id, self.qualify)

    def test_cured_and_logged(self):
        """TN-10, TN-30, EP-06: steps stand in the schedule; done and filled, the way is free."""
        activity = self.customer.activity_ids.filtered(lambda a: a.summary == "Meeting")
        self.assertEqual(activity.user_id, self.seller)
        activity.with_user(self.seller).action_feedback("They want it")
        step = self._steps(self.customer).filtered(lambda s: s.name == "Meeting")
        self.assertEqual((step.state, step.done_by_id), ("done", self.seller))
        self.assertEqual(step.comment, "They want it")
        self.customer.phone = "+7 495 1"
        self.customer.industry_id = self.present
        change = self._changes(self.customer)[0]
        self.assertEqual((change.from_name, change.to_name), ("Qualification", "Presentation"))
        self.assertEqual(change.kind, "normal")
        brochure = self._steps(self.customer).filtered(lambda s: s.name == "Brochure")
        self.assertEqual(brochure.state, "withdrawn")
        self.assertFalse(self.customer.activity_ids)

    def test_same_write_fills_the_fact(self):
        """EP-06: what the same save fills counts."""
        self._steps(self.customer)._mark_done()
        self.customer.write({"industry_id": self.present.id, "phone": "+7 495 1"})
        self.assertEqual(self.customer.industry_id, self.present)

    def test_nothing_half_done(self):
        """EP-06: a program that goes on after a refusal has written nothing of it."""
        with self.assertRaises(StageRefused):
            self.customer.write({"industry_id": self.present.id, "city": "Omsk"})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((self.customer.industry_id, self.customer.city), (self.qualify, False))

    def test_form(self):
        """EP-06: saving a form."""
        with self.assertRaises(UserError):
            with Form(self.customer) as form:
                form.industry_id = self.present


@tagged("post_install", "-at_install")
class TestStageWays(StageCommon):
    """Which ways lead from stage to stage, and what each demands."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._fact(cls.s_qualify, "Phone known", field="phone")
        cls._fact(cls.s_present, "Site known", field="website")

    def _refused(self, customer, target):
        with self.assertRaises(StageRefused) as caught, self.cr.savepoint():
            customer.industry_id = target
        return [item["name"] for item in caught.exception.context["bpm_stage"][0]["missing"]]

    def test_stages_passed_over(self):
        """EP-06: whoever jumps needs the facts and steps of the stages passed over as well."""
        self._step(self.s_present, "Catalogue")
        self._publish()
        customer = self._customer(phone="1")
        self.assertEqual(self._refused(customer, self.propose), ["Site known", "Catalogue"])

    def test_listed_ways(self):
        """TN-06: a stage may say where the way leads; such a way passes over nothing."""
        self.s_qualify.next_ids = self.s_propose
        self._publish()
        customer = self._customer(phone="1")
        self.assertEqual(self._refused(customer, self.present), ["Way"])
        customer.industry_id = self.propose
        self.assertEqual(customer.industry_id, self.propose)

    def test_back(self):
        """TN-06: back is free, unless the stage says no; what was done is not asked again."""
        self._step(self.s_qualify, "Meeting")
        self.s_propose.may_go_back = False
        self._publish()
        customer = self._customer(phone="1", website="x.example")
        self._steps(customer)._mark_done()
        customer.industry_id = self.present
        customer.phone = False
        customer.industry_id = self.qualify
        self.assertEqual(self._refused(customer, self.present), ["Phone known"])
        customer.phone = "1"
        customer.industry_id = self.propose
        self.assertEqual(self._refused(customer, self.qualify), ["Way"])

    def test_lost_by_choice(self):
        """EP-06: an unsuccessful end is free from a stage or not, as the stage says."""
        self.s_present.may_lose = False
        self._publish()
        customer = self._customer()
        customer.industry_id = self.lost
        customer = self._customer(phone="1", name="Second")
        customer.industry_id = self.present
        self.assertEqual(self._refused(customer, self.lost), ["Site known"])

    def test_lost_is_no_detour(self):
        """EP-06: by way of an unsuccessful end one does not get further than before."""
        self._publish()
        customer = self._customer()
        customer.industry_id = self.lost
        self.assertEqual(self._refused(customer, self.won), ["Phone known", "Site known"])
        customer.industry_id = self.qualify
        self.assertEqual(self._refused(customer, self.present), ["Phone known"])

    def test_unknown_stage(self):
        """EP-06: a stage the regulation does not know is no way around it."""
        self._publish()
        other = self.env["res.partner.industry"].create({"name": "Side track"})
        customer = self._customer()
        self.assertEqual(self._refused(customer, other), ["Way"])

    def test_fact_for_one_target(self):
        """TN-06: a fact may be demanded only on the way to certain stages."""
        fact = self._fact(self.s_qualify, "Mail known", field="email")
        fact.to_stage_ids = self.s_propose
        self._publish()
        customer = self._customer(phone="1", website="x.example")
        self.assertEqual(self._refused(customer, self.propose), ["Mail known"])
        customer.industry_id = self.present

    def test_created_later(self):
        """EP-06, IM-13: a record made at a later stage needs all that lies before it."""
        self._step(self.s_present, "Catalogue")
        self._publish()
        values = {"name": "New", "is_company": True, "industry_id": self.propose.id}
        with self.assertRaises(StageRefused) as caught, self.cr.savepoint():
            self.env["res.partner"].create(values)
        names = [item["name"] for item in caught.exception.context["bpm_stage"][0]["missing"]]
        self.assertEqual(names, ["Phone known", "Site known", "Catalogue"])
        done = {"phone": "1", "website": "x.example"}
        partners = self.env["res.partner"].sudo()._with_stage_bypass("shop")
        partner = partners.create(values | done)
        self.assertEqual(self._changes(partner).mapped("kind"), ["bypass"])

    def test_import_of_later_stages(self):
        """EP-06: who may override may import what has its facts; others may not."""
        self._step(self.s_qualify, "Meeting")
        self._publish()
        fields = ["name", "is_company", "industry_id/.id", "phone"]
        rows = [["Old", "1", str(self.present.id), "1"]]
        partners = self.env["res.partner"].with_context(import_file=True)
        found = partners.with_user(self.seller).load(fields, rows)
        self.assertIn("Meeting", found["messages"][0]["message"])
        found = partners.with_user(self.override).load(fields, rows)
        self.assertFalse(found["messages"])
        partner = self.env["res.partner"].browse(found["ids"])
        self.assertEqual(self._changes(partner).mapped("kind"), ["override"])
        found = partners.with_user(self.override).load(fields, [["No", "1", rows[0][2], ""]])
        self.assertIn("Phone known", found["messages"][0]["message"])

    def test_batch_names_only_the_refused(self):
        """EP-06: of many records the refused ones are named, each with what it misses."""
        self._publish()
        good = self._customer(name="Good", phone="1")
        bad = self._customer(name="Bad")
        with self.assertRaises(StageRefused) as caught, self.cr.savepoint():
            (good | bad).industry_id = self.present
        self.assertEqual([told["name"] for told in caught.exception.context["bpm_stage"]], ["Bad"])
        self.assertEqual(good.industry_id, self.qualify)

    def test_selection_field(self):
        """TN-06: a state field serves as well as a stage record."""
        regulation = self._regulation(
            "Address", stage_field_id=self._field("type").id, domain="[('name', '=', 'Depot')]"
        )
        version = regulation.action_new_draft()
        version.load_stages()
        self.assertEqual(
            version.stage_ids.mapped("value"), ["contact", "invoice", "delivery", "other"]
        )
        self._fact(version.stage_ids[0], "Street known", field="street")
        self._publish(version)
        depot = self.env["res.partner"].create({"name": "Depot", "type": "contact"})
        with self.assertRaisesRegex(StageRefused, "Street known"), self.cr.savepoint():
            depot.type = "delivery"
        depot.write({"type": "delivery", "street": "Quay 1"})


@tagged("post_install", "-at_install")
class TestStageExceptions(StageCommon):
    """Overrides of people and bypasses of programs are logged and counted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._fact(cls.s_qualify, "Phone known", field="phone")
        cls._publish()
        cls.customer = cls._customer()

    def test_override(self):
        """EP-06: a person of the group passes with a reason; what was missing is kept."""
        customer = self.customer.with_user(self.override)
        customer.with_context(bpm_stage_override="Fair ends today").industry_id = self.present
        change = self._changes(self.customer)[0]
        self.assertEqual((change.kind, change.reason), ("override", "Fair ends today"))
        self.assertEqual([item["name"] for item in change.missing], ["Phone known"])
        self.assertEqual(change.user_id, self.override)

    def test_override_needs_group_and_reason(self):
        """EP-06: neither without the group nor without a reason, nor as superuser."""
        for user, reason in ((self.seller, "I want"), (self.override, "  ")):
            with self.assertRaises(StageRefused), self.cr.savepoint():
                customer = self.customer.with_user(user).sudo()
                customer.with_context(bpm_stage_override=reason).industry_id = self.present

    def test_override_that_was_not_needed(self):
        """EP-06: where nothing is missing nothing is overridden."""
        self.customer.phone = "1"
        customer = self.customer.with_user(self.override)
        customer.with_context(bpm_stage_override="Just so").industry_id = self.present
        self.assertEqual(self._changes(self.customer)[0].kind, "normal")

    def test_bypass(self):
        """EP-06: a program passes as superuser only, with a reason, which is logged."""
        with self.assertRaises(StageRefused), self.cr.savepoint():
            self.customer.with_user(self.seller)._with_stage_bypass("x").industry_id = self.present
        self.customer.sudo()._with_stage_bypass("sync with 1C").industry_id = self.present
        change = self._changes(self.customer)[0]
        self.assertEqual((change.kind, change.reason), ("bypass", "sync with 1C"))

    def test_bypass_cannot_be_forged(self):
        """EP-06: a context that came from a browser opens nothing, not even in sudo code."""
        with self.assertRaises(StageRefused), self.cr.savepoint():
            customer = self.customer.sudo().with_context(bpm_stage_bypass="let me")
            customer.industry_id = self.present

    def test_comment_and_status(self):
        """EC-14: demanded, stored, listed; a status of another regulation does not count."""
        draft = self.regulation.action_new_draft()
        stage = draft.stage_ids.filtered(lambda s: s.name == "Qualification")
        stage.write({"ask_comment": True, "ask_status": True})
        stage.fact_ids.unlink()
        self._publish(draft)
        statuses = self.env["bpm.stage.status"]
        right = statuses.create({"name": "Warm", "regulation_ids": self.regulation.ids})
        other = self._regulation("Other", sequence=50)
        wrong = statuses.create({"name": "Cold", "regulation_ids": other.ids})
        panel = self.env["bpm.stage.case"].with_user(self.seller)
        args = ("res.partner", self.customer.id, str(self.present.id))
        with self.assertRaises(StageRefused) as caught, self.cr.savepoint():
            panel.move(*args, comment="Good talk", status_id=wrong.id)
        missing = caught.exception.context["bpm_stage"][0]["missing"]
        self.assertEqual([item["kind"] for item in missing], ["status"])
        panel.move(*args, comment="Good talk", status_id=right.id)
        told = panel.get_history("res.partner", self.customer.id)[0]
        self.assertEqual((told["comment"], told["status"]), ("Good talk", "Warm"))
        self.assertEqual(told["user"][0], self.seller.id)


@tagged("post_install", "-at_install")
class TestStageHistory(StageCommon):
    """HU-24: what was passed over is counted, listed, and stays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._fact(cls.s_qualify, "Phone known", field="phone")
        cls._publish()
        override = cls._customer(name="Pushed").with_user(cls.override)
        override.with_context(bpm_stage_override="The head asked").industry_id = cls.present
        cls.customer = override.sudo()
        cls._customer(stage=cls.present, name="Shop")

    def test_nobody_wipes_it_out(self):
        """HU-24: no person and no program changes or deletes the history of stages."""
        change = self._changes(self.customer)[:1]
        self.assertEqual((change.kind, change.reason), ("override", "The head asked"))
        for person in (self.manager, self.override, self.env.ref("base.user_root")):
            for act in (lambda c: c.write({"reason": "Nothing"}), lambda c: c.unlink()):
                with self.assertRaises(UserError), self.cr.savepoint():
                    act(change.with_user(person))
        forged = change.with_user(self.manager).with_context(bpm_purge=True)
        with self.assertRaises(UserError), self.cr.savepoint():
            forged.unlink()
        with self.assertRaisesRegex(UserError, "history of stages"), self.cr.savepoint():
            change.sudo().unlink()

    def test_counted_and_listed(self):
        """HU-24: overrides and bypasses, each with its number and its list."""
        regulation = self.regulation.with_user(self.manager)
        self.assertEqual((regulation.override_count, regulation.bypass_count), (1, 1))
        for action, names in (
            (regulation.action_open_overrides(), ["Pushed"]),
            (regulation.action_open_bypasses(), ["Shop"]),
        ):
            [wanted] = [
                name.removeprefix("search_default_") for name in action["context"]
            ]  # fmt: skip
            changes = self.env["bpm.stage.change"].with_user(self.manager)
            arch = etree.fromstring(changes.get_view(view_type="search")["arch"])
            [chosen] = arch.xpath(f"//filter[@name='{wanted}']/@domain")
            found = changes.search(action["domain"] + literal_eval(chosen))
            self.assertEqual(found.mapped("record_name"), names)
