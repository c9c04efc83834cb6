import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { partProps } from "./task_parts";
import { TextInput } from "./text_input";

/** An external id, as diagrams name records that addons bring. */
const REFERENCE = /^[a-z]\w*\.\w+$/;

/** Which of the permitted actions an automatic step does, and with what. */
export class ActionPicker extends Component {
    static template = "bpm_engine.ActionPicker";
    static components = { TextInput };
    static props = { ...partProps, locked: { type: Boolean, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ actions: [], names: {} });
        onWillStart(() => this.load(this.props.model));
        onWillUpdateProps(async (next) => {
            if (next.model !== this.model) {
                await this.load(next.model);
            }
            await this.nameReferences(next.value?.parameters);
        });
    }

    async load(model) {
        this.model = model;
        const domain = ["|", ["model", "=", false], ["model", "=", model || false]];
        const names = ["key", "name", "description", "is_async", "value_ids"];
        const actions = await this.orm.searchRead("bpm.action", domain, names);
        const asked = actions.flatMap((action) => action.value_ids);
        const values = asked.length
            ? await this.orm.read("bpm.action.value", asked, ["action_id", "field_id", "value"])
            : [];
        const ids = values.map((value) => value.field_id[0]);
        const fields = ids.length
            ? await this.orm.searchRead(
                  "ir.model.fields",
                  [["id", "in", ids]],
                  ["name", "field_description"]
              )
            : [];
        const byId = Object.fromEntries(fields.map((field) => [field.id, field]));
        for (const action of actions) {
            action.asked = values
                .filter((value) => value.action_id[0] === action.id && !value.value)
                .map((value) => byId[value.field_id[0]])
                .filter(Boolean);
        }
        this.state.actions = actions;
        await this.nameReferences(this.props.value?.parameters);
    }

    /** What external ids among the values stand for: people know records by name. */
    async nameReferences(parameters = []) {
        const asked = parameters
            .map((one) => one.value)
            .filter((text) => REFERENCE.test(text || "") && !(text in this.state.names));
        if (asked.length) {
            const names = await this.orm.call("bpm.action", "name_references", [asked]);
            Object.assign(this.state.names, names);
        }
    }

    helpOf({ value }) {
        const name = this.state.names[value];
        return name ? _t("stands for “%s”", name) : undefined;
    }

    get action() {
        return this.state.actions.find((action) => action.key === this.props.value?.name);
    }

    get isUnknown() {
        return this.props.value?.name && !this.action;
    }

    /** Values the action asks for, then those that stand in the diagram besides. */
    get parameters() {
        const given = this.props.value?.parameters || [];
        const asked = (this.action?.asked || []).map((field) => ({
            name: field.name,
            label: field.field_description,
            value: given.find((one) => one.name === field.name)?.value || "",
        }));
        const names = new Set(asked.map((one) => one.name));
        const others = given.filter((one) => !names.has(one.name));
        return [...asked, ...others.map((one) => ({ ...one, label: one.name, own: true }))];
    }

    choose(name) {
        const action = this.state.actions.find((one) => one.key === name);
        const value = { name, async: action?.is_async ? "true" : undefined, parameters: [] };
        this.props.update(name ? value : null);
    }

    setParameter(name, value) {
        const others = (this.props.value.parameters || []).filter((one) => one.name !== name);
        const parameters = value === null ? others : [...others, { name, value }];
        this.props.update({ ...this.props.value, parameters });
    }

    setAsync(on) {
        this.props.update({ ...this.props.value, async: on ? "true" : undefined });
    }
}
