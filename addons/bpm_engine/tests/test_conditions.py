from odoo.exceptions import UserError

from odoo.addons.bpm_engine.engine import DiagramError

from .run_common import RunCommon, chain, choice, end, flow, start, task


class TestConditions(RunCommon):
    """Which way a process goes: fields of the record, variables, outcomes."""

    def make_choice(self, condition, key="choice", **values):
        return self.make(
            key,
            start(),
            choice("Way", "to_no"),
            end("Yes"),
            end("No"),
            chain("Start", "Way"),
            flow("to_yes", "Way", "Yes", condition),
            flow("to_no", "Way", "No"),
            **values,
        )

    def result(self, condition, **variables):
        process = self.make_choice(condition, key=f"c{self.env['bpm.process'].search_count([])}")
        return self.launch(process, **variables).result

    def test_fields_of_the_record(self):
        """AL-02: text, number, yes/no, relations, lists and days of the record."""
        country = self.env.ref("base.bg")
        tags = self.env["res.partner.category"].create([{"name": "A"}, {"name": "B"}])
        self.partner.write(
            {"is_company": True, "country_id": country.id, "category_id": tags.ids, "color": 3}
        )
        for condition in (
            "record.is_company",
            "record.country_id.code == 'BG'",
            "record.name == 'Vector' and record.color &gt;= 3",
            "len(record.category_id) == 2",
            "record.parent_id.name == None",
            "record.create_date &lt;= now()",
            "record.email in [None, '']",
        ):
            self.assertEqual(self.result(condition), "Yes", condition)

    def test_variables(self):
        """AL-02: variables that the start brought."""
        self.assertEqual(self.result("amount &gt; 100", amount=101), "Yes")
        self.assertEqual(self.result("amount &gt; 100", amount=100), "No")

    def test_outcome_of_an_earlier_task(self):
        """AL-02: outcomes are known by the task that gave them."""
        process = self.make(
            "two",
            start(),
            task("Visa", "yes", "no"),
            task("Price", "ok", "high"),
            choice("Way", "to_no"),
            end("Yes"),
            end("No"),
            chain("Start", "Visa", "Price", "Way"),
            flow("to_yes", "Way", "Yes", "outcomes.Visa == 'yes' and outcome == 'ok'"),
            flow("to_no", "Way", "No"),
        )
        instance = self.launch(process)
        self.do(instance, "Visa", "yes")
        self.do(instance, "Price", "ok")
        self.assertEqual(instance.result, "Yes")

    def test_unknown_field(self):
        """AL-02: the error names process, element and piece; nothing has started."""
        process = self.make_choice("record.nothing == 1")
        with self.assertRaisesRegex(UserError, "Choice: Vector, “Way.*nothing"):
            self.launch(process)
        self.env.invalidate_all()

    def test_rights_of_the_one_it_acts_as(self):
        """HU-23: a condition reads no field that the one it acts as may not read."""
        process = self.make_choice("record.ref == 'x'", owner_id=self.worker.id)
        self.patch(self.partner._fields["ref"], "groups", "base.group_system")
        with self.assertRaisesRegex(UserError, "ref.*cannot be read"):
            self.launch(process)

    def test_nothing_but_fields(self):
        """AL-02: neither methods nor the environment of a record are in reach."""
        for number, path in enumerate(("env", "sudo", "_cr", "write", "ids", "__class__")):
            refused = DiagramError if path.startswith("_") else UserError
            with self.assertRaises(refused, msg=path), self.cr.savepoint():
                self.launch(self.make_choice(f"record.{path} == 1", key=f"attack{number}"))
