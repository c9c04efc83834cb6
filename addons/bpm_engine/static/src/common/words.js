import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;

/** 45 s, 12 min, 3 h 20 min, 2 d 4 h: never more than two units, as the server says it. */
export function durationText(value) {
    const seconds = Math.max(0, Math.round(value || 0));
    if (seconds < MINUTE) {
        return _t("%s s", seconds);
    }
    if (seconds < HOUR) {
        return _t("%s min", Math.round(seconds / MINUTE));
    }
    const [unit, part, first, second] =
        seconds < DAY
            ? [HOUR, MINUTE, _t("%s h"), _t("%s min")]
            : [DAY, HOUR, _t("%s d"), _t("%s h")];
    const whole = Math.floor(seconds / unit);
    const rest = Math.floor((seconds % unit) / part);
    const text = first.replace("%s", whole);
    return rest ? `${text} ${second.replace("%s", rest)}` : text;
}

/** "in 3 days", "2 hours ago"; the date itself belongs into the title. */
export function relativeText(value) {
    return value ? deserializeDateTime(value).toRelative() || "" : "";
}

export function momentText(value) {
    return value ? toLocaleDateTimeString(deserializeDateTime(value)) : "";
}

export function percentText(share) {
    return `${Math.round(100 * (share || 0))} %`;
}

/** Forms of a text stand in this order; those a language does not have are left out. */
const FORMS = ["zero", "one", "two", "few", "many", "other"];

/**
 * The form of a text that fits a number, as lib/plural.py says it on the server.
 *
 * @param {string} forms all forms divided by bars: _t("%s record|%s records")
 * @param {number} number
 */
export function pluralText(forms, number) {
    const texts = String(forms).split("|");
    const rules = new Intl.PluralRules((user.lang || "en").replace("_", "-"));
    const known = rules.resolvedOptions().pluralCategories;
    const form = FORMS.filter((name) => known.includes(name)).indexOf(rules.select(number));
    return texts[Math.min(form, texts.length - 1)].replace("%s", number.toLocaleString());
}
