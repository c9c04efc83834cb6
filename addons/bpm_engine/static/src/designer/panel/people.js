import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { useService } from "@web/core/utils/hooks";
import { RecordFieldSelector } from "./record_field_selector";

/** Models whose records stand for a person who can get a task. */
const PEOPLE = ["res.users", "res.partner", "hr.employee"];

/** Ids of the users and groups that diagrams name by login and external id. */
const known = { user: new Map(), group: new Map() };

export class PersonPicker extends Component {
    static template = "bpm_engine.PersonPicker";
    static components = { RecordSelector, RecordFieldSelector };
    static props = {
        value: { type: [Object, { value: null }], optional: true },
        update: Function,
        model: { type: [String, Boolean], optional: true },
        tasks: { type: Array, optional: true },
        none: { type: String, optional: true },
        readonly: { type: Boolean, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ resId: false });
        onWillStart(() => this.resolve(this.props.value));
        onWillUpdateProps((next) => this.resolve(next.value));
    }

    get kinds() {
        return [
            ["", this.props.none || _t("Who started the process")],
            ["user", _t("A person")],
            ["group", _t("A group: whoever takes it")],
            ...(this.props.model ? [["role", _t("A person from the record")]] : []),
            ...(this.props.none ? [["starter", _t("Who started the process")]] : []),
            ["starter_manager", _t("Manager of who started it")],
            ...(this.props.tasks?.length ? [["previous", _t("The same as in ...")]] : []),
        ];
    }

    get kind() {
        const kind = this.props.value?.kind || "";
        return kind === "starter" && !this.props.none ? "" : kind;
    }

    get missing() {
        const { value } = this.props;
        return ["user", "group"].includes(value?.kind) && value[value.kind] && !this.state.resId;
    }

    setKind(kind) {
        this.props.update(kind ? { ...this.props.value, kind } : null);
    }

    set(values) {
        this.props.update({ ...this.props.value, ...values });
    }

    // The diagram names people so that another database understands it; pickers want ids.
    async resolve(value) {
        const kind = value?.kind;
        const name = value?.[kind];
        if (!["user", "group"].includes(kind) || !name) {
            this.state.resId = false;
            return;
        }
        if (!known[kind].has(name)) {
            known[kind].set(
                name,
                await (kind === "user" ? this.findUser(name) : this.findGroup(name))
            );
        }
        this.state.resId = known[kind].get(name);
    }

    async findUser(login) {
        const [user] = await this.orm.searchRead("res.users", [["login", "=", login]], ["id"]);
        return user?.id || false;
    }

    async findGroup(name) {
        if (name.startsWith("#")) {
            return Number(name.slice(1)) || false;
        }
        try {
            const reference = await this.orm.silent.call(
                "ir.model.data",
                "check_object_reference",
                name.split(".")
            );
            return reference[1];
        } catch {
            // A name that this database does not know; said below the picker.
            return false;
        }
    }

    async setUser(resId) {
        const [user] = resId ? await this.orm.read("res.users", [resId], ["login"]) : [];
        known.user.set(user?.login, resId);
        this.set({ user: user?.login });
    }

    async setGroup(resId) {
        let name;
        if (resId) {
            const names = await this.orm.call("res.groups", "get_external_id", [[resId]]);
            name = names[resId] || `#${resId}`;
            known.group.set(name, resId);
        }
        this.set({ group: name });
    }

    /** On the way to a person: records, and at the end one of a person. */
    filterField(field) {
        return field.type === "many2one";
    }

    isPerson(info) {
        return PEOPLE.includes(info?.fieldDef?.relation);
    }

    setRole(path, info) {
        this.set({ role: path });
        this.state.wrongRole = Boolean(path) && info?.fieldDef && !this.isPerson(info);
    }
}
